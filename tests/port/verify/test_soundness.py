"""Which merged texts can stand."""

from __future__ import annotations

import pytest

from patchseries.port.hunks.lines import split_lines
from patchseries.port.verify.soundness import soundness
from patchseries.port.verify.syntax import errors, errors_beside

FILE = "".join(f"def f{n}(a):\n    return a + {n}\n\n\n" for n in range(40))


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        ("    if a:\n        return 1\n    return 2\n", True),
        ("    if a:\n    return 2\n", False),
        ("    with a(b),\n        c(d):\n        pass\n", False),
        ("    return (a\n", False),
        ("    return f(a=1,\n             2)\n", False),
        ("    a = 1\n      return a\n", False),
        ("      return 1\n    return 2\n", False),
    ],
)
def test_a_text_that_python_would_not_take_does_not_stand(lines: str, stands: bool) -> None:
    text = split_lines(FILE.replace("    return a + 7\n", lines))
    at = split_lines(FILE).index("    return a + 7\n")
    run = at, at + lines.count("\n")
    assert soundness("a.py", FILE, FILE)(text, [run]) == stands
    assert soundness("a.txt", FILE, FILE)(text, [run])


@pytest.mark.parametrize("line", ["x = 1\n", "def g(:\n", "x = (\n", "y = 'a\n", "", "pass\n" * 9])
def test_a_text_is_parsed_beside_another(line: str) -> None:
    text = FILE.replace("def f20(a):\n", line + "def f20(a):\n").encode()
    for one, other in ((text, FILE.encode()), (FILE.encode(), text)):
        assert (errors_beside(one, other) == 0) == (errors(one) == 0)


def test_an_open_string_is_seen_beside_a_text_without_it() -> None:
    known = b"        pass\n\n        pass\n@d\n"
    text = b"        pass\n    def g(self):\n'''\n        pass\n@d\n"
    assert (errors_beside(text, known) == 0) == (errors(text) == 0)


def test_lines_that_the_target_has_in_the_wrong_place_are_tolerated() -> None:
    odd = FILE.replace("    return a + 6\n", "    a = 1\n      return a\n")
    text = split_lines(odd.replace("a + 7", "a"))
    assert soundness("a.py", odd, FILE)(text, [(30, 31)])
    assert not soundness("a.py", FILE, FILE)(text, [(24, 31)])


def test_a_text_that_parses_as_well_as_the_target_does_stands() -> None:
    odd = FILE.replace("return a + 6", "return (a")
    worse = odd.replace("return a + 20", "return (a")
    run = [(24, 25)]
    assert 0 < errors(odd.encode()) < errors(worse.encode())
    for ours, text, stands in ((odd, odd, 1), (odd, worse, 0), (worse, odd, 1), (FILE, odd, 0)):
        assert soundness("a.py", ours, FILE)(split_lines(text), run) == stands


def test_a_text_that_reads_what_nothing_defines_stands_less_well() -> None:
    text = split_lines(FILE.replace("return a + 7", "return a + b"))
    run = [(29, 30)]
    assert soundness("a.py", FILE, FILE)(text, run) == 0.5
    assert soundness("a.py", "b = 1\n" + FILE, FILE)(["b = 1\n", *text], [(30, 31)]) == 1
    # As good as what either side reads already.
    assert soundness("a.py", FILE, FILE.replace("a + 1\n", "b + 1\n"))(text, run) == 1
    assert soundness("a.py", FILE, FILE)(["from x import *\n", *text], [(30, 31)]) == 1
