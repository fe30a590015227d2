"""A patch file without a diff is never written, whatever the series asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.errors import SeriesError
from patchseries.git import Signature
from patchseries.patches.compose import compose
from patchseries.patches.header import PatchHeader
from support.small_series import SmallSeries, enter, small_series

HEAD = "From: Ann <ann@test.invalid>\nSubject: Louder\n\n---\n"
LOUDER = "--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+loud\n"
SAME = "diff --git a/log.py b/log.py\nold mode 100755\nnew mode 100644\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        (made.root / "patches/own").mkdir(parents=True)
        yield made


def outcome_with(small: SmallSeries, source: str, own: dict[str, str]) -> dict[str, object]:
    """What becomes of a patch with the keys *source* on 1.0, with *own* below patches/own."""
    for name, text in own.items():
        (small.root / "patches/own" / name).write_text(text)
    manifest = small.root / "series/small.toml"
    entry = f'[[patch]]\nname = "louder"\nproject = "project"\n{source}\n'
    manifest.write_text(manifest.read_text().partition("[[patch]]")[0] + entry)
    (cell,) = small.json("rebase", "--onto", "1.0")["cells"]
    return dict(cell)


FILE = 'source = { file = "own/louder.patch" }'


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (HEAD + LOUDER, "clean"),
        (HEAD, "empty"),
        (HEAD + SAME, "already-applied"),
    ],
)
def test_a_patch_file_that_changes_nothing(small: SmallSeries, text: str, outcome: str) -> None:
    cell = outcome_with(small, FILE, {"louder.patch": text})
    assert cell["outcome"] == outcome
    written = list((small.root / "patches/small").rglob("*.patch"))
    assert bool(written) == bool(cell["sha256"]) == (outcome == "clean")


def test_an_own_patch_on_top_that_changes_nothing(small: SmallSeries) -> None:
    cell = outcome_with(
        small,
        f'{FILE}\nfixups = ["own/top.patch"]',
        {"louder.patch": HEAD + LOUDER, "top.patch": HEAD + SAME},
    )
    assert cell["outcome"] == "conflict"
    assert cell["conflicts"] == [
        {"path": "-", "hunks": 1, "reason": "the fixup own/top.patch changes nothing"}
    ]
    assert not list((small.root / "patches/small").rglob("*.patch"))


def test_no_patch_file_is_made_of_nothing() -> None:
    header = PatchHeader(Signature("Ann", "ann@test.invalid", 0, "+0000"), "Louder", "")
    with pytest.raises(SeriesError, match="changes nothing: Louder"):
        compose(header, b"")
    assert compose(header, LOUDER.encode()).endswith(LOUDER.encode())
