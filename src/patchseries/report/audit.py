"""An audit of a host in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from patchseries.counting import counted
from patchseries.settings.audit import AuditedSetting, AuditState


def audit_lines(
    etc: Path, series: str, rows: Sequence[AuditedSetting], show_all: bool
) -> Iterator[tuple[str, str]]:
    """The lines of an audit, each with its color: what is to do, and a summary.

    :param show_all: whether what is right is listed, too
    """
    wrong = [row for row in rows if not row.state.is_right]
    for row in rows if show_all else wrong:
        daemon = f" ({row.daemon})" if row.daemon else ""
        words = f"{_where(row)}{row.state}: {row.setting.name}: {row.message}{daemon}"
        yield words, "" if row.state.is_right else "red"
    if not wrong:
        yield f"{etc}: follows the series {series}: {_counts(rows)}", "green"
    else:
        yield f"{etc}: {len(wrong)} of {counted(len(rows), 'setting')} to look at", ""


def _where(row: AuditedSetting) -> str:
    if not row.file:
        return ""
    return f"/etc/{row.file}:{row.line}: " if row.line else f"/etc/{row.file}: "


def _counts(rows: Sequence[AuditedSetting]) -> str:
    """How many settings are in each state that is right."""
    words = {
        AuditState.SET: "set",
        AuditState.DEFAULT: "by default",
        AuditState.LEFT_OUT: "left out",
        AuditState.BY_HAND: "by hand, not seen here",
    }
    numbers = {word: sum(row.state is state for row in rows) for state, word in words.items()}
    return ", ".join(f"{number} {word}" for word, number in numbers.items() if number)


def audit_document(
    rows: Sequence[AuditedSetting], written: Iterable[str], difference: str
) -> dict[str, Any]:
    """The JSON document of ``series config audit``."""
    return {
        "settings": [_row(row) for row in rows],
        "written": [f"/etc/{path}" for path in written],
        "diff": difference,
    }


def _row(row: AuditedSetting) -> dict[str, Any]:
    shown = {
        "setting": row.setting.name,
        "state": str(row.state),
        "message": row.message,
        "file": f"/etc/{row.file}" if row.file else None,
        "line": row.line or None,
        "value": None if row.setting.site else row.value,  # it may be a password
        "wanted": row.wanted,
        "daemon": row.daemon,
    }
    return {key: value for key, value in shown.items() if value is not None}
