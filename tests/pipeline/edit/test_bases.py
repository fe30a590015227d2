"""Bases more in a manifest's text: in their line's place, and nothing else changes."""

from __future__ import annotations

import pytest

from patchseries.landed.numbered import Numbered
from patchseries.parsing import parse_toml
from patchseries.pipeline.edit.bases import with_bases

TEXT = """\
schema = 1
[project.p]  # the one
bases = {bases}  # which
repository = "x"
"""


@pytest.mark.parametrize(
    ("bases", "new", "made"),
    [
        ('["1.1.0"]', ["1.1.1"], '["1.1.0", "1.1.1"]'),
        ('["1.1.0", "1.2.0"]', ["1.1.1", "1.2.1"], '["1.1.0", "1.1.1", "1.2.0", "1.2.1"]'),
        (
            '[\n  "1.1.0",  # first\n  "1.2.0",\n]',
            ["1.2.1"],
            '[\n  "1.1.0",  # first\n  "1.2.0",\n  "1.2.1",\n]',
        ),
        ('["1.1.0"]', ['1.1.1"]#'], '["1.1.0", "1.1.1\\"]#"]'),
    ],
)
def test_each_stands_behind_its_line(bases: str, new: list[str], made: str) -> None:
    text = with_bases(TEXT.format(bases=bases), "p", new, Numbered())
    assert text == TEXT.format(bases=made)
    assert set(new) <= set(parse_toml(text)["project"]["p"]["bases"])
