"""Files that are mended: the setting is made, and every other line stays where it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest import SettingEntry
from patchseries.settings.amend import amended
from patchseries.settings.audit import AuditState
from patchseries.settings.render import HostRequest, PlacedSetting
from settings.etcs import Etc, audited

USUAL = {"name": "fans", "why": "Faster.", "cost": "Louder.", "source": "x", "value": 3}
INI = USUAL | {"project": "o", "file": "o/o.conf", "section": "b", "option": "x"}
LIBVIRT = USUAL | {"component": "l", "file": "l.conf", "form": "libvirt", "option": "x"}
MEMCACHED = USUAL | {"component": "m", "file": "m.conf", "form": "memcached", "option": "m"}
REQUEST = HostRequest("demo", {"vms": 1, "cores": 1})
WHY = "# fans: Faster.\n"


def placed(table: dict[str, Any]) -> list[PlacedSetting]:
    entry = SettingEntry.model_validate(table)
    return [PlacedSetting(entry, "1.0" if entry.project else None)]


def mended(table: dict[str, Any], text: str) -> str:
    rows = audited(placed(table), REQUEST, Etc({table["file"]: text}))
    assert rows[0].can_be_applied
    return amended(text, rows)


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        (INI, "", f"[b]\n{WHY}x = 3\n"),
        (INI, "[a]\ny = 1\n", f"[a]\ny = 1\n\n[b]\n{WHY}x = 3\n"),
        (INI, "[b]\ny = 1\n  2\n\n[c]\n", f"[b]\ny = 1\n  2\n{WHY}x = 3\n\n[c]\n"),
        (INI, "[b]\n#x=1\ny = 1\n", f"[b]\n#x=1\n{WHY}x = 3\ny = 1\n"),
        (INI, "[b]\n# xy = 1\n", f"[b]\n# xy = 1\n{WHY}x = 3\n"),
        (INI, "#x = 1\n[b]\n", f"#x = 1\n[b]\n{WHY}x = 3\n"),
        (INI, "[b]\nx = 1\n  2\ny = 1\n", "[b]\nx = 3\ny = 1\n"),
        (INI, "[b]\nx = 1 \n; c\nx: 2\n[b]\ny = 1", "[b]\nx = 1 \n; c\nx = 3\n[b]\ny = 1\n"),
        (INI, "[b]\r\nx = 1\r\n", "[b]\r\nx = 3\r\n"),
        (INI, "[b]\r\n", "[b]\r\n# fans: Faster.\r\nx = 3\r\n"),
        (LIBVIRT, 'a = [ "x",\n "y" ]\n#x = 1\n', f'a = [ "x",\n "y" ]\n#x = 1\n{WHY}x = 3\n'),
        (LIBVIRT, 'x = [ 1,\n 2 ] # c\ny = 1\n', "x = 3\ny = 1\n"),
        (LIBVIRT, "#x = 1\na = 2\n", f"#x = 1\n{WHY}x = 3\na = 2\n"),
        (LIBVIRT, "x = 1\nx = 3\n", "x = 3\nx = 3\n"),
        (MEMCACHED, "-d\n# -m 9\n", f"-d\n# -m 9\n{WHY}-m 3\n"),
        (MEMCACHED, "-m 9\n-d\n", "-m 3\n-d\n"),
    ],
)  # fmt: skip
def test_what_comes_of_a_file(table: dict[str, Any], text: str, expected: str) -> None:
    assert mended(table, text) == expected


LINES = st.sampled_from(
    ["", "[a]", "[b]", "# x = 1", "# c", "x = 1", "x=2", "y = $x", "  more", "\ud8ff = 1", "x: 3"]
)


@given(st.lists(LINES, max_size=10), st.booleans())
def test_the_setting_is_made_and_the_rest_stays(lines: list[str], ended: bool) -> None:
    text = "\n".join(lines) + "\n" * ended
    etc = Etc({"o/o.conf": text})
    rows = audited(placed(INI), REQUEST, etc)
    if not rows[0].can_be_applied:
        assert rows[0].state in (AuditState.SET, AuditState.UNREADABLE)
        return
    after = amended(text, rows)
    etc.files["o/o.conf"] = after
    (row,) = audited(placed(INI), REQUEST, etc)
    assert row.state is AuditState.SET
    assert amended(after, []) == after
    left = after.split("\n")
    for line in lines:
        if line not in ("", "  more") and not line.startswith("x"):
            left.remove(line)
