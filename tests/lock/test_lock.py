"""The lock: what is written reads back the same, and damage is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries import lock
from patchseries.errors import SeriesError
from patchseries.lock import Acceptance, Cell, InBase, Landed, Lock, MadeFor
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
    st.dictionaries(
        st.tuples(_WORDS, _WORDS), st.none() | st.builds(MadeFor, _WORDS, _IDS), max_size=3
    ),
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


def test_what_says_nothing_is_not_written() -> None:
    plain = lock.dump(Lock({}, {("p", "1.0"): Cell(Outcome.CLEAN)}))
    assert plain.splitlines()[1:] == [
        "schema = 1",
        "",
        "pins = []",
        "",
        "cells = [",
        '    {patch = "p", base = "1.0", outcome = "clean"},',
        "]",
    ]


def test_a_password_is_not_written() -> None:
    pins = {(f"https://{user}host.invalid/x", "1.0"): CommitId("1" * 40) for user in ("", "a:b@")}
    assert lock.parse(lock.dump(Lock(pins))).pins == {
        ("https://host.invalid/x", "1.0"): CommitId("1" * 40)
    }


_ONE_OF_ALL = lock.dump(
    Lock(
        {("url", "1.0"): CommitId("1" * 40)},
        {
            ("p", "1.0"): Cell(
                Outcome.ADAPTED,
                ("moved",),
                "2" * 64,
                Acceptance("Ann <ann@test.invalid>", "2013-04-04", "3" * 64),
                InBase(CommitId("4" * 40), "change-id"),
                "5" * 64,
            )
        },
        {"p": Landed("1.1", CommitId("6" * 40))},
        {("nova", "7" * 64): MadeFor("1.1", CommitId("8" * 40))},
    )
)
_VALUE = re.compile(r'(?<= = )(?=("[^"]*"|\["moved"\]|\{by[^}]*\}|\{commit[^}]*\}))')


def test_each_value_of_another_type_is_told_with_its_line(tmp_path: Path) -> None:
    """Every one: none is taken for something else, and none escapes as another error."""
    path = tmp_path / "x.lock"
    values = list(_VALUE.finditer(_ONE_OF_ALL))
    assert len(values) > 20
    for value in values:
        for wrong in ("3", "[3]", "true"):
            path.write_text(_ONE_OF_ALL[: value.start(1)] + wrong + _ONE_OF_ALL[value.end(1) :])
            with pytest.raises(SeriesError, match="is damaged") as caught:
                lock.load(path)
            line = _ONE_OF_ALL.count("\n", 0, value.start()) + 1
            assert caught.value.place == (str(path), line)
            assert f"{path}:{line} " in caught.value.message
            cause = caught.value.cause or ""
            assert cause.startswith(("pins: ", "cells: ", "landed: ", "made-for: "))


def test_each_key_that_an_entry_needs_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    path.write_text(_ONE_OF_ALL)
    assert lock.load(path) == lock.parse(_ONE_OF_ALL)
    optional = {"strategies", "sha256", "accepted", "in-base", "asked", "tag"}
    for key in re.findall(r"(?<=[{ ])([a-z0-9-]+)(?= = )", _ONE_OF_ALL):
        cut = re.sub(rf"(?<=[{{ ]){key} = ", f"other-{key} = ", _ONE_OF_ALL)
        path.write_text(cut)
        if key not in optional - {"tag"}:
            with pytest.raises(SeriesError, match=f"the key '{key}' is missing"):
                lock.load(path)
        else:
            assert lock.load(path) != lock.parse(_ONE_OF_ALL)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema = 2", 1),
        ("schema = 1\ncells = [{}]", 2),
        ("\n\n[", 3),
        ("schema = 1\n\ncells = 3", 3),
        ("schema = 1\npins = [\n 3]", 3),
    ],
)
def test_a_damaged_lock_is_told(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "x.lock"
    path.write_text(text)
    with pytest.raises(SeriesError, match="is damaged") as caught:
        lock.load(path)
    assert caught.value.place == (str(path), line)


def test_damage_that_has_no_line_is_told_at_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.parsing.MOST_BYTES", 5)
    path = tmp_path / "x.lock"
    path.write_text("schema = 1")
    with pytest.raises(SeriesError, match=f"^{path}:1 is damaged") as caught:
        lock.load(path)
    assert caught.value.place == (str(path), 1)


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("latin", "loop"):
        with pytest.raises(SeriesError, match=f"cannot read .*{name}"):
            lock.load(tmp_path / name)
