"""``series doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, cache_place, options, state_directory
from patchseries.cli.terminal import Progress, show, show_json
from patchseries.counting import counted
from patchseries.errors import ExitCode, MachineError, SeriesError

if TYPE_CHECKING:
    from patchseries.pipeline.machine import MachineCheck
    from patchseries.report.table import TextTable

_STYLES = {"ok": "green", "note": "yellow", "missing": "red"}


@click.command("doctor")
@options("mirror", "json", "color")
def command(**given: Any) -> int:
    """Show what this machine has and lacks: programs, libraries, directories, mirrors, name.

    Each line is ok, note (some command cannot be used, or is slower) or missing. Changes nothing
    and contacts no server. Exit status: 0 if nothing needed is missing, else 5.
    """
    asked = Given(**given)
    with Progress(asked) as progress:
        progress.update("asking each program for its version")
        checks = _examine(asked)
    lacking = [check for check in checks if check.state == "missing"]
    install = sorted({check.package for check in checks if check.package})
    if asked.as_json:
        rows = [asdict(check) for check in checks]
        show_json({"checks": rows, "install": install}, ok=not lacking)
    else:
        show(_table(checks), asked)
        if install:
            show(f"to install all of it: apt-get install {' '.join(install)}", asked)
        show(_summary(len(lacking)), asked)
    return ExitCode.PROGRAM if lacking else ExitCode.OK


def _table(checks: list[MachineCheck]) -> TextTable:
    """A row for each check: its state, its name, what was seen and what to do about it."""
    from patchseries.report.table import TextTable

    words = (f"{check.words}; {check.hint}" if check.hint else check.words for check in checks)
    rows = [(c.state, c.name, seen) for c, seen in zip(checks, words, strict=True)]
    return TextTable(("", "", ""), rows, names=0, styles=_STYLES)


def _examine(asked: Given) -> list[MachineCheck]:
    from patchseries.pipeline import machine

    checks = machine.programs()
    libraries = machine.libraries()
    checks += libraries
    checks.append(machine.directory(cache_place(), "cache", "SERIES_CACHE"))
    checks.append(machine.directory(state_directory(), "state", "SERIES_STATE"))
    if all(check.state != "missing" for check in libraries):  # what follows imports them
        checks += [machine.mirror(directory) for directory in asked.mirrors_named]
        checks.append(_identity())
    return checks


def _identity() -> MachineCheck:
    """Whose name and address changelogs and signed-off patches get."""
    from patchseries.cli.building import maintainer
    from patchseries.pipeline.machine import MachineCheck

    try:
        return MachineCheck("identity", "ok", str(maintainer()))
    except MachineError as error:
        broken = "configuration" in error.message
        words = f"{error.message} ({error.cause})" if error.cause else error.message
        return MachineCheck("identity", "missing" if broken else "note", words, error.hint)
    except SeriesError as error:
        words = f"{error.message}: build, accept, resolve and refresh need them"
        return MachineCheck("identity", "note", words, error.hint)


def _summary(lacking: int) -> str:
    if not lacking:
        return "nothing that is needed is missing"
    return f"{counted(lacking, 'requirement')} missing"
