"""A step of several is counted; one that is the only one is not."""

from __future__ import annotations

import pytest

from patchseries.progress import Steps


@pytest.mark.parametrize(
    ("total", "said"), [(0, ["a"]), (1, ["a"]), (2, ["[1/2] a", "[2/2] b"]), (3, ["[1/3] a"])]
)
def test_steps_are_counted_where_there_are_several(total: int, said: list[str]) -> None:
    heard: list[str] = []
    steps = Steps(heard.append, total)
    for words in "ab"[: len(said)]:
        steps.begin(words)
    assert heard == said
