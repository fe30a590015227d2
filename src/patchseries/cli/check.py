"""``series check``."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.checkoutput import FORMATS, Checked, destinations, give
from patchseries.cli.common import Given, options, state_directory
from patchseries.cli.failure import as_error
from patchseries.cli.flags import refuse_others
from patchseries.cli.terminal import Progress, show, show_json, show_text
from patchseries.errors import SeriesError, UsageError

if TYPE_CHECKING:
    from patchseries.checks.rule import Rule
    from patchseries.model import Severity
    from patchseries.pipeline.checking import CheckOptions


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
        refuse_others("--explain", ("explain", "name"))
        return _explain(explain, asked)
    from patchseries.pipeline.checking import CheckOptions

    wanted = destinations(formats, outputs, asked.as_json, os.environ)
    started = time.monotonic()
    try:
        checked = _checked(asked, CheckOptions(online, full), strict, started)
    except Exception as error:
        give(_unchecked(asked, as_error(error), started), wanted, asked)
        raise
    give(checked, wanted, asked)
    return 1 if checked.failed else 0


def _checked(asked: Given, options: CheckOptions, strict: bool, started: float) -> Checked:
    from patchseries.checks.alike import shared
    from patchseries.checks.gate import fails
    from patchseries.pipeline.checking import check_series

    series, selection = asked.open()
    with Progress(asked) as progress:
        hint = None if options.online else "run the command with --online"
        asked = replace(asked, offline=not options.online, online_hint=hint)
        session = asked.session(progress)
        findings = shared(check_series(session, series, selection, options))
    failed = fails(findings, strict=strict)
    return Checked(series.name, series.root, findings, failed, time.monotonic() - started)


def _unchecked(asked: Given, error: SeriesError, started: float) -> Checked:
    """A series that could not be checked: *error* is what a CI service is told."""
    from patchseries.checks.unfinished import unfinished
    from patchseries.pipeline.series import find_series

    name, root, manifest = asked.name or "series", Path.cwd(), None
    try:
        series = find_series(root, state_directory(), asked.name)
    except (SeriesError, OSError):
        pass  # that may be why
    else:
        name, root = series.name, series.root
        manifest = str(series.manifest_path.relative_to(root))
    findings = tuple(unfinished(error, root, manifest))
    return Checked(name, root, findings, True, time.monotonic() - started, error)


def _explain(code: str, asked: Given) -> int:
    from patchseries.checks.gate import RULES, nearest, severities
    from patchseries.report.table import TextTable
    from patchseries.report.text import explanation

    if code == "all":
        if asked.as_json:
            show_json({"rules": [_row(rule, rule.severity) for rule in RULES.values()]}, ok=True)
            return 0
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
        if asked.name:
            raise
        # outside of a project the rules are what they are
    else:
        chosen = severities(
            series.manifest.checks,
            str(series.manifest_path),
            series.manifest_path.read_text("utf-8"),
        ).chosen
        severity = chosen.get(code, severity)
    if asked.as_json:
        show_json(_row(rule_asked, severity), ok=True)
    else:
        show_text(explanation(rule_asked, severity), asked)
    return 0


def _row(rule: Rule, severity: Severity | None) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": severity,
        "title": rule.title,
        "why": rule.why,
        "remedy": rule.remedy,
    }
