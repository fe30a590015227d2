"""limits.conf: one limit a line, for soft and hard at once."""

from __future__ import annotations

from patchseries.manifest import SettingEntry
from patchseries.settings.forms import limits

TABLE = {"name": "files", "component": "nova", "file": "security/limits.conf", "form": "limits"}
WORDS = {"why": "x", "cost": "x", "source": "x", "value": 9}


def test_a_line_comes_back() -> None:
    setting = SettingEntry.model_validate(TABLE | WORDS | {"section": "nova", "option": "nofile"})
    text = f"# a - b 1\nnova soft nofile 1 # c\n{limits.FORM.line(setting, 9)}\nnova x nofile 1\n"
    read = limits.parse(text).named("nova", "nofile")
    assert [(one.value, one.first) for one in read] == [("soft 1", 2), ("9", 3)]
    assert [limits.FORM.same(9, one.value) for one in read] == [False, True]


def test_it_has_a_directory() -> None:
    assert limits.FORM.path("demo", "security/limits.conf") == "security/limits.d/demo.conf"
