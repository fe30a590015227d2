"""`series report` on a whole series."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from patchseries.cli.report import command
from patchseries.git import Repository
from patchseries.model import Target
from patchseries.pipeline.diff import RangeDiff, Side, range_diff
from patchseries.pipeline.reporting import _is_selected
from patchseries.pipeline.series import Selection
from support.ovens import Oven


def run(*args: str) -> Result:
    result = CliRunner().invoke(command, list(args), standalone_mode=False)
    assert result.exception is None, result.exception
    return result


@pytest.fixture
def dated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1372636800")


@pytest.mark.usefixtures("dated")
def test_it_tells_the_whole_story(oven: Oven) -> None:
    with Repository(oven.upstream) as upstream:
        upstream.run("tag", "2.0", "refs/heads/next")
    run("-q")
    text = (oven.root / "build" / "oven" / "report.html").read_text()
    assert "made 2013-07-01" in text
    for name in ("hotter", "louder", "patient", "lit", "labelled"):
        assert f'id="patch-{name}"' in text
    assert "This is why it should be hotter." in text
    assert "signed off by Grace Miller" in text
    assert re.search(r"2\.0 2\.0, \d{4}-\d\d-\d\d", text)
    assert "patient is already in 1.1" in text
    assert "upstream " in text
    assert "what the port changed" in text


def test_only_what_the_port_changed_is_compared_by_git(
    oven: Oven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A range-diff takes several processes: most ports of a long series need none."""
    compared: list[str] = []

    def counted(repository: Repository, old: Side, new: Side) -> RangeDiff:
        compared.append(old.name)
        return range_diff(repository, old, new)

    monkeypatch.setattr("patchseries.pipeline.reportcompare.range_diff", counted)
    shutil.rmtree(Path(os.environ["SERIES_CACHE"], "compared"), ignore_errors=True)
    run("-q")
    text = (oven.root / "build" / "oven" / "report.html").read_text()
    same = re.findall(r'<p class="soft">([^<]*) against the port on [^<]*: the same change', text)
    assert (len(same), len(compared)) == (1, 3)
    assert not set(same) & set(compared)
    run("-q")  # the same as before: nothing is compared again
    assert (oven.root / "build" / "oven" / "report.html").read_text() == text
    assert len(compared) == 3


