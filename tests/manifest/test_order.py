"""Patch tables in another order: the lines of each move together, all others stay."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest.order import reordered

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
