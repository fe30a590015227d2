"""Where the findings of ``series check`` go, and in which form."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchseries.cli.terminal import console, say, show_document, show_lines
from patchseries.errors import SeriesError, UsageError
from patchseries.visible import json_text

if TYPE_CHECKING:
    from patchseries.cli.common import Given
    from patchseries.model import Finding

FORMATS = ("text", "json", "junit", "sarif", "github", "gitlab")
_GITLAB_REPORT = "build/gl-code-quality-report.json"

Destination = tuple[str, str | None]
"""A format, and the file it goes to (None: standard output)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A series that was checked: its name and directory, what came out, and the seconds it took.

    ``error`` is why it could not be checked; the findings say the same.
    """

    name: str
    root: Path
    findings: Sequence[Finding]
    failed: bool
    seconds: float
    error: SeriesError | None = None


def destinations(
    formats: Sequence[str], outputs: Sequence[str], as_json: bool, environ: Mapping[str, str]
) -> list[Destination]:
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


def _usual(environ: Mapping[str, str]) -> list[Destination]:
    """What is given when nothing was asked for: text, and what the CI service around it shows."""
    wanted: list[Destination] = [("text", None)]
    if environ.get("GITHUB_ACTIONS") == "true":
        wanted.append(("github", None))
    if environ.get("GITLAB_CI") == "true":
        wanted.append(("gitlab", _GITLAB_REPORT))
    return wanted


def give(checked: Checked, wanted: Sequence[Destination], asked: Given) -> None:
    """Show or write the findings in each form.

    Of a series that could not be checked, nothing is shown here that its error says anyway; one
    form that cannot be written keeps none of the others from it.
    """
    for form, file in wanted:
        if checked.error is None:
            _give(checked, form, file, asked)
        elif file is not None or not (form == "text" or asked.as_json):
            with suppress(SeriesError):
                _give(checked, form, file, asked)


def _give(checked: Checked, form: str, file: str | None, asked: Given) -> None:
    if form == "text" and file is None:
        _show(checked.findings, asked)
        return
    text = formatted(form, checked)
    if file is None:
        show_document(text)
        return
    from patchseries.files import write_atomic

    path = checked.root / file if file == _GITLAB_REPORT else Path(file)
    write_atomic(path.absolute(), text.encode("utf-8", "replace"))
    if not asked.quiet:
        say(f"{form}: written to {os.path.relpath(path)}")


def formatted(form: str, checked: Checked) -> str:
    """The findings in one of the forms."""
    from patchseries.checks.gate import RULES
    from patchseries.report import annotations, junit, sarif, text

    findings = checked.findings
    if form == "junit":
        unfinished = checked.error is not None
        return junit.junit_xml(
            checked.name, findings, RULES, checked.seconds, unfinished=unfinished
        )
    if form == "sarif":
        return _json(sarif.sarif_document(findings, RULES))
    if form == "gitlab":
        return _json(annotations.gitlab_report(findings))
    if form == "github":
        return "".join(f"{line}\n" for line in annotations.github_commands(findings))
    if form == "json":
        return _json(_document(checked))
    return "".join(f"{line}\n" for line, _ in text.text_lines(findings, RULES))


def _document(checked: Checked) -> dict[str, Any]:
    from patchseries.cli.failure import error_document
    from patchseries.report.documents import checked_rows

    document = {"schema": 1, "ok": not checked.failed, "findings": checked_rows(checked.findings)}
    return document | (error_document(checked.error) if checked.error else {})


def _json(document: Any) -> str:
    return json_text(document) + "\n"


def _show(findings: Sequence[Finding], asked: Given) -> None:
    from patchseries.checks.gate import RULES
    from patchseries.report.text import WIDEST, text_lines

    width = min(console(asked.color).width, WIDEST)
    show_lines(text_lines(findings, RULES, width), asked)
