"""What ``build``, ``run`` and ``demo`` share: the options of packages, and how to show them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patchseries.cli.common import Given
from patchseries.cli.flags import refuse_without
from patchseries.cli.terminal import show
from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.model import Severity

if TYPE_CHECKING:
    from patchseries.debian.request import Dropped, Maintainer, SourcePackage
    from patchseries.pipeline.build import BuildOptions

PACKAGE_SCHEMA = 2
"""The version of the JSON documents that have rows of packages."""

F = TypeVar("F", bound=Callable[..., Any])

wrap_option = click.option(
    "--wrap",
    metavar="CMD",
    help="Put CMD before each test command (bwrap, …); {place} is where it may write.",
)

_OPTIONS = (
    click.option(
        "--skip-conflicts",
        is_flag=True,
        help="Leave conflicting patches out, and say so in the changelog.",
    ),
    click.option(
        "--allow-unreviewed",
        is_flag=True,
        help="Build with adapted patches that are not signed off; the changelog names them.",
    ),
    click.option(
        "--version-suffix", metavar="S", help="Use this version suffix, not the manifest's."
    ),
    click.option("--distribution", metavar="D", help="The changelog entry's distribution."),
    click.option(
        "--urgency",
        default="medium",
        show_default=True,
        metavar="U",
        help="The changelog entry's urgency.",
    ),
    click.option(
        "--orig-upload",
        type=click.Choice(["always", "never"]),
        default="always",
        show_default=True,
        help="Whether .changes names the orig (-sa, -sd).",
    ),
    click.option("--check", is_flag=True, help="Run lintian; tags of the stock package are notes."),
    click.option("--sign", metavar="KEY", help="Sign with this key (debsign)."),
    click.option(
        "--binary",
        metavar="CMD",
        help="Run this builder on each .dsc ('sbuild -d precise'); its log is kept.",
    ),
    click.option("--test", is_flag=True, help="Run the projects' tests first: refuse what breaks."),
    wrap_option,
)


def build_options(function: F) -> F:
    """Give a command the options of packages."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def options_from(chosen: dict[str, Any]) -> tuple[BuildOptions, dict[str, Any]]:
    """The package options out of *chosen*, and the rest of it.

    :raises UsageError: an option has no effect
    :raises SeriesError: no maintainer is configured
    """
    from patchseries.debian.request import OrigUpload
    from patchseries.pipeline.build import BuildOptions

    if not chosen["test"]:
        refuse_without("--test", "wrap")
    chosen["orig_upload"] = OrigUpload(chosen["orig_upload"])
    names = (
        "skip_conflicts",
        "allow_unreviewed",
        "version_suffix",
        "distribution",
        "urgency",
        "orig_upload",
        "check",
        "sign",
        "binary",
        "test",
        "wrap",
    )
    chosen["wrap"] = words_of(chosen["wrap"])
    mine = {name: chosen[name] for name in names}
    rest = {name: value for name, value in chosen.items() if name not in names}
    return BuildOptions(maintainer(), **mine), rest


def words_of(command: str | None, option: str = "--wrap") -> tuple[str, ...]:
    """The words of a command that an option names, as a shell reads them.

    :raises UsageError: a quote is open
    """
    try:
        return tuple(shlex.split(command or ""))
    except ValueError as error:
        raise UsageError(f"{option} {command!r}: {error}", hint="close the quote") from error


def maintainer() -> Maintainer:
    """DEBFULLNAME and DEBEMAIL, else git's user.

    :raises SeriesError: neither is set
    """
    from patchseries.debian.request import Maintainer

    name = os.environ.get("DEBFULLNAME") or _git_user("name")
    mail = os.environ.get("DEBEMAIL") or _git_user("email")
    if not name or not mail:
        raise SeriesError(
            "your name and e-mail address are not set",
            hint="set DEBFULLNAME and DEBEMAIL, or git's user.name and user.email",
            exit_code=ExitCode.INVALID,
        )
    return Maintainer(name, mail)


