"""Names that upstream's files define, and that nothing in the target says."""

from __future__ import annotations

import pytest

from patchseries.port.verify import grammar, strangers
from port.verify.conftest import Examined

FILE = '#include "warm.h"\n\nint bake(int n) {\n    int a = n;\n    int b = a;\n    return b;\n}\n'
HEADER = "#define WARM_LEVEL 3\nint warm_up(int n);\n"
ADDED = FILE.replace("int b = a", "int b = warm_up(a)")


@pytest.mark.parametrize("added", ["warm_up(a)", "WARM_LEVEL + a"])
def test_a_name_of_a_header_that_the_target_says_nowhere(examined: Examined, added: str) -> None:
    before = {"src/bake.c": FILE, "src/warm.h": HEADER}
    after = before | {"src/bake.c": FILE.replace("int b = a", f"int b = {added}")}
    other = "#define COLD 1\n"
    onto = {"src/bake.c": FILE + "\nint own;\n", "src/warm.h": other}
    (finding,) = examined(before, after, onto)
    name = added.partition("(")[0].partition(" ")[0]
    assert (finding.code, finding.line) == ("port-unknown-word", 5)
    assert finding.message == f"{name} is nowhere in the target"
    # It is enough that something says it: who defines it cannot be known.
    assert examined(before, after, onto | {"x.c": f"/* {name} */\n"}) == ()
    # A library's, or one of another file: upstream's do not define it either.
    assert examined(before | {"src/warm.h": other}, after | {"src/warm.h": other}, onto) == ()


def test_a_name_that_the_change_itself_brings(examined: Examined) -> None:
    before = {"a.c": FILE, "warm.h": "\n"}
    after = {"a.c": ADDED, "warm.h": "\n" + HEADER}
    assert examined(before, after, before | {"a.c": FILE + "\nint own;\n"}) == ()


@pytest.mark.parametrize(
    ("name", "own", "warm", "base", "code"),
    [
        (
            "a.c",
            "int own;\n\n",
            "int warmUp(int n) { return n; }\n\n",
            "int f(int a) {\n  int b = a;\n  return b;\n}\n",
            "port-unknown-word",
        ),
        (  # here no other file can have it
            "a.js",
            "var own;\n\n",
            "function warmUp(n) { return n; }\n\n",
            "function f(a) {\n  let b = a;\n  return b;\n}\n",
            "port-unknown-name",
        ),
    ],
)
def test_a_name_of_upstreams_own_file(
    examined: Examined, name: str, own: str, warm: str, base: str, code: str
) -> None:
    changed = base.replace("b = a", "b = warmUp(a)")
    sides = (warm + base, warm + changed, own + base, own + changed)
    found = examined(*({name: text} for text in sides))
    assert [f.code for f in found] == [code]


def test_what_a_module_defines_has_no_meaning_where_it_is_only_imported(
    examined: Examined,
) -> None:
    file = "import './warm'\n\nfunction f(a) {\n  let b = a;\n  return b;\n}\n"
    before = {"a.js": file, "warm.js": "function warmUp(n) { return n; }\n"}
    after = before | {"a.js": file.replace("let b = a", "let b = warmUp(a)")}
    assert examined(before, after, {"a.js": file + "\nvar own;\n", "warm.js": "\n"}) == ()


@pytest.mark.parametrize("include", ['#include "warm.h"\n', ""])
def test_a_file_that_is_wholly_upstreams_and_includes_what_is_another_here(
    examined: Examined, include: str
) -> None:
    """Also where the change itself adds the include."""
    file = FILE.replace('#include "warm.h"\n', include)
    after = {"src/bake.c": '#include "warm.h"\n' + ADDED, "src/warm.h": HEADER}
    before = {"src/bake.c": file, "src/warm.h": HEADER}
    (finding,) = examined(before, after, before | {"src/warm.h": "#define COLD 1\n"})
    assert finding.message == "warm_up is nowhere in the target"
    assert examined(before, after, before) == ()


@pytest.mark.parametrize(("name", "is_told"), [("ab", False), ("abc", True)])
def test_a_short_name_is_everywhere(examined: Examined, name: str, is_told: bool) -> None:
    before = {"bake.c": FILE, "warm.h": f"#define {name} 3\n"}
    after = before | {"bake.c": FILE.replace("int b = a", f"int b = {name}")}
    assert bool(examined(before, after, before | {"warm.h": "#define COLD 1\n"})) is is_told


@pytest.mark.parametrize(("size", "is_told"), [(200, True), (199, False)])
def test_a_header_that_cannot_be_parsed_defines_nothing(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, size: int, is_told: bool
) -> None:
    monkeypatch.setattr(grammar, "MAX_BYTES", size)
    header = f"{HEADER}// {size}".ljust(200)  # another text each time: what was parsed is kept
    before, after = {"a.c": FILE, "warm.h": header}, {"a.c": ADDED, "warm.h": header}
    assert bool(examined(before, after, before | {"warm.h": "#define COLD 1\n"})) is is_told


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_so_many_headers_are_read(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """One that upstream does not have (a library's) and one that was read are not counted."""
    monkeypatch.setattr(strangers, "_MOST_HEADERS", most)
    start = '#include <stdio.h>\n#include "warm.h"\n#include "h1.h"\n'
    headers = {"warm.h": '#include "h1.h"\n', "h1.h": '#include "h2.h"\n', "h2.h": HEADER}
    before = {"a.c": FILE.replace('#include "warm.h"\n', start), **headers}
    after = before | {"a.c": before["a.c"].replace("int b = a", "int b = warm_up(a)")}
    found = examined(before, after, before | {"h2.h": "#define COLD 1\n"})
    assert bool(found) is (most > 2)


def test_a_header_that_a_header_includes(examined: Examined) -> None:
    beside = {"src/all.h": '#include "warm.h"\n#include "all.h"\n', "src/warm.h": HEADER}
    file = FILE.replace("warm.h", "all.h")
    before = {"src/bake.c": file, **beside}
    after = {"src/bake.c": file.replace("int b = a", "int b = warm_up(a)"), **beside}
    (finding,) = examined(before, after, before | {"src/warm.h": "#define COLD 1\n"})
    assert finding.message == "warm_up is nowhere in the target"
    assert examined(before, after, before) == ()
