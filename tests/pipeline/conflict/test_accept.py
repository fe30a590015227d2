"""``series accept``: shown first, recorded for one diff, asked again when that changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchseries import lock as locks
from patchseries.errors import UsageError
from patchseries.model import Finding, Severity
from patchseries.pipeline.conflict.accept import Offer, alike
from support.small_series import SmallSeries


@pytest.fixture
def adapted(small: SmallSeries) -> SmallSeries:
    """The small series, its conflict resolved, not signed off."""
    small.run("resolve", "retry", "--take", "both", "-m", "both are needed")
    small.run("rebase")
    return small


def accepted(small: SmallSeries) -> dict[str, str | None]:
    cells = locks.load(small.root / "series/small.lock").cells
    return {
        base: cell.accepted.by if cell.accepted else None
        for (patch, base), cell in cells.items()
        if patch == "retry"
    }


def test_it_shows_the_range_diff_and_the_reason_before_it_asks(adapted: SmallSeries) -> None:
    before = adapted.tracked()
    status, said = adapted.run("accept", "retry", "--dry-run")
    assert status == 1
    assert "retry on 1.1" in said
    assert "resolved by Ann Packager <ann@test.invalid> on 2013-04-04: both are needed" in said
    assert "+     lock()" in said
    assert adapted.tracked() == before


def test_a_yes_is_recorded_with_who_and_when(adapted: SmallSeries) -> None:
    who = "Ann Packager <ann@test.invalid>"
    assert adapted.run("accept", "retry", "--yes")[0] == 0
    assert accepted(adapted) == {"1.0": None, "1.1": who, "1.2": who}
    patch = adapted.root / "patches/small/1.1/project/0001-retry.patch"
    assert f"Reviewed-by: {who}" in patch.read_text()
    assert adapted.run("accept", "retry")[1] == "nothing to sign off\n"
    assert "files written" not in adapted.run("rebase")[1]


def test_without_a_yes_nothing_is_recorded(adapted: SmallSeries) -> None:
    before = adapted.tracked()
    with pytest.raises(UsageError, match="--yes"):  # it asks, and there is nobody to answer
        adapted.run("accept", "retry")
    assert adapted.tracked() == before


def test_what_differs_in_line_numbers_alone_is_shown_once(adapted: SmallSeries) -> None:
    said = adapted.run("accept", "retry", "--dry-run")[1]
    assert "retry on 1.1 and 1.2: the same but for line numbers; adapted by resolution\n" in said
    assert said.count("resolved by Ann") == 1
    adapted.run("accept", "retry", "--yes")
    cells = locks.load(adapted.root / "series/small.lock").cells
    first, second = (cells["retry", base].accepted for base in ("1.1", "1.2"))
    assert first
    assert second
    assert first.diff != second.diff  # each is recorded for its own


def test_what_differs_in_more_is_shown_each() -> None:
    one = Offer("retry", ("1.1",), "digest", "shape", ("resolution",), (), "")
    lost = Finding("port-line-lost", Severity.WARNING, "call.py: lock()", line=3)
    others = (
        replace(one, shape="another"),
        replace(one, findings=(lost,)),
        replace(one, strategies=("weave",)),
        replace(one, patch="log"),
    )
    assert [len(group) for group in alike([one, *others])] == [1] * 5
    moved = replace(one, findings=(replace(lost, line=4),))
    assert alike([others[1], moved]) == [[others[1], moved]]


def test_one_base_alone(adapted: SmallSeries) -> None:
    adapted.run("accept", "retry", "--onto", "1.2", "--yes")
    assert [base for base, by in accepted(adapted).items() if by] == ["1.2"]


def test_another_result_asks_again(adapted: SmallSeries) -> None:
    adapted.run("accept", "retry", "--yes")
    (stored,) = adapted.resolutions
    stored.unlink()
    adapted.run("resolve", "retry", "--take", "theirs", "-m", "rather so")
    adapted.run("rebase")
    assert set(accepted(adapted).values()) == {None}
    offers = adapted.json("accept", "retry", "--dry-run")["offers"]
    assert [offer["bases"] for offer in offers] == [["1.1"], ["1.2"]]


def test_undo_takes_the_sign_off_back(adapted: SmallSeries) -> None:
    before = adapted.tracked()
    adapted.run("accept", "retry", "--yes")
    assert "undid" in adapted.run("undo")[1]
    assert adapted.tracked() == before
    log = adapted.json("undo", "--list")["operations"]
    assert [one["undone"] for one in log] == [False, True, False, False]
