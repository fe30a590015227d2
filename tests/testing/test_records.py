"""Runs that are kept: the same when they are read, and refused when they are damaged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing.outcomes import Ending, TestRun
from patchseries.testing.records import from_json, to_json

ENDINGS = st.dictionaries(st.text(max_size=9), st.sampled_from(Ending), max_size=5)
TEXTS = st.dictionaries(st.text(max_size=9), st.text(max_size=20), max_size=5)


@settings(deadline=None)
@given(ENDINGS, TEXTS, st.none() | st.text(max_size=9), st.text(max_size=9))
def test_what_is_kept_is_read(
    endings: dict[str, Ending], details: dict[str, str], unfinished: str | None, stopped: str
) -> None:
    run = TestRun(endings, details, unfinished, stopped)
    assert from_json(to_json(run)) == run


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"endings": {"a": "no such"}}', b"null"])
def test_what_is_no_record(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own are among them
        from_json(data)
