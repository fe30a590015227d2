"""What a host's files make of the settings; and every slip in the real series is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from patchseries.manifest import SettingEntry, load
from patchseries.settings.audit import AuditedSetting, AuditState
from patchseries.settings.render import HostRequest, PlacedSetting
from patchseries.settings.sudoers import RootwrapFilter
from settings.etcs import Etc, audited, following

ROOT = Path(__file__).parents[2]
USUAL = {"name": "fans", "why": "Faster.", "cost": "Louder.", "source": "the kitchen book"}
INI = USUAL | {"project": "oven", "file": "oven/oven.conf", "section": "oven", "option": "fans"}
LIBVIRT = USUAL | {"component": "l", "file": "l/l.conf", "form": "libvirt", "option": "max"}
MEMCACHED = USUAL | {
    "component": "m",
    "file": "m.conf",
    "form": "memcached",
    "option": "c",
    "value": 40,
}
DANGER = {"danger": "Fire.", "narrow": "Keep it shut."}
CONF = "oven/oven.conf"
JOB = "exec oven --config-file=/etc/oven/oven.conf"
DIRECTORY = "--config-dir=/etc/oven/conf.d"
B = "oven/b.conf"
READS_B = f"{JOB} --config-file /etc/{B}"


def row(
    table: dict[str, Any], files: dict[str, str | None], missing: str | None = None, **request: Any
) -> AuditedSetting:
    entry = SettingEntry.model_validate(table)
    placed = [PlacedSetting(entry, "1.0" if entry.project else None, missing)]
    sizes = {"vms": 40, "cores": 24}
    (one,) = audited(placed, HostRequest("demo", sizes, **request), Etc(files))
    return one


@pytest.mark.parametrize(
    ("table", "text", "state", "line", "words"),
    [
        ({"value": 3}, "[oven]\nfans = 3\n", "set", 2, "[oven] fans is set"),
        ({"value": True}, "[oven]\nfans: Yes\n", "set", 2, "is set"),
        ({"value": 3}, "[oven]\nfans = 2\n", "different", 2, "fans is 2; wanted: 3"),
        (
            {"value": 3},
            "[oven]\nfans = 3\nfans = 2\n",
            "overridden",
            3,
            "overrides 3 at /etc/",
        ),
        ({"value": 3}, "[oven]\nfans = 2\nfans = 3\n", "set", 3, "is set"),
        ({"value": 3}, "[oven]\n", "missing", 0, "[oven] fans is not set; wanted: 3"),
        ({"value": 3}, "[x]\nfans = 3\n", "missing", 0, "conf:2 sets it in [x]: another option"),
        ({"value": 3, "default": 3}, "[oven]\n", "default", 0, "3 is the default"),
        ({"value": False, "default": False}, "", "default", 0, "is the default"),
        ({"value": 3, "default": 3}, "[oven]\nfans=2\n", "different", 2, "fans is 2"),
        ({"value": "1-3"}, "[DEFAULT]\na=1\n[oven]\nfans = $a-3\n", "set", 4, "is set"),
        ({"value": 3}, "[oven]\nfans = $a\n", "different", 2, "names an option that no file sets"),
        ({"value": "b", "multi": True}, "[oven]\nfans=b\nfans=c\n", "set", 2, "is set"),
        ({"value": "b", "multi": True}, "[oven]\nfans=c\n", "missing", 0, "wanted: b"),
        ({"site": "yours"}, "[oven]\nfans = 9\n", "set", 2, "is set"),
        ({"site": "yours"}, "[oven]\n", "missing", 0, "wanted: yours"),
        ({"value": 3}, "[oven]\nfans 3\n", "unreadable", 2, "neither = nor :"),
        (
            DANGER | {"value": 3},
            "[oven]\nfans = 3\n",
            "dangerous",
            2,
            "Fire. Instead: Keep",
        ),
        (DANGER | {"value": 3}, "[oven]\nfans = 2\n", "left-out", 0, "nobody accepted"),
        (DANGER | {"value": 3}, "[oven]\n", "left-out", 0, "nobody accepted"),
        (DANGER | {"value": 3, "default": 3}, "", "dangerous", 0, "not set, and 3 is the default"),
        (DANGER | {"value": 3, "default": 3}, "[oven]\nfans = 2\n", "left-out", 0, "nobody"),
    ],
)
def test_an_option(table: dict[str, Any], text: str, state: str, line: int, words: str) -> None:
    one = row(INI | table, {CONF: text})
    assert (one.state, one.line, one.file) == (state, line, CONF)
    assert words in one.message


def test_the_same_option_of_another_section_is_named() -> None:
    another = row(INI | {"value": 3}, {CONF: "[x]\nhue = 1\n[y]\nfans = 3\n"})
    assert another.message.endswith(f"wanted: 3. /etc/{CONF}:4 sets it in [y]: another option")
    its_own = row(INI | {"value": "b", "multi": True}, {CONF: "[oven]\nfans=c\n"})
    assert its_own.message.endswith("wanted: b")


TWO, THREE = "[oven]\nfans=2\n", "[oven]\nfans=3\n"
OTHER, OURS = "oven/conf.d/a.conf", "oven/conf.d/demo-oven.conf"


@pytest.mark.parametrize(
    ("files", "state", "place"),
    [
        ({CONF: None}, "unreadable", CONF),
        ({}, "missing", CONF),
        ({CONF: TWO, OTHER: THREE}, "set", OTHER),
        ({CONF: THREE, OTHER: TWO}, "overridden", OTHER),
        ({CONF: THREE, "oven/conf.d/a.ini": TWO}, "set", CONF),
        ({CONF: "", OURS: THREE, "init/oven.conf": JOB}, "not-read", OURS),
        ({CONF: "", OURS: THREE, "init/oven.conf": f"{JOB} {DIRECTORY}"}, "set", OURS),
        ({CONF: THREE, B: TWO, "init/oven-b.conf": READS_B}, "overridden", B),
        ({CONF: THREE, "init/oven.conf": None}, "unreadable", CONF),
    ],
)
def test_several_files(files: dict[str, str | None], state: str, place: str) -> None:
    one = row(INI | {"value": 3}, files)
    assert (one.state, one.file) == (state, place)


def test_a_file_that_is_not_there() -> None:
    assert row(INI | {"value": 3}, {}).message == "there is no /etc/oven/oven.conf"
    line = USUAL | {"component": "oven", "file": "init/a.override", "form": "line"}
    assert row(line | {"value": "manual"}, {}).message == "this line is not set; wanted: manual"


def test_the_daemon_that_is_wrong_is_named() -> None:
    files: dict[str, str | None] = {
        CONF: "[oven]\nfans = 3\n",
        "oven/oven-b.conf": "[oven]\nfans = 2\n",
        "init/oven-a.conf": "exec oven-a",
        "init/oven-b.conf": "exec oven-b",
    }
    one = row(INI | {"value": 3}, files)
    assert (one.daemon, one.state, one.file) == ("oven-b", "overridden", "oven/oven-b.conf")


def test_a_daemon_that_the_setting_is_not_for_is_not_asked() -> None:
    files: dict[str, str | None] = {
        CONF: "",
        OURS: THREE,
        "init/oven-a.conf": f"exec oven-a --config-file=/etc/{CONF} {DIRECTORY}",
        "init/oven-b.conf": f"exec oven-b --config-file=/etc/{CONF}",
    }
    table = INI | {"value": 3}
    assert (row(table, files).state, row(table, files).daemon) == ("missing", "oven-b")
    assert row(table | {"daemons": ["oven-a"]}, files).state == "set"
    assert row(table | {"daemons": ["oven-x"]}, files).state == "missing"


@pytest.mark.parametrize(
    ("text", "state", "line"),
    [
        ("max = 40\n", "set", 1),
        ("max = 40\nmax = 5\n", "set", 1),
        ("max = 5\nmax = 40\n", "overridden", 1),
        ("#max = 40\n", "missing", 0),
        ("max 40\n", "unreadable", 1),
    ],
)
def test_libvirt_takes_the_first(text: str, state: str, line: int) -> None:
    one = row(LIBVIRT | {"expression": "vms"}, {"l/l.conf": text})
    assert (one.state, one.line) == (state, line)


@pytest.mark.parametrize("table", [LIBVIRT | {"value": 40}, MEMCACHED])
def test_lines_that_are_to_be_copied_are_not_in_force(table: dict[str, Any]) -> None:
    file, copy = table["file"], f"{table['file']}.demo"
    line = "max = 40\n" if table is not MEMCACHED else "-c 40\n"
    assert row(table, {file: "", copy: line}).state == "missing"
    assert row(table, {file: line, copy: ""}).state == "set"


def test_a_limit_may_stand_in_the_directory_too() -> None:
    table = USUAL | {"component": "oven", "file": "security/limits.conf", "form": "limits"}
    table |= {"section": "oven", "option": "nofile", "expression": "9"}
    files: dict[str, str | None] = {"security/limits.conf": "oven - nofile 9\n"}
    assert row(table, files).state == "set"
    files["security/limits.d/demo.conf"] = "oven hard nofile 5\n"
    assert (row(table, files).state, row(table, files).line) == ("overridden", 1)


def test_a_setting_without_its_patch_is_ignored() -> None:
    missing = "fans, which is conflict there"
    one = row(INI | {"value": 3}, {CONF: "[oven]\nfans = 3\n"}, missing)
    assert (one.state, one.line) == (AuditState.IGNORED, 2)
    assert "ignores it: it needs fans, which is conflict there" in one.message
    assert row(INI | {"value": 3}, {CONF: ""}, missing).state is AuditState.LEFT_OUT


def test_a_step_is_not_seen() -> None:
    table = USUAL | {"component": "l", "step": "Open it."}
    assert row(table, {}).state is AuditState.BY_HAND
    assert row(table | DANGER, {}).state is AuditState.LEFT_OUT


def test_what_a_host_does_not_need_is_not_looked_at() -> None:
    entry = SettingEntry.model_validate(INI | {"value": 1, "hosts": ["pan"]})
    placed = [PlacedSetting(entry, "1.0")]
    assert audited(placed, HostRequest("demo", {}, "pot"), Etc({})) == []


def test_a_large_file_takes_linear_time() -> None:
    text = "[DEFAULT]\n" + "fans = $fan\nfan = 3\n" * 20_000
    assert row(INI | {"value": 3, "section": "DEFAULT"}, {CONF: text}).state == "set"


# The real series ----------------------------------------------------------------------------------

SETTINGS = load(ROOT / "series" / "grizzly.toml").settings
DANGERS = frozenset(one.name for one in SETTINGS if one.danger) - {"quantum-sudo-for-all"}
FILTERS = (
    RootwrapFilter("a: ip", "IpFilter", ("/sbin/ip", "root")),
    RootwrapFilter("a: dnsmasq", "DnsmasqFilter", ("/usr/sbin/dnsmasq", "root")),
)
HOSTS = {"article": {"vms": 40, "cores": 24}, "small": {"vms": 4, "cores": 4}}


def host(sizes: dict[str, int]) -> tuple[list[PlacedSetting], HostRequest, Etc]:
    placed = [PlacedSetting(one, "2013.1.5" if one.project else None) for one in SETTINGS]
    filters = {(one.project or "", one.sudoers.filters): FILTERS for one in SETTINGS if one.sudoers}
    request = HostRequest("grizzly", sizes, None, DANGERS, filters)
    return placed, request, following(placed, request)


def wrong(placed: list[PlacedSetting], request: HostRequest, etc: Etc) -> dict[str, AuditState]:
    rows = audited(placed, request, etc)
    return {one.setting.name: one.state for one in rows if not one.state.is_right}


@pytest.mark.parametrize("sizes", HOSTS.values(), ids=list(HOSTS))
def test_a_host_that_follows_the_article_is_right(sizes: dict[str, int]) -> None:
    assert wrong(*host(sizes)) == {}


IN_FILES = [one.name for one in SETTINGS if not one.step and one.name != "quantum-sudo-for-all"]


@pytest.mark.parametrize("sizes", HOSTS.values(), ids=list(HOSTS))
@pytest.mark.parametrize("name", IN_FILES)
def test_each_single_change_is_found(name: str, sizes: dict[str, int]) -> None:
    """Its line is deleted, commented out, or has another value: this one is named, and no other."""
    placed, request, etc = host(sizes)
    (row,) = (r for r in audited(placed, request, etc) if r.setting.name == name)
    path, lines = row.file, (etc.files[row.file] or "").split("\n")
    if row.state is AuditState.DEFAULT:
        changes = [[*lines, f"[{row.setting.section}]", f"{row.setting.option} = 7"]]
    else:
        before, line, after = lines[: row.line - 1], lines[row.line - 1], lines[row.line :]
        changes = [[*before, *after], [*before, f"# {line}", *after]]
        if row.wanted is not None:
            changes.append([*before, re.sub(r'[\w.:-]+("?)$', r"7\1", line), *after])
    for change in changes:
        etc.files[path] = "\n".join(change)
        assert list(wrong(placed, request, etc)) == [name]


def test_each_line_that_is_missing_in_the_narrow_sudoers_file_is_found() -> None:
    placed, request, etc = host(HOSTS["article"])
    path = "sudoers.d/quantum-rootwrap-filters"
    lines = [one for one in (etc.files[path] or "").split("\n") if one and one[0] != "#"]
    assert len(lines) == 4
    for line in lines:
        etc.files[path] = "\n".join(one for one in lines if one != line)
        (row,) = (r for r in audited(placed, request, etc) if not r.state.is_right)
        assert (row.setting.name, row.wanted) == ("quantum-no-rootwrap", line)


def test_the_wide_rule_is_dangerous() -> None:
    placed, request, etc = host(HOSTS["article"])
    etc.files["sudoers"] = "User_Alias Q = quantum\nQ ALL=(ALL) NOPASSWD:ALL\n"
    assert wrong(placed, request, etc) == {"quantum-sudo-for-all": AuditState.DANGEROUS}