def show_packages(packages: Sequence[SourcePackage], asked: Given) -> None:
    """For each package: version, whether it unpacks to the ported tree, where it lies; and what
    is not in it, or was not reviewed."""
    for package in packages:
        state = "unpacks to the ported tree" if package.verified else "NOT COMPARED"
        again = ", unchanged" if package.reused else ""
        show(f"{package.source} {package.version}  {state}{again}", asked)
        show(f"    {_shown(package)}", asked)
        for words in _remarks(package):
            show(f"    {words}", asked)
        notes = sum(finding.severity is Severity.NOTE for finding in package.findings)
        for finding in package.findings:
            if finding.severity is not Severity.NOTE:
                show(f"    {finding.severity}: {finding.message}", asked)
        if notes:
            show(f"    lintian: {notes} tags that the stock package has too", asked)


def package_rows(packages: Sequence[SourcePackage]) -> list[dict[str, Any]]:
    """Packages as rows of the JSON contract."""
    from patchseries.report.documents import finding_rows

    return [
        {
            "project": package.project,
            "base": package.base,
            "source": package.source,
            "version": package.version,
            "dsc": str(package.directory / package.dsc),
            "changes": str(package.directory / package.changes),
            "files": dict(package.files),
            "verified": package.verified,
            "left_out": list(package.left_out),
            "unreviewed": list(package.unreviewed),
            "dropped": [_dropped_row(one) for one in package.dropped],
            "settings": _settings_row(package),
            "findings": finding_rows(package.findings),
        }
        for package in packages
    ]


def _dropped_row(dropped: Dropped) -> dict[str, Any]:
    return {
        "patch": dropped.name,
        "evidence": dropped.evidence,
        "reason": dropped.reason,
        "by": dropped.by,
        "security": list(dropped.security),
    }


def _settings_row(package: SourcePackage) -> dict[str, Any] | None:
    made = package.settings
    if made is None:
        return None
    return {
        "package": made.name(package.source),
        "lines": [
            {"setting": one.setting, "file": one.file, "line": one.line} for one in made.lines
        ],
        "examples": list(made.examples),
        "left_out": [{"setting": name, "why": why} for name, why in made.left_out],
        "sudoers_checked": made.checked,
    }


def _remarks(package: SourcePackage) -> Iterator[str]:
    """What a person should know before they hand the package on."""
    if package.unreviewed:
        yield f"adapted, and not signed off: {', '.join(package.unreviewed)}"
    if package.left_out:
        yield f"left out, because they conflict: {', '.join(package.left_out)}"
    for one in package.dropped:
        names = f" ({', '.join(one.security)})" if one.security else ""
        why = f"the base has it: {one.evidence}" if one.evidence else "it does not apply"
        yield f"without the packager's {one.name}{names}:"
        yield f"    {why}"
    if made := package.settings:
        names = ", ".join(one.setting for one in made.lines)
        yield f"{made.name(package.source)}: {names}"
        yield from (f"    left out: {name}: {why}" for name, why in made.left_out)


def complaints(packages: Sequence[SourcePackage]) -> bool:
    """Whether lintian found something in our own part."""
    return any(f.severity is not Severity.NOTE for p in packages for f in p.findings)


def _shown(package: SourcePackage) -> str:
    return os.path.relpath(package.directory / package.dsc)


def _git_user(key: str) -> str:
    from patchseries import process
    from patchseries.environment import Inherit

    # a bare repository may have been committed to the project: then only the user's own settings
    words = ("config", "--get", f"user.{key}")
    here = ("git", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
    done = process.run([*here, *words], accept=(0, 1, 128), inherit=Inherit.ALL)
    if done.status == 128:
        own = ("git", "--git-dir=/dev/null", *words)
        done = process.run(own, accept=(0, 1), inherit=Inherit.ALL)
    return done.stdout.decode("utf-8", "replace").strip()
