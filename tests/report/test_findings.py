"""Findings in every form, each held against that form's own definition."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from patchseries.checks.alike import SharedFinding
from patchseries.checks.gate import RULES
from patchseries.model import Finding, Severity
from patchseries.report.annotations import github_commands, gitlab_report
from patchseries.report.documents import finding_rows
from patchseries.report.junit import junit_xml
from patchseries.report.sarif import _semantic, sarif_document
from patchseries.report.text import explanation, summary, text_lines
from patchseries.visible import printable_line, visible
from support.junit import assert_junit

words = st.text(max_size=40)
findings = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(sorted(RULES)) | st.just("of-the-engine"),
        severity=st.sampled_from(Severity),
        message=words,
        patch=st.none() | words,
        file=st.none() | words.filter(bool),
        line=st.none() | st.integers(1, 10**6),
        hint=st.none() | words,
    ),
    max_size=8,
)

NASTY = Finding(
    "conflict",
    Severity.ERROR,
    "a\x00\x1b[31m <b>&\"'\ud800 100%\n::error::no",
    "p,a:t=ch%",
    "series/a b,c:d%.toml",
    3,
    "do\r\nthis",
)


@settings(deadline=None)  # the model of its schema is large
@given(findings)
def test_sarif_is_what_its_schema_says(found: list[Finding]) -> None:
    text = json.dumps(sarif_document(found, RULES)).encode("utf-8", "replace")
    log = SarifLog.model_validate_json(text)
    results = log.runs[0].results
    assert results is not None
    assert len(results) == len(found)
    for finding, result in zip(found, results, strict=True):
        assert result.level is not None
        assert result.level.value == finding.severity
        if finding.code in RULES:
            assert list(RULES)[result.ruleIndex or 0] == finding.code


def test_the_sarif_schema_can_say_no() -> None:
    document = sarif_document([NASTY], RULES)
    document["runs"][0]["results"][0]["level"] = "catastrophe"
    with pytest.raises(ValueError, match="level"):
        SarifLog.model_validate(document)


@given(findings)
def test_junit_is_what_its_schema_says(found: list[Finding]) -> None:
    root = ET.fromstring(junit_xml("oven", found, RULES))
    assert_junit(root)
    (suite,) = root
    cases = list(suite)
    assert suite.attrib["tests"] == str(len(cases))
    failed = [case for case in cases if case.find("failure") is not None]
    assert suite.attrib["failures"] == str(len(failed))
    broken = {f.code for f in found if f.severity is Severity.ERROR}
    assert {case.attrib["name"] for case in failed} == broken


def cases(text: str) -> dict[str, ET.Element]:
    """The test cases of a JUnit document, by name."""
    return {case.attrib["name"]: case for case in ET.fromstring(text).iter("testcase")}


def test_the_cases_of_junit_are_the_same_whether_it_passes_or_fails() -> None:
    found = [absent("1.0"), replace(NASTY, code="patch-missing"), replace(NASTY, patch="other")]
    for some in ([], found[:1], found):
        assert list(cases(junit_xml("oven", some, RULES))) == sorted(RULES)


def test_the_time_of_a_check_is_that_of_its_suite_and_of_one_case() -> None:
    text = junit_xml("oven", [NASTY], RULES, 1.25)
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    assert suite.attrib["time"] == "1.250"
    timed = {name: case.get("time") for name, case in cases(text).items() if case.get("time")}
    assert timed == {"not-checked": "1.250"}


def test_a_rule_that_was_never_asked_is_skipped_and_has_not_passed() -> None:
    text = junit_xml("oven", [replace(NASTY, code="not-checked")], RULES, unfinished=True)
    assert_junit(ET.fromstring(text))
    marks = {name: [child.tag for child in case] for name, case in cases(text).items()}
    assert marks.pop("not-checked") == ["failure"]
    assert set(map(tuple, marks.values())) == {("skipped",)}
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    assert suite.attrib["skipped"] == str(len(RULES) - 1)


@given(findings)
def test_each_github_command_is_one_line_and_says_it_all(found: list[Finding]) -> None:
    lines = list(github_commands(found))
    assert len(lines) == len(found)
    for finding, line in zip(found, lines, strict=True):
        assert not re.search(r"[\r\n]", line)
        command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line, re.DOTALL)
        assert command
        properties = dict(part.split("=", 1) for part in command[2].split(","))
        assert _unescaped(properties["title"]) == finding.code
        assert _unescaped(properties.get("file", "")) == visible(finding.file or "")
        hint = f"\n{finding.hint}" if finding.hint else ""
        assert _unescaped(command[3]) == visible(finding.message + hint)


@given(findings)
def test_each_gitlab_issue_has_its_place_and_its_own_fingerprint(found: list[Finding]) -> None:
    issues = gitlab_report(found)
    assert len({issue["fingerprint"] for issue in issues}) == len(found)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1


@given(findings)
def test_the_text_names_every_finding(found: list[Finding]) -> None:
    text = "\n".join(line for line, _ in text_lines(found, RULES))
    for finding in found:
        assert printable_line(finding.message) in text
        assert f"{finding.severity}: {finding.code}" in text
    assert text.endswith(summary(found))


def absent(base: str, line: int | None = None, what: str = "send()") -> Finding:
    """What the gate says of a port onto *base*."""
    file = f"patches/oven/{base}/oven/0001-hot.patch"
    message = f"hot on {base}: bake.py: not there: {what}"
    return Finding("port-line-absent", Severity.WARNING, message, "hot", file, line, base=base)


def told(*found: Finding) -> list[str]:
    return [line.strip() for line, _ in text_lines(found, {})][1:-2]


def test_what_differs_only_in_the_base_is_one_line_for_people() -> None:
    found = [absent("1.0"), absent("1.0", what="wait()"), absent("1.0.1"), absent("1.1")]
    assert told(*found) == [
        "hot on 1.0, 1.0.1 and 1.1: bake.py: not there: send()",
        "patches/oven/{1.0,1.0.1,1.1}/oven/0001-hot.patch",
        "hot on 1.0: bake.py: not there: wait()",
        "patches/oven/1.0/oven/0001-hot.patch",
    ]
    assert [line for line, _ in text_lines(found, {})][-1] == "4 warnings"


def test_another_place_in_the_patch_is_told_apart_and_another_line_of_the_lock_is_not() -> None:
    assert len(told(absent("1.0", 3), absent("1.1", 4))) == 4
    lock = [replace(absent(b, n), file="oven.lock") for b, n in (("1.0", 3), ("1.1", 4))]
    assert told(*lock)[1:] == ["oven.lock:3,4"]


def test_machines_are_told_each_finding_with_its_base() -> None:
    found = [absent("1.0"), absent("1.1")]
    results = sarif_document(found, RULES)["runs"][0]["results"]
    assert [one["properties"]["base"] for one in results] == ["1.0", "1.1"]
    assert [one["base"] for one in finding_rows(found)] == ["1.0", "1.1"]
    junit = junit_xml("oven", found, RULES)
    assert all(f"{one.message} [{one.file}]" in junit for one in found)


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_can_explain_itself(code: str) -> None:
    rule = RULES[code]
    text = explanation(rule, rule.severity)
    assert code in text
    assert rule.why in text
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert rule.why.endswith(".")
    assert not rule.title.endswith(".")
    assert not rule.remedy.endswith(".")


def test_nasty_words_break_no_form() -> None:
    ET.fromstring(junit_xml("oven\x01", [NASTY], RULES).encode("utf-8", "replace"))
    (line,) = github_commands([NASTY])
    assert line.count("\n") == 0
    assert "title=conflict" in line
    assert sarif_document([NASTY], RULES)["runs"][0]["results"]


def test_the_summary_counts() -> None:
    def some(severity: Severity) -> Finding:
        return Finding("x", severity, "y")

    assert summary([]) == "no findings"
    assert summary([some(Severity.ERROR)] * 2 + [some(Severity.NOTE)]) == "2 errors, 1 note"


def _unescaped(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_long_prose_is_wrapped_and_loses_nothing() -> None:
    message = "a reason that is told at length, " * 10 + "::error::planted " * 20
    lines = [line for line, _ in text_lines([Finding("conflict", Severity.NOTE, message)], RULES)]
    prose = lines[1 : lines.index("")]
    assert max(map(len, prose)) <= 140
    assert " ".join(prose).replace(r"\x3a", ":").split() == message.split()
    assert not any(line.lstrip().startswith("::") for line in prose)


def test_on_a_narrow_terminal_messages_and_hints_are_wrapped_and_places_are_not() -> None:
    finding = Finding("conflict", Severity.NOTE, "words " * 30, file="f" * 60, hint="do " * 30)
    lines = [line for line, _ in text_lines([finding], {}, 40)]
    place = f"        {'f' * 60}"
    assert place in lines
    assert max(len(line) for line in lines if line != place) <= 40
    assert " ".join(lines).split().count("do") == 30


PLACED = Finding(
    "conflict", Severity.ERROR, "it conflicts", "hot", "oven.lock", 7, "do this", "1.0"
)
BARE = Finding("of-the-engine", Severity.NOTE, "nothing of note")
"""The one has all that a finding can have, the other nothing but its words."""


def test_the_whole_junit_document() -> None:
    title = RULES["not-checked"].title
    rules = {code: RULES[code] for code in ("conflict", "not-checked")}
    found = [PLACED, replace(PLACED, severity=Severity.WARNING), replace(BARE, code="conflict")]
    assert junit_xml("oven", found, rules) == (
        '<testsuites name="series check" tests="2" failures="1" errors="0">\n'
        '  <testsuite name="oven" tests="2" failures="1" errors="0" skipped="0" time="0.000">\n'
        '    <testcase classname="oven" name="conflict">\n'
        '      <failure type="conflict" message="it conflicts">'
        "error: it conflicts [oven.lock:7]\n    do this</failure>\n"
        "      <system-out>warning: it conflicts [oven.lock:7]\n    do this\n"
        "note: nothing of note</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="oven" name="not-checked" time="0.000" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )
    both = cases(junit_xml("oven", [PLACED] * 2, rules))["conflict"]
    assert [mark.get("message") for mark in both] == ["it conflicts (and 1 more)"]
    twice = cases(junit_xml("oven", [PLACED] * 3, rules, unfinished=True))
    failure, skipped = twice["conflict"].find("failure"), twice["not-checked"].find("skipped")
    assert failure is not None
    assert failure.get("message") == "it conflicts (and 2 more)"
    assert skipped is not None
    assert skipped.get("message") == title


def test_annotations_with_a_place_and_without() -> None:
    assert list(github_commands([PLACED, BARE])) == [
        "::error file=oven.lock,line=7,title=conflict::it conflicts%0Ado this",
        "::notice title=of-the-engine::nothing of note",
    ]
    issues = gitlab_report([PLACED, BARE])
    assert [(one["severity"], one["location"]) for one in issues] == [
        ("critical", {"path": "oven.lock", "lines": {"begin": 7}}),
        ("info", {"path": "series", "lines": {"begin": 1}}),
    ]


def test_sarif_says_where_and_of_which_patch_only_where_that_is_known() -> None:
    one, other = sarif_document([PLACED, BARE], RULES)["runs"][0]["results"]
    location = {
        "artifactLocation": {"uri": "oven.lock", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 7},
    }
    assert one["locations"] == [{"physicalLocation": location}]
    assert one["properties"] == {"patch": "hot", "base": "1.0"}
    assert one["message"] == {"text": "it conflicts → do this"}
    assert set(other) == {"ruleId", "level", "message", "partialFingerprints"}
    (unplaced,) = sarif_document([replace(PLACED, line=None)], {})["runs"][0]["results"]
    assert "region" not in unplaced["locations"][0]["physicalLocation"]
    assert "ruleIndex" not in unplaced
    (many,) = sarif_document([SharedFinding("x", Severity.NOTE, "m", patches=("a", "b"))], {})[
        "runs"
    ][0]["results"]
    assert many["properties"] == {"patches": ["a", "b"]}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("{0} of {12}", "{{0}} of {{12}}"),
        ("{a} and [1]", "{a} and [1]"),
        ("see [this](there) and [2]", r"see \[this](there) and \[2]"),
    ],
)
def test_sarif_takes_no_word_for_a_placeholder_or_a_link(words: str, shown: str) -> None:
    (result,) = sarif_document([replace(BARE, message=words)], {})["runs"][0]["results"]
    assert result["message"]["text"] == shown


@pytest.mark.parametrize(
    ("version", "semantic"),
    [("1.2.3", "1.2.3"), ("1.2", "1.2.0"), ("2.0.1.dev3+g1", "2.0.1"), ("4", "4.0.0")],
)
def test_sarif_has_a_version_of_three_numbers(version: str, semantic: str) -> None:
    assert _semantic(version) == semantic


def test_the_gravest_rules_come_first_with_each_hint_once() -> None:
    warning = Finding("b", Severity.WARNING, "w", hint="do")
    found = [BARE, warning, PLACED, replace(warning, message="v"), replace(warning, code="a")]
    assert list(text_lines(found, {"conflict": RULES["conflict"]})) == [
        (f"error: conflict · {RULES['conflict'].title}", "bold red"),
        ("    it conflicts", ""),
        ("        oven.lock:7", "dim"),
        ("    → do this", "dim"),
        ("", ""),
        ("warning: a", "yellow"),
        ("    w", ""),
        ("    → do", "dim"),
        ("", ""),
        ("warning: b", "yellow"),
        ("    w", ""),
        ("    v", ""),
        ("    → do", "dim"),
        ("", ""),
        ("note: of-the-engine", "cyan"),
        ("    nothing of note", ""),
        ("", ""),
        ("1 error, 3 warnings, 1 note", ""),
    ]


def test_a_message_as_wide_as_the_terminal_is_one_line() -> None:
    def lines(width: int) -> list[str]:
        message = replace(BARE, message="some words")
        return [line for line, _ in text_lines([message], {}, width)][1:-2]

    assert lines(14) == ["    some words"]
    assert lines(13) == ["    some", "      words"]


def test_bases_are_named_in_the_place_of_the_first_or_after_the_message() -> None:
    def alike(message: str, file: str | None = None, hint: str | None = None) -> list[str]:
        like = replace(BARE, file=file, hint=hint)
        some = [replace(like, message=message.format(b), base=b) for b in ("1.0", "1.1")]
        return [line.strip() for line, _ in text_lines(some, {})][1:-2]

    assert alike("hot on {0}: {0} has no fan") == [
        "hot on 1.0: 1.0 has no fan",
        "hot on 1.1: 1.1 has no fan",
    ]
    assert alike("hot on {0}.") == ["hot on 1.0 and 1.1."]
    assert alike("it has no fan") == ["it has no fan (on 1.0 and 1.1)"]
    assert alike("x", file="a.py", hint="do") == ["x (on 1.0 and 1.1)", "a.py", "→ do"]


def test_what_to_write_in_the_manifest_says_the_severity_that_holds() -> None:
    rule = RULES["conflict"]
    assert f"Severity: {rule.severity}. " in explanation(rule, rule.severity)
    assert f"Severity: off (default: {rule.severity}). " in explanation(rule, None)
