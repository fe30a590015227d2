"""A series that cannot be checked: each CI service gets its file all the same, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from patchseries.checks.unfinished import unfinished
from patchseries.cli.check import command
from patchseries.errors import MachineError, SeriesError
from patchseries.pipeline import checking
from support.ovens import Oven

FORMS = ("sarif", "junit", "gitlab", "json", "github", "text")


def run(folder: Path, *args: str) -> Result:
    """`series check` with a file for every form."""
    files = (word for form in FORMS for word in ("--format", f"{form}={folder / form}"))
    return CliRunner().invoke(command, [*files, *args], standalone_mode=False)


def broken_lock(oven: Oven) -> None:
    oven.lock.write_text("schema = 1\n\npins = [\n")


def broken_manifest(oven: Oven) -> None:
    oven.edit(oven.manifest, 'name = "lit"\n', 'name = "lit"\nprojekt = "x"\n')


def broken_configuration(oven: Oven) -> None:
    oven.manifest.write_text(oven.manifest.read_text() + '\n[checks]\nconflicd = "off"\n')


@pytest.mark.parametrize(
    ("fault", "file", "words"),
    [
        (broken_lock, "series/oven.lock", "is damaged"),
        (broken_manifest, "series/oven.toml", "unknown key"),
        (broken_configuration, "series/oven.toml", "did you mean 'conflict'"),
    ],
)
def test_every_file_is_written_and_names_the_line(
    oven: Oven, folder: Path, fault: Callable[[Oven], None], file: str, words: str
) -> None:
    fault(oven)
    result = run(folder)
    assert isinstance(result.exception, SeriesError)
    assert result.exception.exit_code == 3
    sarif = (folder / "sarif").read_text()
    SarifLog.model_validate_json(sarif)
    (found,) = json.loads(sarif)["runs"][0]["results"]
    assert found["ruleId"] == "not-checked"
    assert words in found["message"]["text"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == file
    assert place["region"]["startLine"] > 1
    assert (folder / "github").read_text().startswith(f"::error file={file},line=")
    (failed,) = ET.parse(folder / "junit").getroot().iter("failure")
    assert words in (failed.text or "")
    (issue,) = json.loads((folder / "gitlab").read_text())
    assert (issue["check_name"], issue["location"]["path"]) == ("not-checked", file)
    assert "not-checked" in (folder / "text").read_text()
    document = json.loads((folder / "json").read_text())
    assert document["ok"] is False
    assert words in document["error"]["message"] + str(document["error"]["cause"])


def raising(error: Exception) -> Callable[..., Any]:
    def check_series(*_: object) -> None:
        raise error

    return check_series


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MachineError("git is not installed", hint="install git"), "git is not installed → inst"),
        (PermissionError(13, "Permission denied", "/x/lock"), "/x/lock Permission denied"),
        (TypeError("nonsense"), "a bug in series (TypeError)"),
    ],
)
@pytest.mark.usefixtures("oven")
def test_so_it_is_for_other_failures(
    error: Exception, words: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check_series", raising(error))
    assert run(folder).exception is error
    (found,) = json.loads((folder / "sarif").read_text())["runs"][0]["results"]
    assert words in found["message"]["text"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "series/oven.toml"


def test_an_unknown_name_is_in_the_files_too(oven: Oven, folder: Path) -> None:
    assert isinstance(run(folder, "ofen").exception, SeriesError)
    text = (folder / "github").read_text()
    assert "no series is called 'ofen'" in text
    assert oven.root.exists()


def test_a_job_on_github_gets_its_annotations(oven: Oven, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_lock(oven)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = CliRunner().invoke(command, [], standalone_mode=False)
    assert result.stdout.startswith("::error file=series/oven.lock,line=")
    assert len(result.stdout.splitlines()) == 1


def test_a_file_that_cannot_be_written_keeps_none_of_the_others(oven: Oven, folder: Path) -> None:
    broken_lock(oven)
    (folder / "sarif").mkdir()
    result = run(folder)
    assert isinstance(result.exception, SeriesError)
    assert "is damaged" in result.exception.message
    assert (folder / "gitlab").is_file()


def test_the_json_on_standard_output_is_that_of_the_error(oven: Oven) -> None:
    broken_lock(oven)
    assert CliRunner().invoke(command, ["--json"], standalone_mode=False).stdout == ""
    text = CliRunner().invoke(command, ["--format", "json"], standalone_mode=False).stdout
    assert json.loads(text)["error"]["message"].endswith("is damaged")


def test_it_cannot_be_switched_off(oven: Oven) -> None:
    oven.manifest.write_text(oven.manifest.read_text() + '\n[checks]\nnot-checked = "off"\n')
    result = CliRunner().invoke(command, [], standalone_mode=False)
    assert "this rule is always an error" in str(result.exception)


def test_a_file_outside_of_the_project_keeps_its_path() -> None:
    error = SeriesError("no", place=("/etc/x", 2))
    (found,) = unfinished(error, Path("/home/p"), "series/a.toml")
    assert (found.file, found.line) == ("/etc/x", 2)
