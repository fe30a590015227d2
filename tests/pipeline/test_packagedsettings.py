"""``series build --settings``: which settings go into the extra package, and what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.errors import UsageError
from support.ovens import Oven
from support.settingsoven import entered, release, with_settings
from support.tools import need

LIMITS = "security/limits.d/oven.conf"
HOST = ("--settings", "--vms", "40", "--cores", "4")
MORE = """
[[setting]]
name = "baker"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "baker"
site = "who bakes"
hosts = ["kitchen"]
why = "Somebody has to."
cost = "None."
source = "the kitchen book"

[[setting]]
name = "sudo-for-all"
project = "oven"
file = "sudoers.d/oven-all"
form = "sudoers"
value = "oven ALL = (root) NOPASSWD: ALL"
why = "Nothing is refused."
cost = "Fewer walls."
source = "the kitchen book"
danger = "The oven is root."
narrow = "Use the filters."
sudoers = { user = "oven", filters = "etc/rootwrap.d" }

[[setting]]
name = "files"
project = "oven"
file = "security/limits.conf"
form = "limits"
section = "oven"
option = "nofile"
value = 4096
hosts = ["kitchen"]
why = "Many loaves."
cost = "None."
source = "the kitchen book"

[[setting]]
name = "heat"
component = "stove"
file = "stove.conf"
form = "libvirt"
option = "heat"
expression = "cores / 2"
why = "Warmer."
cost = "Gas."
source = "the kitchen book"
"""

PAN = """[project.pan]
repository = "https://git.invalid/org/oven.git"
bases = ["1.1"]

"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Oven:
    need("dpkg-source", "xz")
    return with_settings(tmp_path_factory.mktemp("ovens"), MORE)


