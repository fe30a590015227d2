"""What a source is: one thing, of one kind, and by what name it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from patchseries.manifest import Source, SourceKind
from patchseries.manifest.source import MergedSource

COMMIT, CHANGE, DIGEST = "a" * 40, "I" + "b" * 40, "c" * 64


def source(**keys: Any) -> Source:
    return Source.model_validate({key.replace("_", "-"): value for key, value in keys.items()})


@pytest.mark.parametrize(
    ("keys", "kind", "rev"),
    [
        ({"commit": COMMIT}, SourceKind.GIT, COMMIT),
        ({"commit": COMMIT, "tag": "1.0", "branch": "topic"}, SourceKind.GIT, COMMIT),
        ({"tag": "1.0", "branch": "topic"}, SourceKind.GIT, "1.0"),
        ({"branch": "topic"}, SourceKind.GIT, "topic"),
        ({"change_id": CHANGE}, SourceKind.GERRIT, f"changes/{CHANGE}/newest"),
        ({"change_id": CHANGE, "patchset": 1}, SourceKind.GERRIT, f"changes/{CHANGE}/1"),
        ({"change_id": CHANGE, "branch": "b"}, SourceKind.GERRIT, f"changes/{CHANGE}/newest/b"),
        ({"file": "a", "made_for": "1.0"}, SourceKind.FILE, ""),
        ({"url": "https://h/a", "sha256": DIGEST, "made_for": "1"}, SourceKind.URL, ""),
        ({"url": "http://h/a", "sha256": DIGEST}, SourceKind.URL, ""),
    ],
)
def test_each_kind(keys: dict[str, Any], kind: SourceKind, rev: str) -> None:
    made = source(**keys)
    assert (made.kind, made.rev) == (kind, rev)


ONE = "expected one of: commit"
URL = "a url source needs a URL"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, ONE),
        ({"commit": COMMIT, "file": "a"}, ONE),
        ({"change_id": CHANGE, "commit": COMMIT}, ONE),
        ({"change_id": CHANGE, "tag": "1.0"}, ONE),
        ({"branch": "b", "url": "https://h/a", "sha256": DIGEST}, ONE),
        ({"url": "https://h/a"}, URL),
        ({"url": "/srv/a", "sha256": DIGEST}, URL),
        ({"commit": COMMIT, "patchset": 1}, "patchset needs change-id"),
        ({"change_id": CHANGE, "patchset": 0}, "expected 1 or more"),
        ({"change_id": CHANGE, "made_for": "1"}, "made-for is only for file and url"),
    ],
)
def test_what_is_no_source(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        source(**keys)


def test_a_source_is_written_with_dashes_and_never_changes() -> None:
    with pytest.raises(ValidationError, match="change_id"):
        Source.model_validate({"change_id": CHANGE})
    with pytest.raises(ValidationError, match="frozen"):
        source(commit=COMMIT).commit = "b"  # type: ignore[misc]
    merged = MergedSource.model_validate({"change-id": CHANGE})
    assert (merged.kind, merged.rev) == (SourceKind.MERGED, CHANGE)
    assert {"change-id", "made-for"} <= set(Source.keys())
