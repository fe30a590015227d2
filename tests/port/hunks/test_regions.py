"""Where a line of one text stands in another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks.regions import Texts

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=8).map(tuple)


@given(LINES, LINES, LINES)
def test_a_line_is_found_again_unless_an_edit_took_it(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    texts = Texts.of(base, ours, theirs)
    taken = {at for edit in texts.our_edits for at in range(edit.low, edit.high)}
    for at, line in enumerate(base):
        here = texts.to_ours(at)
        assert (here is None) == (at in taken)
        assert here is None or ours[here] == line
    brought = {at for edit in texts.their_edits for at in range(edit.start, edit.end)}
    for at, line in enumerate(theirs):
        there = texts.to_ancestor(at)
        assert (there is None) == (at in brought)
        assert there is None or base[there] == line
