"""`series config` on a small series, and on the real one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from own.support import MADE_PYTHON2
from patchseries.cli import group
from patchseries.errors import SeriesError, UsageError
from patchseries.manifest import load
from patchseries.pipeline.configuring import placed_settings
from support.ovens import Oven
from support.settingsoven import HEAT, SHARED, config, entered, release, with_settings
from support.tools import need

ROOT = Path(__file__).parents[2]
HOST = ("--vms", "40", "--cores", "4")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Oven:
    return with_settings(tmp_path_factory.mktemp("ovens"), HEAT)


@pytest.fixture
def oven(whole: Oven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oven:
    return entered(whole, tmp_path, monkeypatch)


def files(directory: Path) -> list[str]:
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())


@pytest.mark.usefixtures("oven")
def test_what_a_host_needs_is_written_and_the_rest_named(tmp_path: Path) -> None:
    status, made = config("render", *HOST, "--host", "kitchen", "-o", str(tmp_path / "etc"))
    assert status == 0
    assert files(tmp_path / "etc") == ["README", "oven/conf.d/oven-oven.conf"]
    assert made["bases"] == {"oven": "1.1"}
    assert [(one["setting"], one["line"]) for one in made["lines"]] == [("fans", "fans = 4")]
    assert [one["setting"] for one in made["left_out"]] == ["labelled", "no-rootwrap"]
    assert made["left_out"][0]["why"].startswith("on 1.1 it needs labelled, which is not-appl")
    assert "no-rootwrap. The oven may do" in (tmp_path / "etc" / "README").read_text()
    status, made = config("render", *HOST, "--host", "kitchen", "--onto", "1.0", "-o", "etc")
    assert [one["setting"] for one in made["lines"]] == ["fans", "labelled"]


@pytest.mark.usefixtures("oven")
def test_an_archive_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.tar", "b.tar"):
        config("render", *HOST, "--memory", "4096", "-o", str(tmp_path / name))
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    with tarfile.open(tmp_path / "a.tar") as archive:
        names = {member.name: member.mode for member in archive}
    assert names == {"README": 0o644, "oven/conf.d/oven-oven.conf": 0o644, "stove.conf.oven": 0o644}


@pytest.mark.parametrize(
    ("name", "key", "path", "words"),
    [
        ("vars.yml", "series_files", "dest", ()),
        ("user-data", "write_files", "path", ()),
        ("x.cfg", "write_files", "path", ("--format", "cloud-init")),
    ],
)
def test_one_file_of_yaml_holds_what_the_directory_holds(
    name: str, key: str, path: str, words: tuple[str, ...], oven: Oven, tmp_path: Path
) -> None:
    release(oven, b"[Filters]\nroute: CommandFilter, /sbin/route, root\n")
    chosen = ("--memory", "4096", "--accept-risk", "no-rootwrap", "--onto", "1.2")
    _, told = config("render", *HOST, *chosen, "-o", str(tmp_path / "etc"))
    _, made = config("render", *HOST, *chosen, *words, "-o", str(tmp_path / name))
    assert (told["format"], made["files"]) == ("dir", told["files"])
    text = (tmp_path / name).read_text()
    document = yaml.safe_load(text)
    rows = {row[path]: row["content"].encode() for row in document[key]}
    there = {f: (tmp_path / "etc" / f).read_bytes() for f in files(tmp_path / "etc")}
    readme = there.pop("README").decode().splitlines()
    assert rows == {f"/etc/{f}": data for f, data in there.items()}
    assert {"/etc/sudoers.d/oven-rootwrap-filters", "/etc/stove.conf.oven"} < set(rows)
    assert set(readme) <= {line.removeprefix("#").removeprefix(" ") for line in text.splitlines()}
    if name == "vars.yml":
        assert [(one["path"], one["value"]) for one in document["series_options"]] == [
            ("/etc/oven/oven.conf", "4"),
            ("/etc/oven/oven.conf", "sudo"),
            ("/etc/stove.conf", "4"),
        ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--host", "attic"), "no host is called 'attic'"),
        (("--onto", "9"), "no base is called '9'"),
        (("--accept-risk", "fans"), "no setting with a danger is called 'fans'"),
        ((), "heat: 'memory / 1024': it needs memory"),
    ],
)
@pytest.mark.usefixtures("oven")
def test_what_is_not_known(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        config("render", *HOST, *words, "-o", str(tmp_path / "etc"))
    assert message in caught.value.message
    assert not (tmp_path / "etc").exists()


@pytest.mark.usefixtures("oven")
def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "mine").write_text("x")
    for name in ("a.yml", "a.tar"):
        (tmp_path / name).write_text("x")
    for name in ("etc", "a.yml", "a.tar"):
        words = ("render", *HOST, "--host", "kitchen", "-o", str(tmp_path / name))
        with pytest.raises(UsageError):
            config(*words)
    with pytest.raises(UsageError):
        config(*words[:-1], str(tmp_path / "etc"), "--replace")  # it may be a host's /etc
    assert files(tmp_path / "etc") == ["mine"]
    (tmp_path / "etc" / "mine").unlink()
    for name in ("a.tar", "etc", "etc"):
        assert config(*words[:-1], str(tmp_path / name), "--replace")[0] == 0
    assert files(tmp_path / "etc") == ["README", "oven/conf.d/oven-oven.conf"]


def test_a_risk_that_is_accepted_brings_the_narrow_way(oven: Oven, tmp_path: Path) -> None:
    need("/usr/sbin/visudo")
    words = ("render", *HOST, "--host", "kitchen", "--accept-risk", "no-rootwrap")
    with pytest.raises(SeriesError, match=r"oven 1\.1 has no directory etc/rootwrap\.d"):
        config(*words, "-o", str(tmp_path / "etc"))
    release(oven, b"[Filters]\nroute: CommandFilter, /sbin/route, root\n")
    status, made = config(*words, "--onto", "1.2", "-o", str(tmp_path / "etc"))
    assert (status, made["sudoers_checked"]) == (0, True)
    _, made = config("render", *HOST, "--host", "kitchen", "-o", str(tmp_path / "without"))
    assert not made["sudoers_checked"]  # there is none
    text = (tmp_path / "etc/sudoers.d/oven-rootwrap-filters").read_text()
    assert text.endswith("# a.filters: route\noven ALL = (root) NOPASSWD: /sbin/route\n")


def test_filters_that_cannot_be_read(oven: Oven, tmp_path: Path) -> None:
    release(oven, b"route\n")
    words = ("--host", "kitchen", "--accept-risk", "no-rootwrap", "--onto", "1.2")
    with pytest.raises(SeriesError, match=r"oven 1\.2: rootwrap filters cannot be read"):
        config("render", *HOST, *words, "-o", str(tmp_path / "etc"))


@pytest.mark.usefixtures("oven")
def test_a_setting_is_explained_with_the_line_that_registers_it() -> None:
    status, told = config("explain", "fans")
    row = {
        "file": "oven/options.py",
        "line": 3,
        "type": "integer",
        "default": 1,
        "in_base": True,
    }
    assert status == 0
    assert told["setting"]["expression"] == "min(vms, cores)"
    assert told["bases"] == [
        {"base": base, "registered": [row], "wrong": []} for base in ("1.0", "1.1")
    ]
    status, told = config("explain", "no-rootwrap")
    assert status == 1
    assert "no source of oven registers helper" in told["bases"][0]["wrong"][0]
    assert config("explain", "heat")[1]["bases"] == []
    with pytest.raises(UsageError, match="no setting is called 'fan'; did you mean 'fans'"):
        config("explain", "fan")


@pytest.mark.usefixtures("oven")
def test_the_same_in_words() -> None:
    shown = CliRunner().invoke(group, ["config", "explain", "fans"], standalone_mode=False).stdout
    assert "costs     Louder." in shown
    assert "1.0       oven/options.py:3 (integer, default 1)" in shown
    shown = CliRunner().invoke(group, ["config", "explain", "heat"], standalone_mode=False).stdout
    assert "not confirmed: no project's sources register it" in shown


READ = """
import json, sys
from oslo.config import cfg
root, options = sys.argv[1], json.loads(sys.argv[2])
kinds = {"integer": cfg.IntOpt, "boolean": cfg.BoolOpt, "string": cfg.StrOpt}
values = []
for project, group, name, kind in options:
    conf = cfg.ConfigOpts()
    conf.register_opt(kinds[kind](name), group=None if group == "DEFAULT" else group)
    conf(["--config-dir", "%s/%s/conf.d" % (root, project)], default_config_files=[])
    values.append(conf[name] if group == "DEFAULT" else conf[group][name])
