"""What the target calls a member, from both versions of the file that defines it."""

from __future__ import annotations

import pytest

from patchseries.port.names.members import renamed

ALIAS = "def bake(a, b):\n    return IMPL.bake(a)\n\n\nheat = bake\n"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (ALIAS, "def heat(a):\n    return 7\n", "heat"),
        (ALIAS.replace("heat = bake", "  heat=bake "), "def heat(a):\n    return 7\n", "heat"),
        (ALIAS, "def cook(a, b):\n    return IMPL.cook(a)\n", "cook"),  # heat is not there
        (ALIAS + "warm = bake\n", "heat = warm = 1\n", None),  # two of them
        ("def bake(a):\n    pass\n", "def heat(a):\n    pass\n", "heat"),
        ("class Bakery(Base):\n", "class House(Base):\n", "House"),
        ("BAKE = 220\n", "HEAT = 220\n", "HEAT"),
        ("    self.bakes = {}\n", "    self.heats = {}\n", "heats"),
        ("    cls.bakes = {}\n", "    cls.heats = {}\n", "heats"),
        ("bakes: int = 1\n", "heats: int = 1\n", "heats"),
        ("def bake(a, bake=1):\n", "def heat(a, heat=1):\n", "heat"),
        ("def bake(a, baked=1):\n", "def heat(a, baked=1):\n", "heat"),
    ],
)
def test_another_name(old: str, new: str, found: str | None) -> None:
    name = next(n for n in ("Bakery", "BAKE", "bakes", "bake") if n in old)
    assert renamed(old, new, name) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def bake(a):\n", "def heat(b):\n"),  # more than the name is otherwise
        ("def bake(a):\n", "def bake(b):\n"),
        ("x = bake(a)\n", "x = heat(a)\n"),  # no definition
        ("bake.run(1)\n", "heat.run(1)\n"),
        ("def bake(a):\n    pass\nheat(1)\n", "def heat(a):\n    pass\n"),  # something else is that
        ("def bake(a):\nx = 1\n", "x = 1\ndef heat(a):\n"),  # at another place
        ("def bake(a):\nx = 1\ndef bake(b):\n", "def heat(a):\nx = 1\ndef warm(b):\n"),
        ("self.oven.bake = 1\n", "self.oven.heat = 1\n"),
        ("bake = 1\n", "oven.heat = 1\n"),  # a member of something else
        ("def bake(a, bake=1):\n", "def heat(a, bake=1):\n"),
        ("", ""),
    ],
)
def test_nobody_knows(old: str, new: str) -> None:
    assert renamed(old, new, "bake") is None


def test_a_line_may_be_of_any_length() -> None:
    numbers = "1, " * 20_000
    assert renamed(f"bake = [{numbers}]\n", f"heat = [{numbers}]\n", "bake") == "heat"
