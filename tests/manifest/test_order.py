"""Patch tables in another order: the lines of each move together, all others stay."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest.order import appended, reordered, without
from patchseries.parsing import parse_toml

ABOVE = st.sampled_from(["", "# its own\n", "# two\n  # lines\n"])
BELOW = st.sampled_from(
    [
        "",
        "# still its own\n",
        "bugs = [ # why\n  1,\n\n  # [[patch]]\n  2,\n]\n",
        'summary = """\n\n# no comment\n\n[[patch]]\n"""\n',
        "\n# inside\n[patch.source]\ncommit = 1\n\n[patch.variants.x]\nfile = 2  # y\n",
        "[[patch.source]]\ntag = 1\n\n[[patch.source]]\ntag = 2\n",
    ]
)
BETWEEN = st.sampled_from(
    [
        "\n",
        "\n\n\n",
        "\n# about what follows\n\n",
        "\n# a table\n[project.x]\nbases = [\n  1,\n]\n\n",
        "\n[project.x]\n[project.x.orig]\n# of it\n\n",
    ]
)


@st.composite
def manifests(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """The blocks of some patches, called 0, 1, …, and what stands behind each."""
    count = draw(st.integers(2, 5))
    blocks = [f'{draw(ABOVE)}[[patch]]\nname = "{n}"\n{draw(BELOW)}' for n in range(count)]
    gaps = [draw(BETWEEN).replace("project.x", f"project.x{n}") for n in range(count)]
    return blocks, gaps


@given(manifests(), st.data())
def test_only_the_blocks_change_places(
    made: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    blocks, gaps = made
    chosen = data.draw(st.sets(st.integers(0, len(blocks) - 1), min_size=1))
    order = data.draw(st.permutations(sorted(chosen)))
    moved = list(blocks)
    for place, block in zip(sorted(chosen), order, strict=True):
        moved[place] = blocks[block]
    new = reordered(written(blocks, gaps), [str(n) for n in order])
    assert new == written(moved, gaps)
    assert reordered(new, [str(n) for n in sorted(chosen)]) == written(blocks, gaps)


def written(blocks: list[str], gaps: list[str]) -> str:
    pairs = chain.from_iterable(zip(blocks, gaps, strict=True))
    return "schema = 1\n# top\n\n" + "".join(pairs)


def test_a_last_line_without_its_end() -> None:
    text = '[[patch]]\nname = "a"\n\n[[patch]]\nname = "b"'
    assert reordered(text, ["b", "a"]) == '[[patch]]\nname = "b"\n\n[[patch]]\nname = "a"'


@pytest.mark.parametrize(
    "text",
    [
        'patch = [{name = "a"}, {name = "b"}]\n',
        'patch = [\n  {name = "a"},\n  {name = "b"}\n]\n',
        '[[patch]]\nname = "a"\n[[patch]]\nname = "b"\n[other]\n[patch.source]\nfile = "x"\n',
    ],
)
def test_tables_that_are_no_block_of_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not written in consecutive lines"):
        reordered(text, ["b", "a"])


TWO = '[[patch]]\nname = "a"\n\n# of b\n[[patch]]\nname = "b"\n'
NEW = '[[patch]]\nname = "c"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"\n\n{NEW}"),
        ("schema = 1\n\n\n", f"schema = 1\n\n{NEW}"),
        (TWO, f"{TWO}\n{NEW}"),
        (
            f"{TWO}# still of b\n\n\n# of x\n[x]\ny = 1\n",
            f"{TWO}# still of b\n\n{NEW}\n# of x\n[x]\ny = 1\n",
        ),
        (TWO.replace("\n", "\r\n"), f"{TWO}\n{NEW}".replace("\n", "\r\n")),
    ],
)
def test_a_patch_is_added_behind_the_last_one(text: str, expected: str) -> None:
    assert appended(text, NEW, {"name": "c"}) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a", 'schema = 1\n\n# of b\n[[patch]]\nname = "b"\n\n\n'),
        ("b", 'schema = 1\n\n[[patch]]\nname = "a"\n\n\n'),
    ],
)
def test_a_patch_is_taken_out_with_its_comment(name: str, expected: str) -> None:
    assert without(f"schema = 1\n\n{TWO}\n\n", name) == expected


def test_the_only_patch_is_taken_out() -> None:
    only = '[[patch]]\nname = "a"\n'
    assert without(only, "a") == ""
    assert without(f"schema = 1\n\n\n{only}", "a") == "schema = 1\n"
    assert without(f"{only}\n[x]\ny = 1\n", "a") == "[x]\ny = 1\n"
    assert without(f"schema = 1\n{only}# of a\n[x]\n", "a") == "schema = 1\n# of a\n[x]\n"


@given(manifests(), st.data())
def test_what_is_added_is_taken_out_again(
    made: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    blocks, gaps = made
    text = written(blocks, gaps)
    assert parse_toml(without(appended(text, NEW, {"name": "c"}), "c")) == parse_toml(text)
    number = data.draw(st.integers(0, len(blocks) - 1))
    left = without(text, str(number))
    names = [one["name"] for one in parse_toml(left).get("patch", [])]
    assert names == [str(n) for n in range(len(blocks)) if n != number]


@pytest.mark.parametrize(
    "text",
    [
        'patch = [{name = "a"}, {name = "b"}]\n',
        '[[patch]]\nname = "a"\n[other]\n[patch.source]\nfile = "x"\n',
    ],
)
def test_only_tables_of_their_own_lines_are_added_or_taken_out(text: str) -> None:
    with pytest.raises(ValueError, match="not written in consecutive lines"):
        appended('patch = [{name = "a"}]\n', NEW, {"name": "c"})
    with pytest.raises(ValueError, match="not written in consecutive lines"):
        without(text, "a")