print(json.dumps(values))
"""
"""Reads options with oslo.config 1.1.1 as a daemon of 2013 does; it prints their values."""


@pytest.mark.real
@pytest.mark.parametrize("base", ["2013.1", "2013.1.5"])
def test_the_real_programs_take_what_is_rendered(
    mirrors: Path, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("/usr/sbin/visudo")
    python2 = Path(os.environ.get("PYTHON2") or MADE_PYTHON2)
    if not python2.exists():
        pytest.skip("no Python 2.7 with oslo.config: tools/python2/setup makes one")
    shutil.copytree(ROOT / "series", tmp_path / "project/series")
    monkeypatch.chdir(tmp_path / "project")
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"SERIES_{name}", str(tmp_path / name))
    monkeypatch.setenv("SERIES_MIRRORS", str(mirrors))
    chosen = load(tmp_path / "project/series/grizzly.toml")
    risks = [word for s in chosen.settings if s.danger for word in ("--accept-risk", s.name)]
    words = ("grizzly", *HOST, "--onto", base, *risks, "-o", str(tmp_path / "etc"))
    _, made = config("render", *words)
    assert made["sudoers_checked"]
    assert made["left_out"] == []
    told = {one["setting"]: one for one in made["lines"]}
    wanted = [s for s in chosen.settings if s.is_registered and not s.site]
    options = [(s.project, s.section, s.option, s.kind) for s in wanted]
    argv = [str(python2), "-c", READ, str(tmp_path / "etc"), json.dumps(options)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [40 if s.expression else s.value for s in wanted]
    assert set(told) == {s.name for s in chosen.settings if not s.step}


def test_a_setting_is_for_the_bases_that_its_project_has_it_on(tmp_path: Path) -> None:
    setting = SHARED[: SHARED.index("[[setting]]", 20)]
    text = """
schema = 1
[series]
name = "ovens"
[project.oven]
repository = "https://test.invalid/oven.git"
bases = ["1.0", "1.1"]
[project.stove]
repository = "https://test.invalid/stove.git"
bases = ["2.0"]
"""
    text += setting + 'since = "1.1"\n'
    text += setting.replace('"oven"', '"stove"').replace('"fans"', '"gas"', 1) + HEAT
    (tmp_path / "ovens.toml").write_text(text)
    series: Any = SimpleNamespace(
        manifest=load(tmp_path / "ovens.toml"), lock=SimpleNamespace(cells={})
    )

    def places(base: str | None) -> list[tuple[str, str | None]]:
        return [(one.setting.name, one.base) for one in placed_settings(series, base)]

    assert places("1.0") == [("heat", None)]
    assert places("1.1") == [("fans", "1.1"), ("heat", None)]
    assert places("2.0") == [("gas", "2.0"), ("heat", None)]
    assert places(None) == [("fans", "1.1"), ("gas", "2.0"), ("heat", None)]
