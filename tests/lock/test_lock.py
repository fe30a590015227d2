"""The lock: what is written reads back the same, and damage is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries import lock
from patchseries.errors import SeriesError
from patchseries.lock import Acceptance, Cell, InBase, Landed, Lock
from patchseries.model import CommitId, Outcome

_WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
_IDS = st.integers(0, 16**40 - 1).map(lambda number: CommitId(f"{number:040x}"))
_CELLS = st.builds(
    Cell,
    st.sampled_from(Outcome),
    st.lists(_WORDS, max_size=2).map(tuple),
    st.none() | _WORDS,
    st.none() | st.builds(Acceptance, _WORDS, _WORDS, _WORDS),
    st.none() | st.builds(InBase, _IDS, _WORDS),
    st.none() | _WORDS,
)
_LOCKS = st.builds(
    Lock,
    st.dictionaries(st.tuples(_WORDS, _WORDS), _IDS, max_size=3),
    st.dictionaries(st.tuples(_WORDS, _WORDS), _CELLS, max_size=3),
    st.dictionaries(_WORDS, st.builds(Landed, _WORDS, _IDS), max_size=3),
)


@given(_LOCKS)
def test_round_trip(any_lock: Lock) -> None:
    assert lock.parse(lock.dump(any_lock)) == any_lock


def test_one_line_an_entry() -> None:
    one = Lock({("url", "1.0"): CommitId("1" * 40)}, {("p", "1.0"): Cell(Outcome.CLEAN)})
    two = Lock(one.pins, {**one.cells, ("p", "1.1"): Cell(Outcome.CONFLICT)})
    before, after = (set(lock.dump(one).splitlines()) for one in (one, two))
    assert len(after - before) == 1


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    assert lock.load(tmp_path / "none.lock") == Lock()


@pytest.mark.parametrize("text", ["schema = 2", "schema = 1\ncells = [{}]", "[", "cells = 3"])
def test_a_damaged_lock_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.lock"
    path.write_text(text)
    with pytest.raises(SeriesError, match="is damaged"):
        lock.load(path)
