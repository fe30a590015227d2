"""`series config audit`, as a user runs it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from patchseries.cli import group
from patchseries.errors import SeriesError
from patchseries.files import rewrite
from patchseries.manifest import load
from patchseries.settings.audit import AuditState
from support.ovens import Oven
from support.settingsoven import HEAT, config, entered, release, with_settings
from support.tools import need

ROOT = Path(__file__).parents[2]
HOST = ("--vms", "40", "--cores", "4", "--memory", "2048")
CONF = "# ours\n[oven]\nfans = 2\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Oven:
    return with_settings(tmp_path_factory.mktemp("ovens"), HEAT)


@pytest.fixture
def oven(whole: Oven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oven:
    return entered(whole, tmp_path, monkeypatch)


def made(tmp_path: Path) -> Path:
    etc = tmp_path / "host" / "etc"
    (etc / "oven").mkdir(parents=True)
    (etc / "oven" / "oven.conf").write_text(CONF)
    (etc / "stove.conf").write_text("#heat = 1\n")
    return etc


def states(document: dict[str, object]) -> dict[str, object]:
    rows = document["settings"]
    assert isinstance(rows, list)
    return {row["setting"]: row["state"] for row in rows}


@pytest.mark.usefixtures("oven")
def test_a_host_is_looked_at_and_mended(tmp_path: Path) -> None:
    etc = made(tmp_path)
    (etc / "oven" / "oven.conf").chmod(0o640)
    status, document = config("audit", str(etc), *HOST)
    expected = {"fans": "different", "labelled": "left-out", "no-rootwrap": "left-out"}
    assert (status, states(document)) == (1, expected | {"heat": "missing"})
    assert (etc / "oven" / "oven.conf").read_text() == CONF

    status, document = config("audit", str(etc), *HOST, "--diff")
    assert status == 1
    assert "-fans = 2\n+fans = 4\n" in document["diff"]
    assert (etc / "oven" / "oven.conf").read_text() == CONF

    status, document = config("audit", str(etc), *HOST, "--apply")
    assert (status, document["written"]) == (0, ["/etc/oven/oven.conf", "/etc/stove.conf"])
    assert (etc / "oven" / "oven.conf").read_text() == CONF.replace("2", "4")
    assert (etc / "stove.conf").read_text() == "#heat = 1\n# heat: Warmer.\nheat = 2\n"
    assert stat.S_IMODE((etc / "oven" / "oven.conf").stat().st_mode) == 0o640


@pytest.mark.usefixtures("oven")
def test_one_line_says_that_all_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    etc = made(tmp_path)
    config("audit", str(etc), *HOST, "--apply")
    assert group(["config", "audit", str(etc), *HOST], standalone_mode=False) == 0
    assert capsys.readouterr().out == f"{etc}: follows the series oven: 2 set, 2 left out\n"


def test_the_narrow_sudoers_file_is_written_once_visudo_took_it(
    oven: Oven,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need("visudo")
    etc = made(tmp_path)
    release(oven, b"[Filters]\nroute: CommandFilter, /sbin/route, root\n")
    accepted = (*HOST, "--accept-risk", "no-rootwrap", "--onto", "1.2")
    status, document = config("audit", str(etc), *accepted, "--apply")
    file = etc / "sudoers.d" / "oven-rootwrap-filters"
    assert (status, document["ok"]) == (0, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o440
    file.chmod(0o600)
    file.write_text("oven ALL = (root\n")
    with pytest.raises(Exception, match=r"visudo refuses .*oven-rootwrap-filters"):
        config("audit", str(etc), *accepted, "--apply")
    assert file.read_text() == "oven ALL = (root\n"
    monkeypatch.setattr("patchseries.pipeline.configuring._visudo", lambda: None)
    with pytest.raises(Exception, match="written only where visudo checks them"):
        config("audit", str(etc), *accepted, "--apply")


def test_what_is_installed_counts(oven: Oven, tmp_path: Path) -> None:
    text = oven.manifest.read_text()
    text = text.replace('needs = "labelled"', 'needs = "hotter"')
    step = 'form = "libvirt"\noption = "heat"\nexpression = "memory / 1024"\n'
    package = 'step = "Buy."\npackage = { name = "stove", version = "2.0" }\n'
    oven.manifest.write_text(text.replace('file = "stove.conf"\n' + step, package))
    etc = made(tmp_path)
    (etc / "oven" / "oven.conf").write_text("[oven]\nfans = 4\nlabel = new\n")
    status_file = tmp_path / "status"

    def seen(version: str, stove: str) -> dict[str, object]:
        packages = (("oven", version), ("stove", stove))
        text = "\n\n".join(
            f"Package: {name}\nStatus: install ok installed\nVersion: {number}"
            for name, number in packages
            if number
        )
        status_file.write_text(f"{text}\n")
        _, document = config("audit", str(etc), *HOST, "--dpkg-status", str(status_file))
        return {name: states(document)[name] for name in ("labelled", "heat")}

    assert seen("1.1-1+0oven1", "2.0-1") == {"labelled": "set", "heat": "set"}
    assert seen("1.1-1", "1.9") == {"labelled": "ignored", "heat": "different"}
    assert seen("", "") == {"labelled": "ignored", "heat": "missing"}
    assert states(config("audit", str(etc), *HOST)[1])["heat"] == "by-hand"


@pytest.mark.usefixtures("oven")
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    etc = made(tmp_path)
    (etc / "stove.conf").chmod(0)
    assert states(config("audit", str(etc), *HOST)[1])["heat"] == "unreadable"


@pytest.mark.usefixtures("oven")
def test_what_is_changed_before_a_file_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etc = made(tmp_path)

    def fails(path: Path, data: bytes, *, new_mode: int) -> None:
        if path.name == "stove.conf":
            raise SeriesError(f"cannot write {path}", hint="nothing was changed")
        rewrite(path, data, new_mode=new_mode)

    monkeypatch.setattr("patchseries.pipeline.auditing.rewrite", fails)
    with pytest.raises(SeriesError, match="stove") as raised:
        config("audit", str(etc), *HOST, "--apply")
    assert raised.value.hint == "changed already: oven/oven.conf"
    assert "fans = 4" in (etc / "oven" / "oven.conf").read_text()


@pytest.mark.usefixtures("oven")
def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="it needs memory"):
        config("audit", str(made(tmp_path)), "--vms", "1", "--cores", "1")
    (tmp_path / "x.tar").write_bytes(bytes(10_240))
    with pytest.raises(Exception, match="an archive is not changed"):
        config("audit", str(tmp_path / "x.tar"), *HOST, "--apply")


@pytest.mark.real
@pytest.mark.parametrize("base", ["2013.1", "2013.1.2", "2013.1.5"])
@pytest.mark.parametrize("sizes", [("40", "24"), ("4", "4")], ids=["article", "small"])
def test_a_host_that_follows_the_article(
    mirrors: Path,
    base: str,
    sizes: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Made from empty files by --apply, and by hand where only the site knows the value."""
    need("visudo")
    shutil.copytree(ROOT / "series", tmp_path / "project/series")
    monkeypatch.chdir(tmp_path / "project")
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"SERIES_{name}", str(tmp_path / name))
    monkeypatch.setenv("SERIES_MIRRORS", str(mirrors))
    etc = tmp_path / "etc"
    chosen = load(tmp_path / "project/series/grizzly.toml").settings
    for setting in chosen:
        if setting.file and setting.form not in ("line", "sudoers"):
            path = etc / setting.file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as stream:
                if setting.site:
                    stream.write(f"[{setting.section}]\n{setting.option} = the site's own\n")
    accepted = ("quantum-no-rootwrap", "no-cgroups", "no-security-driver")
    risks = [word for name in accepted for word in ("--accept-risk", name)]
    words = (str(etc), "grizzly", "--vms", sizes[0], "--cores", sizes[1], "--onto", base, *risks)
    assert config("audit", *words)[0] == 1
    status, document = config("audit", *words, "--apply")
    left = [row["message"] for row in document["settings"] if row["state"] not in RIGHT]
    assert (status, left) == (0, [])
    assert {row["setting"] for row in document["settings"]} == {one.name for one in chosen}
    _, document = config("audit", *words, "--apply")
    assert document["written"] == []


RIGHT = {str(state) for state in AuditState if state.is_right}