@pytest.fixture
def oven(whole: Oven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Oven:
    monkeypatch.setenv("DEBFULLNAME", "Ada Baker")
    monkeypatch.setenv("DEBEMAIL", "ada@oven.invalid")
    return entered(whole, tmp_path, monkeypatch)


def built(*words: str, base: str = "1.1") -> dict[str, Any]:
    """The row of the package that `series build --json` made, for one base."""
    argv = ["build", "oven", "--onto", base, *words, "--json"]
    result = CliRunner().invoke(group, argv, standalone_mode=False)
    if result.exception:
        raise result.exception
    (row,) = json.loads(result.stdout)["packages"]
    assert row["verified"]
    return dict(row)


def debian(row: dict[str, Any], directory: Path) -> Path:
    """The debian/ of the package that *row* is about."""
    argv = ["dpkg-source", "--no-check", "-x", row["dsc"], str(directory)]
    subprocess.run(argv, check=True, capture_output=True)
    return directory / "debian"


@pytest.mark.usefixtures("oven")
def test_what_is_packaged_and_what_is_not(tmp_path: Path) -> None:
    assert built()["settings"] is None
    row = built(*HOST, "--host", "kitchen")
    made = row["settings"]
    fragment = "oven/conf.d/oven-oven.conf"
    assert made["package"] == "oven-oven-settings"
    assert made["lines"] == [
        {"setting": "fans", "file": fragment, "line": "fans = 4"},
        {"setting": "files", "file": LIMITS, "line": "oven - nofile 4096"},
    ]
    assert made["examples"] == ["stove.conf.oven"]
    assert [one["setting"] for one in made["left_out"]] == [
        "labelled",
        "no-rootwrap",
        "sudo-for-all",
        "baker",
    ]
    directory = debian(row, tmp_path / "x")
    text = (directory / "series-settings/etc" / fragment).read_text()
    assert "\nfans = 4\n" in text
    assert "# baker = <who bakes>" in text
    entry = " ".join((directory / "changelog").read_text().split("\n -- ")[0].split())
    assert f"vms 40, cores 4, host kitchen: - fans: fans = 4 (/etc/{fragment})" in entry
    assert "- labelled: on 1.1 it needs labelled, which is not-applicable there" in entry
    assert "- no-rootwrap: The oven may do what sudo lets it." in entry
    assert "- baker: only the site knows its value" in entry
    notes = (directory / "oven-oven-settings.README.Debian").read_text()
    assert notes.startswith(f"Installed in /etc:\n  {fragment}\n  {LIMITS}\n\n")
    assert "stove.conf.oven: copy its lines" in notes
    assert f"{LIMITS}: " not in notes  # there is nothing to do with it
    assert "--config-dir=/etc/oven/conf.d" in notes
    assert built(*HOST, "--host", "kitchen") == row
    assert built()["settings"] is None


@pytest.mark.usefixtures("oven")
def test_a_patch_that_the_package_has() -> None:
    lines = built(*HOST, "--host", "kitchen", base="1.0")["settings"]["lines"]
    assert [one["setting"] for one in lines] == ["fans", "labelled", "files"]


def test_a_file_that_another_package_may_have_is_an_example(oven: Oven) -> None:
    """dpkg refuses a second package with a file that is there."""
    text = oven.manifest.read_text()
    start = text.index('[[setting]]\nname = "files"')
    table = text[start : text.index('[[setting]]\nname = "heat"')]
    pan = table.replace('"files"', '"pans"').replace('"oven"', '"pan"')
    oven.manifest.write_text(text + "\n" + pan)
    oven.edit(oven.manifest, "[project.oven]", PAN + "[project.oven]")
    made = built(*HOST, "--host", "kitchen", "--project", "oven")["settings"]
    assert made["examples"] == [LIMITS, "stove.conf.oven"]
    assert [one["setting"] for one in made["lines"]] == ["fans"]
    why = f"it is in an example, which is to be copied: {LIMITS}"
    assert {"setting": "files", "why": why} in made["left_out"]


def test_sudoers_come_with_an_accepted_risk(oven: Oven, tmp_path: Path) -> None:
    need("/usr/sbin/visudo")
    release(oven, b"[Filters]\nroute: CommandFilter, /sbin/route, root\n")
    words = (*HOST, "--allow-unreviewed", "--accept-risk", "no-rootwrap")
    row = built(*words, base="1.2")
    made, narrow = row["settings"], "sudoers.d/oven-rootwrap-filters"
    assert [one["setting"] for one in made["lines"]] == ["fans", "no-rootwrap", "files"]
    assert (made["sudoers_checked"], made["examples"]) == (True, ["stove.conf.oven"])
    directory = debian(row, tmp_path / "x")
    assert (directory / "series-settings/etc" / narrow).read_text().endswith("/sbin/route\n")
    assert "    - no-rootwrap: The oven may do what" in (directory / "changelog").read_text()
    wide = built(*words, "--accept-risk", "sudo-for-all", base="1.2")["settings"]
    assert "sudoers.d/oven-all" in [one["file"] for one in wide["lines"]]
    assert wide["examples"] == [narrow, "stove.conf.oven"]  # both at once deny what one allows


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--settings", "--vms", "40"), "--settings needs the sizes of the host"),
        (("--vms", "40"), "no effect without --settings"),
        (("--host", "kitchen"), "no effect without --settings"),
        ((*HOST, "--host", "attic"), "no host is called 'attic'"),
        ((*HOST, "--accept-risk", "fans"), "no setting with a danger is called 'fans'"),
    ],
)
@pytest.mark.usefixtures("oven")
def test_what_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        built(*words)
    assert message in caught.value.message
    assert not Path("build").exists()


def test_a_project_that_has_none(oven: Oven) -> None:
    oven.edit(oven.manifest, 'expression = "min(vms, cores)"', 'expression = "memory"')
    with pytest.raises(UsageError, match="fans: 'memory': it needs memory"):
        built(*HOST)
    text = oven.manifest.read_text()
    oven.edit(oven.manifest, 'hosts = ["kitchen"]', 'hosts = ["cellar"]')
    oven.manifest.write_text(oven.manifest.read_text() + 'hosts = ["kitchen"]\n')
    with pytest.raises(UsageError, match=r"no setting of oven can be packaged for 1\.1, host kit"):
        built(*HOST, "--host", "kitchen")
    start = text.index('\n[[setting]]\nname = "fans"')
    oven.manifest.write_text(text[:start] + text[text.index('\n[[setting]]\nname = "heat"') :])
    with pytest.raises(UsageError, match=r"oven\.toml has no \[\[setting\]\] of oven"):
        built(*HOST)
    assert not Path("build").exists()
