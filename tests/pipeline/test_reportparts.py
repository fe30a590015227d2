"""What a report shows besides the series: documents and images that somebody names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patchseries.errors import UsageError
from patchseries.manifest import load
from patchseries.pipeline.reportparts import read_audit, read_figure, setting_views

ROOT = Path(__file__).parents[2]
ROW = {"setting": "fans", "state": "missing", "message": "not set", "file": "/etc/a", "more": 1}


def audit(path: Path, **changes: Any) -> Path:
    document = {"schema": 1, "ok": False, "settings": [ROW, ROW | {"state": "set", "line": 3}]}
    path.write_text(json.dumps(document | changes))
    return path


def test_an_audit(tmp_path: Path) -> None:
    view = read_audit(audit(tmp_path / "host.json"))
    assert view.title == "host.json"
    rows = [(row.setting, row.state, row.where, row.is_right) for row in view.rows]
    assert rows == [("fans", "missing", "/etc/a", False), ("fans", "set", "/etc/a:3", True)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 2}, "schema: Input should be 1"),
        ({"settings": {}}, "settings: Input should be a valid"),
        ({"settings": [ROW | {"state": "odd"}]}, r"settings\.0\.state: Input should be"),
        (
            {"settings": [ROW | {"message": 7}]},
            r"settings\.0\.message: Input should be a valid str",
        ),
        (
            {"settings": [ROW | {"message": "x" * 5000}]},
            r"settings\.0\.message: String should have",
        ),
        ({"settings": [ROW] * 5001}, "settings: List should have at most"),
    ],
)
def test_what_is_no_audit(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        read_audit(audit(tmp_path / "host.json", **changes))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_document(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(UsageError, match="x is no document of series config audit"):
        read_audit(tmp_path / "x")
    with pytest.raises(UsageError, match="x is neither SVG nor PNG"):
        read_figure(tmp_path / "x")
    with pytest.raises(UsageError, match="y cannot be read: No such file"):
        read_figure(tmp_path / "y")


def test_an_image(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<?xml version='1.0'?>\n<svg/>")
    (tmp_path / "b").write_bytes(b"\x89PNG\r\n\x1a\nx")
    assert read_figure(tmp_path / "a.svg").uri.startswith("data:image/svg+xml;base64,PD94")
    assert read_figure(tmp_path / "b").uri.startswith("data:image/png;base64,")


def test_the_settings_of_the_series() -> None:
    views = {one.name: one for one in setting_views(load(ROOT / "series/grizzly.toml"))}
    workers = views["conductor-workers"]
    assert (workers.where, workers.value) == ("/etc/nova/nova.conf [conductor] workers", "vms")
    assert (workers.needs, workers.danger) == ("conductor-workers", "")
    assert views["libvirt-locks"].where.startswith("Install libvirt")
    assert views["no-security-driver"].danger