def test_what_is_the_same_on_many_patches_is_one_finding(
    oven: Oven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `series check` counts them; a patch's own part still says what was found of it."""
    monkeypatch.setattr("patchseries.checks.alike.MANY", 0)
    run("-q")
    text = (oven.root / "build" / "oven" / "report.html").read_text()
    (section,) = re.findall(r'<section id="findings">(.*?)</section>', text, re.DOTALL)
    assert section.count("likewise") == 1
    (patient,) = re.findall(r'<article[^>]* id="patch-patient".*?</article>', text, re.DOTALL)
    assert "patient is already in 1.1" in patient


def test_one_commit_that_is_missing_leaves_the_others(oven: Oven) -> None:
    text = oven.manifest.read_text()
    (*_, last) = re.findall(r'commit = "([0-9a-f]{40})"', text)
    run("-q")
    oven.manifest.write_text(text.replace(f'"{last}"', f'"{"1" * 40}"'))
    run("-q")
    page = (oven.root / "build" / "oven" / "report.html").read_text()
    assert page.count("The commit&#39;s files are not in the cache.") == 1
    assert page.count(": what the port changed") == 2


def test_the_patch_of_every_base_can_be_seen(oven: Oven) -> None:
    run("-q")
    text = (oven.root / "build" / "oven" / "report.html").read_text()
    articles = dict(
        re.findall(r'<article[^>]* id="patch-([a-z]+)"(.*?)</article>', text, re.DOTALL)
    )
    forms = {
        name: re.findall("<summary>(The patch on [^<]*|What differs [^<]*)", article)
        for name, article in articles.items()
    }
    assert forms == {
        "hotter": ["The patch on 1.0 and 1.1"],
        "louder": ["The patch on 1.0 and 1.1"],
        "patient": ["The patch on 1.0"],
        "lit": [
            "The patch on 1.0",
            "What differs between 1.0 (-) and 1.1 (+)",
            "The patch on 1.1",
        ],
        "labelled": ["The patch on 1.0"],
    }


def test_what_the_manifest_names_is_a_link(oven: Oven) -> None:
    text = oven.manifest.read_text()
    keys = (
        'commit-url = "https://oven.invalid/c/{commit}"\ntag-url = "https://oven.invalid/t/{tag}"'
    )
    oven.manifest.write_text(text.replace("bug-url =", f"{keys}\nbug-url ="))
    run("-q")
    page = (oven.root / "build" / "oven" / "report.html").read_text()
    links = re.findall(r'<a href="https://([^"]*)" rel="noreferrer">([^<]*)</a>', page)
    assert ("bugs.oven.invalid/101", "101") in links
    assert ("oven.invalid/t/1.1", "1.1") in links
    commits = re.findall(r'commit = "([0-9a-f]{40})"', oven.manifest.read_text())
    assert len(commits) == 4
    for commit in commits:
        source = f"https://git.invalid/org/oven.git {commit}"
        assert (f"oven.invalid/c/{commit}", source) in links


@pytest.mark.usefixtures("dated")
def test_the_same_series_gives_the_same_bytes(oven: Oven) -> None:
    page = oven.root / "build" / "oven" / "report.html"
    run("-q")
    first = page.read_bytes()
    page.unlink()
    run("-q", "--offline")
    assert page.read_bytes() == first


def test_a_part_of_it_to_another_file(oven: Oven) -> None:
    out = oven.root / "some" / "page.html"
    document: dict[str, Any] = json.loads(
        run("--patch", "lit", "--onto", "1.1", "--output", str(out), "--json").stdout
    )
    assert document == {
        "schema": 1,
        "ok": True,
        "file": str(out),
        "patches": 1,
        "findings": 0,
        "packages": 0,
    }
    text = out.read_text()
    assert 'id="patch-lit"' in text
    assert 'id="patch-hotter"' not in text


@pytest.mark.usefixtures("dated")
def test_what_is_not_at_hand_is_said(oven: Oven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERIES_MIRRORS")
    run("-q", "--offline")
    text = (oven.root / "build" / "oven" / "report.html").read_text()
    assert "oven: not known." in text
    assert 'id="patch-hotter"' in text


def test_an_audit_and_an_image_are_shown(oven: Oven, tmp_path: Path) -> None:
    text = oven.manifest.read_text()
    setting = 'name = "fans"\ncomponent = "stove"\nstep = "Open it."\n'
    words = 'why = "Cool."\ncost = "Cold."\nsource = "x"\n'
    oven.manifest.write_text(f"{text}\n[[setting]]\n{setting}{words}")
    row = {"setting": "fans", "state": "by-hand", "message": "by hand: Open it."}
    (tmp_path / "host.json").write_text(json.dumps({"schema": 1, "settings": [row]}))
    (tmp_path / "plot.svg").write_text("<svg/>")
    run("-q", "--audit", str(tmp_path / "host.json"), "--figure", str(tmp_path / "plot.svg"))
    page = (oven.root / "build" / "oven" / "report.html").read_text()
    assert "<h3>host.json</h3>" in page
    assert "by hand: Open it." in page
    assert 'src="data:image/svg+xml;base64,PHN2Zy8+" alt="plot.svg"' in page


@pytest.mark.parametrize(
    ("named", "shown"), [((), ["fans", "light"]), (("fans", "gas"), ["fans"]), (("gas",), [])]
)
def test_the_patches_shown_are_those_named_of_projects_shown(
    named: tuple[str, ...], shown: list[str]
) -> None:
    inputs: Any = SimpleNamespace(targets=[Target("oven", "1.0"), Target("oven", "1.1")])
    patches: list[Any] = [
        SimpleNamespace(name=name, project=project)
        for name, project in (("fans", "oven"), ("gas", "stove"), ("light", "oven"))
    ]
    chosen = Selection(patches=named)
    assert [one.name for one in patches if _is_selected(one, inputs, chosen)] == shown
