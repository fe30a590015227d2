"""Functions of one name of which only some have a line that upstream has in all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]

LINE = "        self.stub('image_exists')\n"
BOTH = ("TestLvm", "TestRbd")


def file(*having: str, classes: tuple[str, ...] = BOTH, line: str = LINE, more: str = "") -> str:
    """A test in each class; those of *having* have the line."""
    return "\n\n".join(
        f"class {name}(object):\n    def test_cache(self):\n        self.setup{name}()\n"
        f"{line if name in having else ''}        self.run()\n{more}"
        for name in classes
    )


def told(examined: Examined, before: str, after: str, onto: str, result: str) -> list[str]:
    found = examined(*({"a.py": text} for text in (before, after, onto, result)))
    return [f"{f.line}: {f.message}" for f in found if f.code == "port-sibling-lacks-line"]


def test_a_line_that_upstreams_sibling_had_before(examined: Examined) -> None:
    message = (
        "TestRbd.test_cache lacks a line that is there upstream, and that the change adds to "
        "TestLvm.test_cache: self.stub('image_exists')"
    )
    before, after, onto, result = file("TestRbd"), file(*BOTH), file(), file("TestLvm")
    assert told(examined, before, after, onto, result) == [f"4: {message}"]
    assert told(examined, before, after, onto, after) == []


def test_it_is_told_once_whatever_how_many_lack(examined: Examined) -> None:
    classes = ("TestA", "TestB", "TestC")
    line = LINE + LINE.replace("image", "volume")
    sides = (("TestB", "TestC"), classes, (), ("TestA",))
    sides_of = (file(*have, classes=classes, line=line) for have in sides)
    (message,) = told(examined, *sides_of)
    assert message.startswith("4: TestB.test_cache and 1 more lack a line")


def test_functions_within_functions_are_no_siblings(examined: Examined) -> None:
    sides = (("TestRbd",), BOTH, (), ("TestLvm",))
    nested = (file(*have).replace("class", "def").replace("(object)", "()") for have in sides)
    assert told(examined, *nested) == []


@pytest.mark.parametrize(
    ("before", "after", "onto"),
    [
        (file(), file("TestLvm"), file()),  # no sibling has it
        (file("TestRbd"), file(*BOTH), file("TestRbd")),  # here it has it too
        (file("TestRbd"), file("TestLvm"), file()),  # the change takes it from there
        (file("TestRbd"), file(*BOTH), file(classes=("TestLvm",))),  # no such class here
    ],
)
def test_a_sibling_that_lacks_nothing(
    examined: Examined, before: str, after: str, onto: str
) -> None:
    result = onto.replace("setupTestLvm()\n", f"setupTestLvm()\n{LINE}")
    assert told(examined, before, after, onto, result) == []


def test_a_line_that_the_target_had_there_is_lost_not_lacking(examined: Examined) -> None:
    """Other rules tell it."""
    sides = (("TestRbd",), BOTH, ("TestRbd",), ("TestLvm",))
    more = "    def test_boot(self):\n        self.stub('image_exists')\n" * 2
    before, after, onto, result = (file(*have) for have in sides)
    assert told(examined, before + more, after + more, onto, result) == []


def test_a_line_that_the_target_has_elsewhere_may_have_moved(examined: Examined) -> None:
    sides = (("TestRbd",), BOTH, (), ("TestLvm",))
    before, after, onto, result = (file(*have) for have in sides)
    more = f"\n\nclass Stubs(object):\n    def test_boot(self):\n{LINE}"
    assert told(examined, before, after, onto + more, result + more) == []


def test_a_function_of_another_name_is_no_sibling(examined: Examined) -> None:
    sides = (("TestRbd",), BOTH, (), ("TestLvm",))
    other = (file(*have).replace("test_cache", "test_boot", 1) for have in sides)
    assert told(examined, *other) == []


@pytest.mark.parametrize(
    "line",
    [
        "        self.stub('image')\n",  # short
        "        # the image has to exist\n",
        "        'the image has to exist'\n",
        "        @mock.patch('image.exists')\n",
    ],
)
def test_what_says_little_is_not_looked_at(examined: Examined, line: str) -> None:
    sides = (("TestRbd",), BOTH, (), ("TestLvm",))
    assert told(examined, *(file(*have, line=line) for have in sides)) == []
