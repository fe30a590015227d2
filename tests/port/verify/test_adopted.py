"""Lines of the target that added lines take over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.git import LineChange
from patchseries.model import Finding
from patchseries.port.verify.adopted import _adoptions

Examined = Callable[..., tuple[Finding, ...]]

OLD = """\
class A:
    @trace
    def stop(self):
        self.end()

    def start(self):
        try:
            self.begin()
        except Error:
            self.log()
            return
        self.run()
"""
BLOCK = "        if self.more:\n            self.again()\n"
METHOD = "    def more(self):\n        return 1\n\n"


def told(
    examined: Examined, upstream: tuple[str, str], result: str, onto: str = OLD
) -> list[tuple[str, int | None]]:
    found = examined({"a.py": upstream[0]}, {"a.py": upstream[1]}, {"a.py": onto}, {"a.py": result})
    codes = ("port-hunk-misplaced", "port-syntax")
    return [(one.message, one.line) for one in found if one.code in codes]


def put(added: str, before: str, text: str = OLD) -> str:
    assert text.count(before) == 1
    return text.replace(before, added + before)


UPSTREAM = OLD.replace("            return\n", ""), OLD.replace("            return\n", "")
"""Without the line that the target has at the end of the block."""


def test_a_line_that_comes_into_an_added_block(examined: Examined) -> None:
    upstream = UPSTREAM[0], put(BLOCK, "        self.run()\n", UPSTREAM[1])
    said = "return is now part of an added block: if self.more:"
    assert told(examined, upstream, put(BLOCK, "            return\n")) == [(said, 13)]
    assert told(examined, upstream, put(BLOCK, "        self.run()\n")) == []


def test_an_else_that_comes_to_an_added_if(examined: Examined) -> None:
    target = OLD.replace("        self.run()\n", "        else:\n            self.run()\n")
    upstream = OLD, put(BLOCK, "        self.run()\n")
    said = "else: is now part of an added block: if self.more:"
    found = told(examined, upstream, put(BLOCK, "        else:\n", target), target)
    assert (said, 14) in found


def test_a_decorator_that_comes_to_an_added_function(examined: Examined) -> None:
    bare = OLD.replace("    @trace\n", "")
    upstream = bare, put(METHOD, "    def stop", bare)
    said = "@trace is now part of an added block: def more(self):"
    assert told(examined, upstream, put(METHOD, "    def stop")) == [(said, 2)]
    assert told(examined, upstream, put(METHOD, "    @trace")) == []
    # Upstream that is so, too; or the function that it decorates is another one by name alone.
    assert told(examined, (OLD, put(METHOD, "    def stop")), put(METHOD, "    def stop")) == []
    renamed = bare, bare.replace("def stop(self)", "def stop(self, now)")
    assert told(examined, renamed, OLD.replace("def stop(self)", "def stop(self, now)")) == []


@pytest.mark.parametrize(
    "end", ["            return\n        self.run()\n", "        self.run()\n"]
)
def test_what_upstream_takes_over_as_well(examined: Examined, end: str) -> None:
    """A branch that the change adds takes the lines below it."""
    old = OLD.replace("            return\n        self.run()\n", end)
    branch = "        except Other:\n"
    new = put(branch, "            self.log()\n", old)
    result = put(branch, "            self.log()\n")
    assert told(examined, (old, new), result) == []


VIEWS = """\
class A:
    @trace
    def one(self):
        self.a()
        self.end()

    @trace
    def new(self):
        self.b()
        self.end()

    @trace
    def two(self):
        self.c()
        self.end()
"""


@pytest.mark.parametrize(("text", "first", "last"), [(VIEWS, 6, 11), (VIEWS, 1, 6)])
def test_an_added_method_is_the_same_wherever_it_is_seen_to_begin(
    text: str, first: int, last: int
) -> None:
    """Its first lines may be those of the next one, and its last those of the one before."""
    lines = text.encode().split(b"\n")
    rest = lines[:first] + lines[last:]
    size = last - first
    views = [n for n in range(len(rest) + 1) if lines[:n] + lines[n + size :] == rest]
    assert len(views) > 1
    for start in views:
        run = LineChange(start, (), start, tuple(lines[start : start + size]))
        assert _adoptions(lines, run) == []


@pytest.mark.parametrize(
    ("above", "added", "below", "owner"),
    [
        ("@a", ["def b():", "    c()"], "def d():", "def b():"),
        ("@a", ["@b", "def c():", "    d()"], "def e():", "def c():"),
        ("@a", ["@b"], "def c():", ""),
        ("@a(", ["    b,", ")"], "def c():", ""),
        ("a()", ["if b:", "    c()"], "    return", "if b:"),
        ("a()", ["if b and \\"], "    c():", ""),
        ("a()", ["if b("], "        c):", ""),
        ("a()", ["# if b:"], "    return", ""),
        ("a()", ["iffy = 1"], "    return", ""),
        ("a()", ["with b:", "    c()"], "finally:", "with b:"),
        ("a()", ["with b:", "    c()"], "d()", ""),
    ],
)
def test_what_takes_over_the_lines_beside_it(
    above: str, added: list[str], below: str, owner: str
) -> None:
    lines = [line.encode() for line in (above, *added, "", "# d", below)]
    run = LineChange(1, (), 1, tuple(lines[1 : 1 + len(added)]))
    assert [one.owner.decode() for one in _adoptions(lines, run)] == [owner] * bool(owner)


def test_a_header_that_takes_the_place_of_another(examined: Examined) -> None:
    """The target's own lines below stay in the block that they were in."""
    old = OLD.replace("            self.log()\n            return\n", "            pass\n")
    new = old.replace(
        "        except Error:\n            pass\n", "        except Any:\n            done()\n"
    )
    target = old.replace("            pass\n", "            pass\n            return\n")
    result = new.replace("            done()\n", "            done()\n            return\n")
    assert told(examined, (old, new), result, target) == []


def test_a_decorator_above_more_than_a_function(examined: Examined) -> None:
    """One that is put below it leaves it where it was."""
    bare = OLD.replace("    @trace\n", "")
    upstream = bare, bare.replace("    def stop", "    @locked\n    def stop")
    assert told(examined, upstream, OLD.replace("    def stop", "    @locked\n    def stop")) == []
