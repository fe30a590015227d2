"""Which files of the target may be the one that a change calls otherwise, by their names."""

from __future__ import annotations

import pytest

from patchseries.port.names.paths import kinship


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("a/manage.py", "b/manage.py", 1.0),
        ("a/__init__.py", "b/__init__.py", 0.0),
        ("bin/manage.py", "bin/nova-manage", 0.5),
        ("a/manage.py", "b/manage.conf", 0.0),
        ("a/test_call.py", "b/test_keep.py", 0.0),
        ("a/disk_api.py", "b/disk_tool.py", 1 / 3),
    ],
)
def test_names_are_akin_by_their_words(one: str, other: str, alike: float) -> None:
    assert kinship(one, other) == pytest.approx(alike)
