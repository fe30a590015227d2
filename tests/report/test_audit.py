"""An audit in words and as JSON, of rows made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from patchseries.manifest import SettingEntry
from patchseries.report.audit import audit_document, audit_lines
from patchseries.settings.audit import AuditedSetting, AuditState

ETC = Path("/srv/host/etc")
FANS = SettingEntry.model_validate(
    {
        "name": "fans",
        "project": "oven",
        "file": "oven.conf",
        "section": "oven",
        "option": "fans",
        "value": 4,
        "why": "Fast.",
        "cost": "Loud.",
        "source": "the book",
    }
)
SECRET = FANS.model_copy(update={"name": "word", "value": None, "site": "your password"})
RIGHT = [
    AuditedSetting(FANS, AuditState.SET, "fans is set", "oven.conf", 3, "4", 4),
    AuditedSetting(FANS, AuditState.SET, "fans is set", "oven.conf", 3, "4", 4, "oven-api"),
    AuditedSetting(FANS, AuditState.DEFAULT, "the default will do"),
    AuditedSetting(FANS, AuditState.LEFT_OUT, "a danger"),
    AuditedSetting(FANS, AuditState.BY_HAND, "Open it."),
]
WRONG = AuditedSetting(FANS, AuditState.MISSING, "not set", "oven.conf", wanted=4)


def lines(rows: list[AuditedSetting], *, show_all: bool) -> list[tuple[str, str]]:
    return list(audit_lines(ETC, "demo", rows, show_all))


def test_a_host_that_is_right_is_one_line() -> None:
    counts = "2 set, 1 by default, 1 left out, 1 by hand, not seen here"
    summary = (f"{ETC}: follows the series demo: {counts}", "green")
    assert lines(RIGHT, show_all=False) == [summary]
    assert lines([], show_all=False) == [(f"{ETC}: follows the series demo: ", "green")]
    assert lines(RIGHT, show_all=True) == [
        ("/etc/oven.conf:3: set: fans: fans is set", ""),
        ("/etc/oven.conf:3: set: fans: fans is set (oven-api)", ""),
        ("default: fans: the default will do", ""),
        ("left-out: fans: a danger", ""),
        ("by-hand: fans: Open it.", ""),
        summary,
    ]


def test_what_is_wrong_is_listed_in_red_and_counted() -> None:
    missing = ("/etc/oven.conf: missing: fans: not set", "red")
    summary = (f"{ETC}: 1 of 2 settings to look at", "")
    assert lines([RIGHT[0], WRONG], show_all=False) == [missing, summary]
    assert lines([RIGHT[0], WRONG], show_all=True)[1:] == [missing, summary]


def test_the_document_has_what_is_known_and_no_password() -> None:
    secret = replace(RIGHT[1], setting=SECRET, value="hunter2", wanted=None)

    def row(name: str, state: str, **fields: Any) -> dict[str, Any]:
        return {"setting": name, "state": state} | fields

    at = {"file": "/etc/oven.conf", "line": 3}
    assert audit_document([RIGHT[0], RIGHT[2], WRONG, secret], ["oven.conf"], "-a\n+b\n") == {
        "settings": [
            row("fans", "set", message="fans is set", **at, value="4", wanted=4),
            row("fans", "default", message="the default will do"),
            row("fans", "missing", message="not set", file="/etc/oven.conf", wanted=4),
            row("word", "set", message="fans is set", **at, daemon="oven-api"),
        ],
        "written": ["/etc/oven.conf"],
        "diff": "-a\n+b\n",
    }
