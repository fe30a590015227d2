"""Lists of other distributions: read, never run; what depends on a condition is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import PATCH
from patchseries.imports.directory import RawFile
from patchseries.imports.recipes import guarded, parse_spec, read_series_conf, read_spec
from patchseries.patches.quilt import strip_level

SPEC = """\
%global major 2
Name: oven
Version: %{major}.1
URL: https://github.com/org/oven
Patch: %{name}-first.patch
Patch5: https://h.invalid/%{version}/fifth.patch
Patch6: https://h.invalid/?id=1#/sixth.patch
Patch7: unused.patch

%prep
%setup -q
%patch0 -p1 -b .first
%patch -P 5 -p2
%patch6
%build
%(touch /tmp/never)
"""


def test_a_spec_with_patch_lines() -> None:
    names = ["oven-first.patch", "fifth.patch", "sixth.patch", "unused.patch"]
    spec, found = read_spec(SPEC, dict.fromkeys(names, PATCH), "oven.spec")
    assert spec.tags["version"] == "2.1"
    assert [(line.name, strip_level(line.options)) for line in found.lines] == [
        ("oven-first.patch", 1),
        ("fifth.patch", 2),
        ("sixth.patch", 0),
    ]
    assert found.files["series"].startswith(b"# from oven.spec\n")
    assert spec.problems == ["Patch7: unused.patch is not applied"]


@pytest.mark.parametrize(
    ("setup", "strip", "problems"),
    [
        ("%autosetup -p1", 1, []),
        ("%autosetup -n x -p2 -S git", 2, []),
        ("%setup -q\n%autopatch -p1", 1, []),
        ("%autosetup", 1, ["%autosetup without -p: taken as -p1"]),
    ],
)
def test_a_spec_that_applies_all(setup: str, strip: int, problems: list[str]) -> None:
    text = f"Name: a\nPatch2: b.patch\nPatch1: a.patch\n%prep\n{setup}\n"
    spec, found = read_spec(text, {"a.patch": PATCH, "b.patch": PATCH}, "a.spec")
    expected = [("a.patch", strip), ("b.patch", strip)]
    assert [(line.name, strip_level(line.options)) for line in found.lines] == expected
    assert spec.problems == problems


def test_what_a_spec_only_may_apply_is_named() -> None:
    text = "Name: a\n%if 0%{?rhel}\nPatch1: a.patch\n%endif\nPatch2: gone.patch\n%autosetup -p1\n"
    spec, found = read_spec(text, {"a.patch": PATCH}, "a.spec")
    assert [line.name for line in found.lines] == ["a.patch"]
    assert spec.problems == [
        "Patch1: a.patch stands under a condition, which is not read",
        "Patch2: gone.patch is not beside a.spec",
    ]


def test_a_list_of_patches() -> None:
    spec = parse_spec("Name: a\n%patchlist\n# words\na.patch\nb.patch\n\n%description\nc.patch\n")
    assert spec.patches == {0: "a.patch", 1: "b.patch"}


def test_a_macro_that_names_itself_ends() -> None:
    spec = parse_spec("%global a %{a}%{a}%{a}\nName: %{a}\nPatch1: %{a}/%{unknown}.patch\n")
    assert 0 < len(spec.patches[1]) <= 1000


def test_series_conf() -> None:
    text = "# head\n\tpatches.suse/a.patch\n\tpatches.suse/b.patch # why\n"
    text += "+x patches.suse/c\n-y patches.arch/d\n"
    names = ["patches.suse/a.patch", "patches.suse/b.patch", "patches.suse/c", "patches.arch/d"]
    files = {name: RawFile(PATCH) for name in [*names, "other/e", "series.conf"]}
    found = read_series_conf(text, files, "series.conf")
    assert [line.name for line in found.lines] == [names[0], names[1], names[3]]
    assert set(found.files) == {*names, "series"}
    assert found.problems == (
        "patches.suse/c is not applied: only where +x is",
        "patches.arch/d is applied: except where -y is not",
    )


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    parse_spec(text)
    parse_spec(f"%define x {text}\nName: %{{x}}\nPatch0: %x\n%patch{text}\n")
    list(guarded(text))
    read_series_conf(text, {}, "series.conf")


@pytest.mark.parametrize(
    ("text", "patches", "order"),
    [
        ("Patch: a\nPatch: b\nPatch9: c\nPatch: d\n", {0: "a", 1: "b", 9: "c", 10: "d"}, []),
        ("Patch123456: a\n", {0: "a"}, []),
        ("Patch12345: a\n", {12345: "a"}, []),
        ("patch1 : dir/a\n", {1: "a"}, []),
        ("Patch1: http://h/x.patch#/a\n", {1: "a"}, []),
        ("Patch1: a#b\n", {1: "a#b"}, []),
        (
            "%patch1 -p2\n%patch -P 3\n%patch -P4 -p 1\n%patch 5\n",
            {},
            [(1, 2), (3, 0), (4, 1), (5, 0)],
        ),
        ("%patch\n%patches\n", {}, []),
        ("%patchlist\na\n%if x\nb\n", {0: "a"}, []),
        (
            "%global nn a%{mm}\n%define mm b\nPatch1: %{nn}%{?mm}-%mm-%{?gone}\n",
            {1: "abb-b-%{?gone}"},
            [],
        ),
        ("Name: x\nName: y\nPatch1: %{name}\n", {1: "x"}, []),
        ("Name: %{odd}\nPatch1: %{name}\n", {1: "%{name}"}, []),
    ],
)
def test_what_lines_of_a_spec_say(
    text: str, patches: dict[int, str], order: list[tuple[int, int]]
) -> None:
    spec = parse_spec(text)
    assert (spec.patches, spec.order) == (patches, order)


def test_conditions_are_seen_to_their_end() -> None:
    spec = parse_spec(
        "%if 1\n%ifarch x\nPatch1: a\n%endif\nPatch2: b\n%patch2 -p1\n%endif\nPatch3: c\n%patch3\n"
    )
    assert spec.problems == [
        "Patch1: a stands under a condition, which is not read",
        "Patch2: b stands under a condition, which is not read",
        "%patch 2 stands under a condition, which is not read",
    ]
    assert spec.tags == {}
    assert parse_spec("VCS: git://h/x\nURL: http://h\nname: n\n").tags == {
        "vcs": "git://h/x",
        "url": "http://h",
        "name": "n",
    }


def test_a_number_that_no_line_names() -> None:
    spec, found = read_spec("Patch1: a\n%patch 2\n", {"a": PATCH}, "x.spec")
    assert spec.problems == [
        "Patch2: no such line is not beside x.spec",
        "Patch1: a is not applied",
    ]
    assert found.lines == ()


def test_macros_of_macros_end_after_ten() -> None:
    chain = "".join(f"%global m{n} %{{m{n + 1}}}\n" for n in range(20)) + "%global m20 end\n"
    assert parse_spec(f"{chain}Patch1: %{{m11}}\nPatch2: %{{m10}}\n").patches == {
        1: "end",
        2: "%{m20}",
    }
    long = parse_spec(f"%global a {'x' * 2000}\nPatch1: %{{a}}\n").patches[1]
    assert long == "x" * 1000


def test_a_line_of_guards_alone_names_no_patch() -> None:
    assert list(guarded("+x\n-y +z\n\n+x a\n")) == [("a", "+x")]
