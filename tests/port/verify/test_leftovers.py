"""What stands twice after a port, or was left in it: told where it is new, and only there."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined

HEAD = "".join(f"{n}\n" for n in range(9))


def told(examined: Examined, path: str, added: str, *, here: str, upstream: str = "") -> list[str]:
    """The messages where *added* is put above a target's file that ends in *here*.

    Upstream's file ends in *upstream*.
    """
    sides = (HEAD + upstream, added + HEAD + upstream, HEAD + here, added + HEAD + here)
    found = examined(*({path: side} for side in sides))
    return [f"{f.line}: {f.message}" for f in found if f.code.startswith(("port-left", "port-dup"))]


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("<<<<<<< ours", True),
        (">>>>>>> theirs", True),
        ("||||||| base", True),
        ("=======", True),
        ("<<<<<<<", True),
        ("<<<<<<<x", False),
        ("<<<<<<", False),
        ("<<<<<<<< ours", False),
        ("========", False),
        ("======= x", False),
        (" =======", False),
    ],
)
def test_what_is_a_conflict_marker(examined: Examined, line: str, is_one: bool) -> None:
    sides = (HEAD, HEAD + "new\n", "here\n" + HEAD, "here\n" + HEAD + f"new\n{line}\nmore\n")
    found = examined(*({"a.txt": side} for side in sides))
    marked = [f.line for f in found if f.code == "port-leftover-marker"]
    assert marked == ([12] if is_one else [])


BLOCK = "".join(f"* point {n}\n" for n in range(5))


@pytest.mark.parametrize(
    ("block", "here", "upstream", "words"),
    [
        (BLOCK, BLOCK, "", ["1: a block of 5 lines stands 2 times"]),
        (BLOCK, BLOCK * 2, "", ["1: a block of 5 lines stands 3 times"]),
        (BLOCK, BLOCK * 2, BLOCK, ["1: a block of 5 lines stands 3 times"]),
        (BLOCK, BLOCK, BLOCK, []),
        (BLOCK, "", "", []),
        ("own\n" + BLOCK, "", "", []),
        (BLOCK.partition("\n")[2], BLOCK, "", []),  # four lines stand twice by chance
        ("--\n" * 6, "--\n" * 6, "", []),
    ],
)
def test_a_block_of_five_lines_with_words_stands_once(
    examined: Examined, block: str, here: str, upstream: str, words: list[str]
) -> None:
    assert told(examined, "a.txt", block, here=here, upstream=upstream) == words


@pytest.mark.parametrize(
    ("upstream", "here", "words"),
    [
        ("", BLOCK, ["3: a block of 5 lines stands 2 times"]),
        ("", BLOCK * 2, ["3: a block of 5 lines stands 3 times"]),
        ("", BLOCK.partition("\n")[2], []),
        ("", "own\n" + BLOCK, []),
        (BLOCK, BLOCK, []),
    ],
)
def test_the_end_of_what_is_added_may_stand_below_it(
    examined: Examined, upstream: str, here: str, words: list[str]
) -> None:
    """The target has a part of what the change adds, right where it is added."""
    added = "new\n\n" + BLOCK
    sides = (upstream + HEAD, added + upstream + HEAD, here + HEAD, added + here + HEAD)
    found = examined(*({"a.txt": side} for side in sides))
    assert [f"{f.line}: {f.message}" for f in found if f.code.startswith("port-dup")] == words


def test_a_block_that_upstream_has_otherwise_may_stand_once(examined: Examined) -> None:
    sides = (HEAD, BLOCK.upper() + HEAD, HEAD + "own\n", BLOCK + HEAD + "own\n")
    found = examined(*({"a.txt": side} for side in sides))
    assert not [f for f in found if f.code.startswith("port-dup")]


@pytest.mark.parametrize(
    ("path", "added", "here", "upstream", "words"),
    [
        ("a.conf", "[a]\nheat = 1\n", "[a]\nheat = 2\n", "", ["None: heat is set 2 times"]),
        ("a.ini", "[a]\nheat: 1\n", "[a]\nheat=2\n", "", ["None: heat is set 2 times"]),
        ("a.conf", "[a]\nheat = 1\n", "[b]\nheat = 2\n", "", []),
        ("a.conf", "[a]\nheat = 1\n", " [b] \nheat = 2\n", "", ["None: heat is set 2 times"]),
        ("a.conf", "[a]\nheat = 1\n", "[a] \nheat = 2\n", "", ["None: heat is set 2 times"]),
        ("a.conf", "[a]\nheat = 1\n", "[a]\n# heat = 2\n", "", []),
        ("a.conf", "[a]\nheat = 1\n", "[a]\nheat = 2\n", "[a]\nheat = 3\n", []),
        ("a.conf", "[a]\nheat\n", "[a]\nheat = 2\n", "", []),
        ("a.rst", "[a]\nheat = 1\n", "[a]\nheat = 2\n", "", []),
        ("a.toml", "a.b-c = 1\n", "a.b-c = 2\n", "", ["None: a.b-c is set 2 times"]),
    ],
)
def test_a_key_is_set_once_in_a_section(
    examined: Examined, path: str, added: str, here: str, upstream: str, words: list[str]
) -> None:
    assert told(examined, path, added, here=here, upstream=upstream) == words


BAKE = "def bake():\n    return 1\n\n\n"
COOL = "def cool():\n    return 1\n\n\n"
OVEN = "class Oven:\n    def bake(self):\n        return 2\n"


@pytest.mark.parametrize(
    ("added", "here", "upstream", "words"),
    [
        (BAKE, BAKE, "", ["None: bake is defined 2 times"]),
        (BAKE, BAKE * 2, "", ["None: bake is defined 3 times"]),
        (BAKE + COOL, BAKE, "", ["None: bake is defined 2 times"]),
        (BAKE, BAKE, BAKE, []),
        (BAKE, OVEN, "", []),
        (OVEN, OVEN, "", ["None: Oven is defined 2 times", "None: Oven.bake is defined 2 times"]),
        ("async " + BAKE, BAKE, "", ["None: bake is defined 2 times"]),
        (BAKE, "bake = 3\n", "", []),
    ],
)
def test_a_name_is_defined_once_in_a_scope(
    examined: Examined, added: str, here: str, upstream: str, words: list[str]
) -> None:
    assert told(examined, "a.py", added, here=here, upstream=upstream) == words
