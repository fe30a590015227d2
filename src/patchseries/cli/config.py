"""``series config``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.completion import base_names, setting_names
from patchseries.cli.flags import refuse_beside
from patchseries.cli.hostoptions import host_of, host_options
from patchseries.cli.terminal import Progress, say, show, show_json

if TYPE_CHECKING:
    from patchseries.pipeline.configuring import BaseEvidence
    from patchseries.settings.render import RenderedHost

_SHARED = ("offline", "mirror", "json", "quiet", "color")


@click.group("config")
def command() -> None:
    """Make and explain the settings that go with the patches ([[setting]] of the manifest)."""


_ONTO = click.option(
    "--onto",
    metavar="BASE",
    shell_complete=base_names,
    help="The base that runs on the host; default: the last.",
)


@command.command("render")
@options("name")
@host_options()
@_ONTO
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR|FILE",
    help="A new directory or file.",
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["dir", "tar", "ansible", "cloud-init"]),
    help="What to write; default: what the name of -o stands for (FILE.tar, FILE.yml, user-data).",
)
@click.option("--replace", is_flag=True, help="Replace an earlier output.")
@options(*_SHARED)
def render_command(output: Path, shape: str | None, replace: bool, **given: Any) -> int:
    """Write the settings of NAME for one host, as files for /etc.

    Each line has a comment that says why. What is dangerous is left out, and named with what to do
    instead, unless --accept-risk names it. The files go into a directory, a tar archive, a file of
    variables for Ansible, or user data for cloud-init.
    """
    from patchseries.pipeline.configuring import (
        check_sudoers,
        rendered_host,
        shaped,
        sudoers_files,
        write_rendered,
    )
    from patchseries.report.settings import render_document
    from patchseries.settings.shapes import Shape, shape_named

    wanted = host_of(given, given.pop("onto"))
    asked = Given(**given)
    series, _ = asked.open()
    with Progress(asked) as progress:
        bases, host = rendered_host(asked.session(progress), series, wanted)
        checked = check_sudoers(host.files)
    chosen = Shape(shape) if shape else shape_named(output)
    write_rendered(output, shaped(host, series.manifest.settings, chosen), replace=replace)
    if sudoers_files(host.files) and not checked:
        say("visudo is not installed: the sudoers files were not checked")
    if asked.as_json:
        show_json(render_document(host, bases, checked) | {"format": chosen}, ok=True)
    else:
        _show_rendered(output, host, asked)
    return 0


def _show_rendered(output: Path, host: RenderedHost, asked: Given) -> None:
    for path in host.files:
        show(f"{output}: {path}", asked)
    for step in host.steps:
        show(f"by hand: {step.step}", asked)
    for one in host.left_out:
        show(f"left out: {one.setting}: {one.why}", asked, "yellow")
        show(f"  instead: {one.instead}", asked)


@command.command("audit")
@click.argument("etc", type=click.Path(path_type=Path), metavar="ETC")
@options("name")
@host_options()
@_ONTO
@click.option(
    "--dpkg-status",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is installed there: the host's /var/lib/dpkg/status.",
)
@click.option("--all", "show_all", is_flag=True, help="Show what is right, too.")
@click.option("--diff", "show_diff", is_flag=True, help="Show the changes that --apply makes.")
@click.option("--apply", "write", is_flag=True, help="Change the files in ETC.")
@options(*_SHARED)
def audit_command(
    etc: Path, dpkg_status: Path | None, show_all: bool, show_diff: bool, write: bool, **given: Any
) -> int:
    """Compare the files of a host with the settings of NAME.

    ETC is the host's /etc, a copy of it, or a tar archive with one. --apply adds what is missing
    and replaces what is wrong; comments and all other lines stay. Dangerous settings, and those
    whose patch is missing, are only shown. The exit status is 1 if something is left to do.
    """
    from patchseries.pipeline.auditing import apply, changes, diff_of, prepared_audit
    from patchseries.report.audit import audit_document, audit_lines

    wanted = host_of(given, given.pop("onto"))
    asked = Given(**given)
    if asked.as_json:
        refuse_beside("--json, which shows all,", "show_all")
    series, _ = asked.open()
    with Progress(asked) as progress:
        session = asked.session(progress)
        audit = prepared_audit(session, series, etc, dpkg_status, wanted)
        host = audit.look()
        changed = changes(host) if show_diff or write else {}
        if write:
            apply(etc, changed)
            host = audit.look()
    difference = diff_of(changed) if show_diff else ""
    if asked.as_json:
        document = audit_document(host.rows, changed if write else (), difference)
        show_json(document, ok=host.is_right)
    else:
        _show_changes(difference, asked)
        for path in changed if write else ():
            show(f"changed: {etc}/{path}", asked)
        for line, color in audit_lines(etc, series.name, host.rows, show_all):
            show(line, asked, color)
    return 0 if host.is_right else 1


def _show_changes(difference: str, asked: Given) -> None:
    for line in difference.split("\n")[:-1]:
        show(line, asked, {"+": "green", "-": "red"}.get(line[:1], ""))


@command.command("explain")
@click.argument("setting", shell_complete=setting_names)
@options("name", *_SHARED)
def explain_command(setting: str, **given: Any) -> int:
    """Show one SETTING of NAME, and where each base registers it.

    The exit status is 1 if a base does not register it as the manifest says.
    """
    from patchseries.pipeline.configuring import confirmed, setting_named
    from patchseries.report.settings import registered_row, setting_rows

    asked = Given(**given)
    series, _ = asked.open()
    entry = setting_named(series.manifest, setting)
    with Progress(asked) as progress:
        evidence = confirmed(asked.session(progress), series, entry)
    good = not any(one.wrong for one in evidence)
    if asked.as_json:
        rows = [
            {
                "base": one.base,
                "registered": [registered_row(found) for found in one.registered],
                "wrong": list(one.wrong),
            }
            for one in evidence
        ]
        table = entry.model_dump(mode="json", exclude_none=True)
        show_json({"setting": table, "bases": rows}, ok=good)
        return 0 if good else 1
    for word, text in [("setting", entry.name), *setting_rows(entry)]:
        show(f"{word:<9} {text}", asked)
    _show_evidence(evidence, asked)
    return 0 if good else 1


def _show_evidence(evidence: list[BaseEvidence], asked: Given) -> None:
    from patchseries.report.settings import registered_words

    if not evidence:
        show("not confirmed: no project's sources register it", asked)
    for one in evidence:
        show(f"{one.base:<9} {registered_words(one.registered) or 'not registered'}", asked)
        for words in one.wrong:
            show(f"          {words}", asked, "red")
