"""What all forms share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.settings.forms import FORMS
from patchseries.settings.forms.form import lines_of


@pytest.mark.parametrize("name", sorted(FORMS))
@given(text=st.text(max_size=60))
def test_any_text_can_be_read(name: str, text: str) -> None:
    read = FORMS[name].parse(text)
    assert all(1 <= one.first <= one.last <= len(lines_of(text)) for one in read.assignments)


def test_only_a_line_feed_ends_a_line() -> None:
    assert lines_of("") == []
    assert lines_of("\n") == [""]
    assert lines_of("a\x0cb\u2028c\r\nd") == ["a\x0cb\u2028c\r", "d"]
