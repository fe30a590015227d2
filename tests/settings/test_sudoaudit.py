"""The wide rule and the narrow ones in a host's sudoers files."""

from __future__ import annotations

import pytest

from patchseries.manifest import SettingEntry
from patchseries.settings.render import HostRequest, PlacedSetting
from patchseries.settings.sudoers import RootwrapFilter
from settings.etcs import Etc, audited

WORDS = {"why": "x", "cost": "x", "source": "x", "danger": "Fire.", "narrow": "Keep it shut."}
SUDOERS = {"sudoers": {"user": "oven", "filters": "etc"}}
WIDE = {"name": "all", "project": "oven", "file": "sudoers.d/all", "form": "sudoers"}
HELPER = {"name": "helper", "project": "oven", "file": "oven/oven.conf", "section": "a"}
RULE = "oven ALL = (root) NOPASSWD: ALL"
NARROW = "Defaults:oven !requiretty\noven ALL = (root) NOPASSWD: /bin/x\n"
FILE = "sudoers.d/oven-rootwrap-filters"
OUT, LACKS = ("all", "left-out", "sudoers.d/all", 0), ("helper", "missing", FILE, 0)
PLACED = [
    PlacedSetting(SettingEntry.model_validate(table), "1.0")
    for table in (
        WORDS | SUDOERS | WIDE | {"value": RULE},
        WORDS | SUDOERS | HELPER | {"option": "helper", "value": "sudo"},
    )
]
FILTERS = {("oven", "etc"): (RootwrapFilter("a: x", "CommandFilter", ("/bin/x", "root")),)}


def states(files: dict[str, str | None], *accepted: str) -> list[tuple[str, str, str, int]]:
    etc = Etc({"oven/oven.conf": "[a]\nhelper = sudo\n"} | files)
    request = HostRequest("demo", {}, None, frozenset(accepted), FILTERS)
    rows = audited(PLACED, request, etc)
    return [
        (r.setting.name, str(r.state), r.file, r.line) for r in rows if r.file != "oven/oven.conf"
    ]


@pytest.mark.parametrize(
    ("files", "accepted", "expected"),
    [
        ({}, (), [OUT]),
        ({}, ("all",), [("all", "missing", "sudoers.d/all", 0)]),
        ({"sudoers.d/all": f"\n{RULE}\n"}, ("all",), [("all", "set", "sudoers.d/all", 2)]),
        ({"sudoers": "oven ALL=(ALL) NOPASSWD:ALL"}, (), [("all", "dangerous", "sudoers", 1)]),
        ({"sudoers.d/x": "ALL ALL = NOPASSWD: ALL"}, (), [("all", "dangerous", "sudoers.d/x", 1)]),
        ({"sudoers.d/x.bak": RULE, "sudoers.d/x~": RULE}, (), [OUT]),
        ({"sudoers": None}, (), [("all", "unreadable", "sudoers", 0)]),
        ({"sudoers": f"{RULE}\n" * 6_000}, (), [("all", "unreadable", "sudoers", 0)]),
        ({}, ("helper",), [OUT, LACKS]),
        ({FILE: NARROW}, ("helper",), [OUT]),
        ({"sudoers": NARROW}, ("helper",), [OUT]),
        ({FILE: NARROW.replace("/bin/x", "/bin/y")}, ("helper",), [OUT, LACKS]),
        ({FILE: NARROW.replace("Defaults", "#")}, ("helper",), [OUT, LACKS]),
        ({"sudoers": RULE}, ("helper", "all"), [("all", "set", "sudoers", 1)]),
        ({"sudoers": RULE}, ("helper",), [("all", "dangerous", "sudoers", 1), LACKS]),
    ],
)  # fmt: skip
def test_what_the_files_make_of_it(
    files: dict[str, str | None],
    accepted: tuple[str, ...],
    expected: list[tuple[str, str, str, int]],
) -> None:
    assert states(files, *accepted) == expected
