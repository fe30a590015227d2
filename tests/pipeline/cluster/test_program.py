"""Which program a machine has: every part counts, and what differs is named in one line."""

from __future__ import annotations

import pytest

from patchseries.pipeline.cluster.program import difference, parts_digest, program_parts


def test_the_same_program_does_not_differ() -> None:
    assert difference(dict(program_parts())) == ""
    assert {"patchseries", "git", "python", "tree-sitter", "tree-sitter-go"} <= set(program_parts())


@pytest.mark.parametrize("part", ["patchseries", "git", "python", "tree-sitter-go"])
def test_each_part_counts(part: str) -> None:
    there = program_parts() | {part: "0.0"}
    assert difference(there) == f"{part} is 0.0 there, {program_parts()[part]} here"
    assert parts_digest(there) != parts_digest(program_parts())
    there.pop(part)
    assert difference(there).startswith(f"{part} is none there")


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (None, "it cannot say which program it has (NoneType: None)"),
        (ModuleNotFoundError("No module named 'patchseries'"), "No module named 'patchseries')"),
        ({}, "more"),
        (program_parts() | {"other": "1"}, "1 parts that are not known here"),
        (program_parts() | {"git": "x" * 10_000}, "git is " + "x" * 60 + " there"),
        (program_parts() | {1: 2}, "1 parts"),
    ],
)
def test_whatever_a_worker_says_is_one_short_line(there: object, words: str) -> None:
    line = difference(there)
    assert words in line
    assert "\n" not in line
    assert len(line) < 1000
