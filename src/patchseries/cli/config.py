"""``series config``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.completion import base_names, setting_names
from patchseries.cli.terminal import Progress, say, show, show_json

if TYPE_CHECKING:
    from patchseries.pipeline.configuring import BaseEvidence
    from patchseries.settings.render import RenderedHost

_SHARED = ("offline", "mirror", "json", "quiet", "color")
_SIZE = click.IntRange(1, 10**9)


@click.group("config")
def command() -> None:
    """Make and explain the settings that go with the patches ([[setting]] of the manifest)."""


@command.command("render")
@options("name")
@click.option("--vms", type=_SIZE, required=True, help="Instances to start at once.")
@click.option("--cores", type=_SIZE, required=True, help="Processor cores of the host.")
@click.option("--memory", type=_SIZE, help="Memory of the host in MiB.")
@click.option("--host", metavar="ROLE", help="Only the settings for this kind of host.")
@click.option(
    "--onto",
    metavar="BASE",
    shell_complete=base_names,
    help="The base that runs on the host; default: the last.",
)
@click.option(
    "--accept-risk",
    multiple=True,
    metavar="SETTING",
    shell_complete=setting_names,
    help="Write this dangerous setting too (repeatable).",
)
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
        HostOptions,
        check_sudoers,
        rendered_host,
        shaped,
        sudoers_files,
        write_rendered,
    )
    from patchseries.report.settings import render_document
    from patchseries.settings.shapes import Shape, shape_named

    sizes = {name: given.pop(name) for name in ("vms", "cores", "memory")}
    wanted = HostOptions(
        {name: size for name, size in sizes.items() if size is not None},
        given.pop("host"),
        given.pop("onto"),
        given.pop("accept_risk"),
    )
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
        table = entry.model_dump(mode="json", by_alias=True, exclude_none=True)
        show_json({"setting": table, "bases": rows}, ok=good)
        return 0 if good else 1
    for word, text in [("setting", entry.name), *setting_rows(entry)]:
        show(f"{word:<8} {text}", asked)
    _show_evidence(evidence, asked)
    return 0 if good else 1


def _show_evidence(evidence: list[BaseEvidence], asked: Given) -> None:
    from patchseries.report.settings import registered_words

    if not evidence:
        show("not confirmed: no project's sources register it", asked)
    for one in evidence:
        show(f"{one.base:<8} {registered_words(one.registered) or 'not registered'}", asked)
        for words in one.wrong:
            show(f"         {words}", asked, "red")
