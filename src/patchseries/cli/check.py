"""``series check``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.terminal import (
    Progress,
    console,
    say,
    show,
    show_document,
    show_json,
    show_text,
)
from patchseries.errors import UsageError
from patchseries.visible import json_text

if TYPE_CHECKING:
    from patchseries.model import Finding

FORMATS = ("text", "json", "junit", "sarif", "github", "gitlab")
_GITLAB_REPORT = "build/gl-code-quality-report.json"


@click.command("check")
@options("name", "onto", "project", "patch", "mirror", "json", "quiet", "color")
@click.option("--online", is_flag=True, help="Also ask the servers: what moved, what is newer.")
@click.option("--full", is_flag=True, help="Port and apply everything again, and compare bytes.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="F[=FILE]",
    help=f"{', '.join(FORMATS)} (repeatable).",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="The file for a format (repeatable, in the order of the formats).",
)
@click.option("--explain", metavar="CODE", help="Explain a rule; 'all' lists them.")
def command(
    online: bool,
    full: bool,
    strict: bool,
    formats: tuple[str, ...],
    outputs: tuple[str, ...],
    explain: str | None,
    **given: Any,
) -> int:
    """Check the series NAME by rules; the exit status is 1 if there is an error.

    Contacts no server without --online. Notes and warnings are shown but do not fail. In GitHub and
    GitLab jobs the findings are also given in the form that they show next to the lines.
    """
    asked = Given(**given)
    if explain:
        return _explain(explain, asked)
    from patchseries.checks import fails
    from patchseries.pipeline.checking import CheckOptions, check_series

    wanted = destinations(formats, outputs, asked.as_json, os.environ)
    series, selection = asked.open()
    with Progress(asked) as progress:
        session = replace(asked, offline=not online).session(progress)
        findings = check_series(session, series, selection, CheckOptions(online, full))
    failed = fails(findings, strict=strict)
    checked = _Checked(series.name, series.root, findings, failed)
    for form, file in wanted:
        _give(checked, form, file, asked)
    return 1 if failed else 0


def destinations(
    formats: Sequence[str], outputs: Sequence[str], as_json: bool, environ: Mapping[str, str]
) -> list[tuple[str, str | None]]:
    """Each format with the file it goes to (None: standard output).

    :raises UsageError: an unknown format, an output without a format, two on standard output
    """
    named = [form.partition("=") for form in formats]
    for form, _, _ in named:
        if form not in FORMATS:
            raise UsageError(f"unknown format {form!r}", hint=f"known: {', '.join(FORMATS)}")
    open_ones = [form for form, _, file in named if not file]
    if outputs and len(outputs) != len(open_ones):
        raise UsageError(
            f"{len(outputs)} --output for {len(open_ones)} --format",
            hint="give each format its file, or write --format FORMAT=FILE",
        )
    files = iter(outputs)
    wanted = [(form, file or next(files, None)) for form, _, file in named]
    if as_json:
        wanted.append(("json", None))
    if sum(file is None for _, file in wanted) > 1:
        raise UsageError(
            "two formats cannot both go to standard output", hint="write --format FORMAT=FILE"
        )
    return wanted or _usual(environ)


def _usual(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """What is given when nothing was asked for: text, and what the CI service around it shows."""
    wanted: list[tuple[str, str | None]] = [("text", None)]
    if environ.get("GITHUB_ACTIONS") == "true":
        wanted.append(("github", None))
    if environ.get("GITLAB_CI") == "true":
        wanted.append(("gitlab", _GITLAB_REPORT))
    return wanted


@dataclass(frozen=True, slots=True)
class _Checked:
    """A series that was checked: its name and directory, and what came out."""

    name: str
    root: Path
    findings: Sequence[Finding]
    failed: bool


def _give(checked: _Checked, form: str, file: str | None, asked: Given) -> None:
    """Show or write the findings in one form."""
    if form == "text" and file is None:
        _show(checked.findings, asked)
        return
    text = formatted(form, checked.name, checked.findings, checked.failed)
    if file is None:
        show_document(text)
        return
    from patchseries.files import write_atomic

    path = checked.root / file if file == _GITLAB_REPORT else Path(file)
    write_atomic(path.absolute(), text.encode("utf-8", "replace"))
    if not asked.quiet:
        say(f"{form}: written to {os.path.relpath(path)}")


def formatted(form: str, name: str, findings: Sequence[Finding], failed: bool) -> str:
    """The findings in one of the forms."""
    from patchseries.checks import RULES
    from patchseries.report import annotations, junit, sarif, text
    from patchseries.report.documents import finding_rows

    if form == "junit":
        return junit.junit_xml(name, findings, RULES)
    if form == "sarif":
        return _json(sarif.sarif_document(findings, RULES))
    if form == "gitlab":
        return _json(annotations.gitlab_report(findings))
    if form == "github":
        return "".join(f"{line}\n" for line in annotations.github_commands(findings))
    if form == "json":
        return _json({"schema": 1, "ok": not failed, "findings": finding_rows(findings)})
    return "".join(f"{line}\n" for line, _ in text.text_lines(findings, RULES))


def _json(document: Any) -> str:
    return json_text(document) + "\n"


def _show(findings: Sequence[Finding], asked: Given) -> None:
    from patchseries.checks import RULES
    from patchseries.report.text import WIDEST, text_lines

    width = min(console(asked.color).width, WIDEST)
    for line, style in text_lines(findings, RULES, width):
        show(line, asked, style)


def _explain(code: str, asked: Given) -> int:
    from patchseries.checks import RULES, nearest, severities
    from patchseries.report.table import TextTable
    from patchseries.report.text import explanation

    if code == "all":
        rows = [(rule.code, str(rule.severity), rule.title) for rule in RULES.values()]
        show(TextTable(("", "", ""), rows), asked)
        return 0
    rule_asked = RULES.get(code)
    if rule_asked is None:
        near = nearest(code)
        hint = f"did you mean {near!r}?" if near else "`series check --explain all` lists them"
        raise UsageError(f"no rule has the code {code!r}", hint=hint)
    severity: Any = rule_asked.severity
    try:
        series, _ = asked.open()
    except UsageError:
        pass  # outside of a project the rules are what they are
    else:
        chosen = severities(
            series.manifest.checks,
            str(series.manifest_path),
            series.manifest_path.read_text("utf-8"),
        ).chosen
        severity = chosen.get(code, severity)
    if asked.as_json:
        show_json(
            {
                "code": code,
                "severity": severity,
                "title": rule_asked.title,
                "why": rule_asked.why,
                "remedy": rule_asked.remedy,
            },
            ok=True,
        )
    else:
        show_text(explanation(rule_asked, severity), asked)
    return 0
