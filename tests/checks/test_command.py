"""`series check` as people and CI services use it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from patchseries.checks.gate import RULES
from patchseries.cli.check import command
from patchseries.cli.checkoutput import FORMATS, destinations
from patchseries.cli.terminal import Progress
from patchseries.errors import SeriesError, UsageError
from patchseries.manifest import ManifestError
from support.ovens import Oven


def run(*args: str) -> Result:
    return CliRunner().invoke(command, list(args), standalone_mode=False)


def broken(oven: Oven) -> Oven:
    oven.patch("hotter").unlink()
    return oven


def test_people_read_what_is_wrong_where_and_what_to_do(oven: Oven) -> None:
    result = run("oven") if broken(oven) else None
    assert result is not None
    assert result.return_value == 1
    assert "error: patch-missing" in result.stdout
    assert "hotter on 1.0" in result.stdout
    assert "→ run `series rebase`" in result.stdout
    assert result.stdout.rstrip().splitlines()[-1].startswith("2 errors")


@pytest.mark.usefixtures("oven")
def test_a_part_of_the_series_can_be_checked(oven: Oven) -> None:
    broken(oven)
    assert run("--onto", "1.1").return_value == 0
    assert run("--onto", "1.0").return_value == 1
    assert run("--onto", "1.0", "--patch", "lit").return_value == 0
    assert run("--project", "oven").return_value == 1


@pytest.mark.usefixtures("oven")
def test_several_forms_at_once(oven: Oven, folder: Path) -> None:
    broken(oven)
    result = run(
        "--format",
        f"sarif={folder}/a.sarif",
        "--format",
        "junit",
        "--output",
        f"{folder}/b.xml",
        "--json",
        "-q",
    )
    assert result.return_value == 1
    assert json.loads(result.stdout)["ok"] is False
    assert json.loads((folder / "a.sarif").read_text())["version"] == "2.1.0"
    assert ET.parse(folder / "b.xml").getroot().attrib["failures"] != "0"


def test_github_shows_the_findings_beside_the_lines(
    oven: Oven, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(oven)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run()
    assert result.return_value == 1
    assert "::error file=patches/oven/1.0/oven/0001-hotter.patch,title=patch-missing::" in (
        result.stdout
    )
    assert "error: patch-missing" in result.stdout
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in run().stdout


def test_gitlab_gets_its_report(oven: Oven, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(oven)
    monkeypatch.setenv("GITLAB_CI", "true")
    assert run().return_value == 1
    report = json.loads((oven.root / "build" / "gl-code-quality-report.json").read_text())
    assert "patch-missing" in {issue["check_name"] for issue in report}


@pytest.mark.parametrize(
    ("formats", "outputs", "expected"),
    [
        ((), (), [("text", None)]),
        (("junit",), (), [("junit", None)]),
        (("junit", "sarif"), ("a", "b"), [("junit", "a"), ("sarif", "b")]),
        (("junit=a", "text"), (), [("junit", "a"), ("text", None)]),
        (("junit=a", "sarif"), ("b",), [("junit", "a"), ("sarif", "b")]),
    ],
)
def test_each_form_goes_where_it_should(
    formats: tuple[str, ...], outputs: tuple[str, ...], expected: list[tuple[str, str | None]]
) -> None:
    assert destinations(formats, outputs, False, {}) == expected


@pytest.mark.parametrize(
    ("formats", "outputs", "as_json"),
    [
        (("pdf",), (), False),
        (("junit", "sarif"), (), False),
        (("junit", "sarif"), ("a",), False),
        (("junit",), ("a", "b"), False),
        ((), ("a",), False),
        (("text",), (), True),
    ],
)
def test_what_cannot_be_meant_is_refused(
    formats: tuple[str, ...], outputs: tuple[str, ...], as_json: bool
) -> None:
    with pytest.raises(UsageError):
        destinations(formats, outputs, as_json, {})


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("oven")
def test_every_form_can_be_printed(form: str) -> None:
    result = run("--format", form)
    assert result.return_value == 0
    assert result.stdout.strip()


def test_a_rule_is_explained(oven: Oven) -> None:
    told = run("--explain", "signoff-stale").stdout
    assert RULES["signoff-stale"].why in told
    assert "Severity: error." in told
    oven.manifest.write_text(oven.manifest.read_text() + '\n[checks]\nsignoff-stale = "off"\n')
    assert "Severity: off (default: error)" in run("--explain", "signoff-stale").stdout


def test_all_rules_are_listed_outside_of_a_project(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    lines = run("--explain", "all").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)
    assert run("--explain", "conflict").return_value == 0


@pytest.mark.usefixtures("oven")
def test_a_code_that_does_not_exist_gets_the_nearest() -> None:
    result = run("--explain", "dep3-orign")
    assert isinstance(result.exception, UsageError)
    assert "dep3-origin" in (result.exception.hint or "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('dep3-orign = "off"', "did you mean 'dep3-origin'"),
        ('dep3-origin = "fatal"', "expected one of error, warning, note, off"),
    ],
)
def test_a_wrong_checks_table_names_its_line(oven: Oven, line: str, words: str) -> None:
    text = oven.manifest.read_text() + f"\n[checks]\n{line}\n"
    oven.manifest.write_text(text)
    result = run()
    assert isinstance(result.exception, ManifestError)
    assert result.exception.exit_code == 3
    assert f"oven.toml:{len(text.splitlines())}:" in str(result.exception)
    assert words in str(result.exception)


def test_off_silences_a_rule_and_warning_lets_it_pass(oven: Oven) -> None:
    oven.patch("hotter").with_suffix(".rej").write_bytes(b"")
    before = oven.manifest.read_text()
    for severity, status, strict in (("off", 0, 0), ("warning", 0, 1), ("error", 1, 1)):
        oven.manifest.write_text(f'{before}\n[checks]\nstray-file = "{severity}"\n')
        assert run().return_value == status
        assert run("--strict").return_value == strict


def test_what_is_kept_in_the_cache_never_hides_a_change(oven: Oven) -> None:
    """Warm and cold say the same, before and after each change, and damage is no obstacle."""
    assert run().return_value == 0
    assert run().return_value == 0
    oven.edit(oven.patch("hotter"), "+    heat = 220", "+    heat = 230")
    warm = run("--json").stdout
    assert warm == run("--json", "--full").stdout
    assert "patch-edited" in warm
    for kept in (oven.cache / "checks").glob("*.json"):
        kept.write_text("{")
    assert run("--json").stdout == warm


def test_a_profile_that_does_not_exist_is_an_error_of_the_manifest(oven: Oven) -> None:
    oven.edit(oven.manifest, 'summary = "a faster oven"', 'profile = "potato"')
    result = run()
    assert isinstance(result.exception, SeriesError)


def test_patches_need_not_be_stored(oven: Oven) -> None:
    """In a fresh clone nothing lies below patches/: what porting gives is looked at."""
    shutil.rmtree(oven.root / "patches" / "oven")
    for _ in ("cold", "warm"):
        result = run("--json", "--strict")
        assert result.return_value == 0
        assert {f["code"] for f in json.loads(result.stdout)["findings"]} == {"already-applied"}
    assert not (oven.root / "patches" / "oven").exists()
    oven.cell("hotter", "1.0", r'sha256 = "[0-9a-f]*"', f'sha256 = "{"0" * 64}"')
    result = run("--json")
    assert result.return_value == 1
    codes = {f["code"] for f in json.loads(result.stdout)["findings"]}
    assert codes == {"already-applied", "regenerated-differs"}


def test_what_is_not_stored_is_looked_at_all_the_same(oven: Oven) -> None:
    """The rules over patch files see what porting gives: here, an own patch without a reason."""
    oven.edit(
        oven.root / "patches" / "own" / "labelled.patch", "Forwarded: no", "Forwarded: perhaps"
    )
    oven.rebase()
    shutil.rmtree(oven.root / "patches" / "oven")
    assert "dep3-forwarded" in run("--json").stdout


def test_the_hint_fits_the_flags(oven: Oven) -> None:
    """`check` asks no server without --online; it has no --offline to leave out."""
    source = f'{{ url = "https://x.invalid/a.patch", sha256 = "{"1" * 64}" }}'
    entry = f'\n[[patch]]\nname = "far"\nproject = "oven"\nsource = {source}\n'
    oven.manifest.write_text(oven.manifest.read_text() + entry)
    found = json.loads(run("--json", "--onto", "1.0").stdout)["findings"]
    hints = [one["hint"] for one in found if one["code"] == "not-at-hand"]
    assert hints == ["run the command with --online"]


@pytest.mark.usefixtures("oven")
def test_progress_says_which_patch_is_ported(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Progress, "update", lambda _, words: said.append(words))
    assert run("--full").return_value == 0
    begun = [word for word in said if word.startswith(("[1/2] checking", "[1/5] rebasing"))]
    assert begun[:2] == ["[1/2] checking oven on 1.0", "[1/5] rebasing oven onto 1.0: hotter"]
