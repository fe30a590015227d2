"""What a report shows besides the series: its settings, audits of hosts, and images."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from patchseries.errors import UsageError
from patchseries.files import read_file
from patchseries.manifest import Manifest, SettingEntry
from patchseries.report.pagemodel import AuditedView, AuditView, Figure, SettingView
from patchseries.report.settings import value_words
from patchseries.settings.audit import AuditState


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """When the page is made, in words; audits of hosts and images that it shows besides."""

    made: str
    audits: tuple[AuditView, ...] = ()
    figures: tuple[Figure, ...] = ()


_LARGEST = 4 << 20
_Text = Annotated[str, Field(max_length=4000)]


class _AuditRow(BaseModel):
    model_config = ConfigDict(strict=True)

    setting: _Text
    state: Annotated[AuditState, Field(strict=False)]
    message: _Text
    file: _Text = ""
    line: int | None = None


class _AuditDocument(BaseModel):
    model_config = ConfigDict(strict=True)

    schema_version: Literal[1] = Field(alias="schema")
    settings: Annotated[list[_AuditRow], Field(max_length=5000)]


def setting_views(manifest: Manifest) -> tuple[SettingView, ...]:
    """The settings of *manifest*, in its order."""
    return tuple(_setting_view(setting) for setting in manifest.settings)


def _setting_view(setting: SettingEntry) -> SettingView:
    where = f"/etc/{setting.file} {setting.label}" if setting.file else setting.step or ""
    value = value_words(setting) if setting.file else ""
    needs, danger = setting.needs or "", setting.danger or ""
    return SettingView(setting.name, where, value, needs, setting.why, setting.cost, danger)


def read_audit(path: Path) -> AuditView:
    """What ``series config audit --json`` wrote to *path*.

    :raises UsageError: it cannot be read, or is something else
    """
    data = _read(path)
    try:
        document = _AuditDocument.model_validate_json(data)
    except ValidationError as error:
        what = error.errors()[0]
        place = ".".join(str(part) for part in what["loc"]) or "the text"
        raise UsageError(
            f"{path} is no document of series config audit: {place}: {what['msg']}",
            hint="make it with `series config audit ETC NAME … --json > FILE`",
        ) from error
    return AuditView(path.name, tuple(_audited(row) for row in document.settings))


def _audited(row: _AuditRow) -> AuditedView:
    where = f"{row.file}:{row.line}" if row.line else row.file
    return AuditedView(row.setting, str(row.state), where, row.message, row.state.is_right)


def read_figure(path: Path) -> Figure:
    """The image at *path*, SVG or PNG; shown as an image, a script in it does not run.

    :raises UsageError: it cannot be read, or is no such image
    """
    data = _read(path)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "image/png"
    elif b"<svg" in data[:1000]:
        kind = "image/svg+xml"
    else:
        raise UsageError(f"{path} is neither SVG nor PNG")
    return Figure(path.name, f"data:{kind};base64,{base64.b64encode(data).decode()}")


def _read(path: Path) -> bytes:
    try:
        return read_file(path, _LARGEST)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
