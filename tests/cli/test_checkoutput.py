"""Where findings go, and in which form: what is asked for, what is usual, what contradicts."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from patchseries.checks.gate import RULES
from patchseries.cli.checkoutput import FORMATS, Checked, destinations, formatted, give
from patchseries.cli.common import Given
from patchseries.errors import SeriesError, UsageError
from patchseries.model import Finding, Severity

ERROR = Finding("conflict", Severity.ERROR, "it conflicts", "hot", "oven.lock", 7, "do this", "1.0")
REPORT = "build/gl-code-quality-report.json"


@pytest.mark.parametrize(
    ("formats", "outputs", "as_json", "expected"),
    [
        ([], [], False, [("text", None)]),
        ([], [], True, [("json", None)]),
        (["sarif"], [], False, [("sarif", None)]),
        (["sarif=a"], [], True, [("sarif", "a"), ("json", None)]),
        (["sarif", "junit"], ["a", "b"], False, [("sarif", "a"), ("junit", "b")]),
        (["sarif=x", "junit"], ["a"], False, [("sarif", "x"), ("junit", "a")]),
        (["text", "github=a=b"], [], False, [("text", None), ("github", "a=b")]),
    ],
)
def test_each_form_has_its_place(
    formats: list[str], outputs: list[str], as_json: bool, expected: list[tuple[str, str | None]]
) -> None:
    assert destinations(formats, outputs, as_json, {}) == expected


@pytest.mark.parametrize(
    ("formats", "outputs", "as_json", "words"),
    [
        (["xml"], [], False, "unknown format 'xml'"),
        ([], ["a"], False, "1 --output for 0 --format"),
        (["sarif=x"], ["a"], False, "1 --output for 0 --format"),
        (["sarif", "junit"], ["a"], False, "1 --output for 2 --format"),
        (["sarif", "junit"], [], False, "two formats cannot both go to standard output"),
        (["sarif"], [], True, "two formats cannot both go to standard output"),
    ],
)
def test_what_contradicts(
    formats: list[str], outputs: list[str], as_json: bool, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        destinations(formats, outputs, as_json, {})


@pytest.mark.parametrize(
    ("environ", "more"),
    [
        ({"GITHUB_ACTIONS": "true"}, [("github", None)]),
        ({"GITLAB_CI": "true"}, [("gitlab", REPORT)]),
        ({"GITHUB_ACTIONS": "false", "GITLAB_CI": "1"}, []),
    ],
)
def test_what_the_service_around_it_shows(
    environ: dict[str, str], more: list[tuple[str, str | None]]
) -> None:
    assert destinations([], [], False, environ) == [("text", None), *more]
    assert destinations(["text"], [], False, environ) == [("text", None)]


def checked(root: Path, error: SeriesError | None = None) -> Checked:
    return Checked("oven", root, [ERROR], True, 1.5, error)


def test_each_form_tells_the_findings_in_its_own_way(tmp_path: Path) -> None:
    mine = checked(tmp_path)
    assert formatted("text", mine).endswith("1 error\n")
    assert formatted("github", mine).startswith("::error file=oven.lock,line=7,title=conflict::")
    assert json.loads(formatted("gitlab", mine))[0]["check_name"] == "conflict"
    assert json.loads(formatted("sarif", mine))["runs"][0]["results"][0]["ruleId"] == "conflict"
    suite = ET.fromstring(formatted("junit", mine)).find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("time"), suite.get("skipped")) == ("oven", "1.500", "0")
    document = json.loads(formatted("json", mine))
    assert (document["schema"], document["ok"], len(document["findings"])) == (1, False, 1)
    assert "error" not in document
    assert all(formatted(form, mine).endswith("\n") for form in FORMATS)


def test_of_a_series_that_could_not_be_checked_the_error_is_told(tmp_path: Path) -> None:
    failed = checked(tmp_path, SeriesError("no manifest"))
    assert json.loads(formatted("json", failed))["error"]["message"] == "no manifest"
    suite = ET.fromstring(formatted("junit", failed)).find("testsuite")
    assert suite is not None
    assert suite.get("skipped") == str(len(RULES) - 1)


def test_what_goes_to_files_and_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, here = tmp_path / "project", tmp_path / "here"
    root.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    wanted = [("text", None), ("json", "a.json"), ("gitlab", REPORT), ("text", "a.txt")]
    give(checked(root), wanted, Given(color="never"))
    out, err = capsys.readouterr()
    assert out.splitlines()[1:4] == ["    it conflicts", "        oven.lock:7", "    → do this"]
    assert err.splitlines() == [
        "series: json: written to a.json",
        f"series: gitlab: written to ../project/{REPORT}",
        "series: text: written to a.txt",
    ]
    assert (root / REPORT).is_file()
    assert "it conflicts" in (here / "a.txt").read_text()
    give(checked(root), wanted[1:], Given(quiet=True))
    assert capsys.readouterr() == ("", "")


def test_what_is_shown_of_a_series_that_could_not_be_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = checked(tmp_path, SeriesError("no manifest"))
    (tmp_path / "taken").mkdir()
    give(failed, [("text", None), ("junit", "taken"), ("text", "a.txt")], Given(quiet=True))
    assert capsys.readouterr().out == ""
    assert (tmp_path / "a.txt").is_file()
    give(failed, [("github", None)], Given())
    assert capsys.readouterr().out.startswith("::error")
    give(failed, [("json", None)], Given(as_json=True))
    assert capsys.readouterr().out == ""
