"""A host's files held against the settings of a series, and mended where they are asked to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from debian.debian_support import NativeVersion

from patchseries.debian.version import default_suffix
from patchseries.errors import SeriesError, UsageError
from patchseries.files import read_file, rewrite
from patchseries.manifest.expression import ExpressionError
from patchseries.pipeline.configuring import (
    HostOptions,
    check_sudoers,
    no_value,
    requested_host,
    sudoers_files,
)
from patchseries.pipeline.etcfiles import LARGEST_STATUS, EtcDirectory, open_etc
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.settings.amend import amended
from patchseries.settings.audit import AuditedSetting, AuditState, audit
from patchseries.settings.etc import EtcFiles
from patchseries.settings.installed import InstalledPackages, read_status
from patchseries.settings.render import HostRequest, PlacedSetting
from patchseries.settings.shapes import mode_of
from patchseries.settings.sudoaudit import audit_sudoers


@dataclass(frozen=True, slots=True)
class AuditedHost:
    """What a host makes of the settings; ``etc`` are its files."""

    rows: tuple[AuditedSetting, ...]
    etc: EtcFiles

    @property
    def is_right(self) -> bool:
        """Whether nothing is to be done."""
        return all(row.state.is_right for row in self.rows)


@dataclass(frozen=True, slots=True)
class PreparedAudit:
    """All that an audit needs besides the host's files, which may change in between."""

    placed: tuple[PlacedSetting, ...]
    request: HostRequest
    etc: EtcFiles
    installed: InstalledPackages | None

    def look(self) -> AuditedHost:
        """What the host's files make of the settings now.

        :raises UsageError: a size is missing
        """
        try:
            rows = audit(self.placed, self.request, self.etc)
        except ExpressionError as error:
            raise no_value(error) from None
        if self.installed:
            rows = [_step(row, self.installed) for row in rows]
        rows += audit_sudoers(self.placed, self.request, self.etc)
        return AuditedHost(tuple(rows), self.etc)


def prepared_audit(
    session: Session, series: Series, etc: Path, status: Path | None, wanted: HostOptions
) -> PreparedAudit:
    """What is needed to see what the files in *etc* make of the settings of *series*.

    :param etc: a directory that is /etc or a copy of it, or a tar archive
    :param status: dpkg's file of what is installed; None: the archive's, else nothing is known
    :raises UsageError: a host, risk or base that is not known, no such file
    :raises SeriesError: rootwrap filters, an archive or the status file cannot be read
    """
    files, inside = open_etc(etc)
    data = _status(status) if status else inside
    installed = read_status(data) if data is not None else None
    placed, request = requested_host(session, series, wanted)
    if installed is not None:
        placed = [_as_installed(one, series, installed) for one in placed]
    return PreparedAudit(tuple(placed), request, files, installed)


def _status(path: Path) -> bytes:
    try:
        return read_file(path, LARGEST_STATUS)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _as_installed(
    placed: PlacedSetting, series: Series, installed: InstalledPackages
) -> PlacedSetting:
    """*placed*, without its patch where the installed package is no build of this series."""
    project, needs = placed.setting.project, placed.setting.needs
    if placed.missing or not project or not needs:
        return placed
    version = installed.version_of_source(project)
    if version is None:
        return replace(placed, missing=f"{needs}, and {project} is not installed")
    if f"+0{default_suffix(series.name)}" in version:
        return placed
    words = f"{needs}, and the installed {project} {version} is no build of this series"
    return replace(placed, missing=words)


def _step(row: AuditedSetting, installed: InstalledPackages) -> AuditedSetting:
    """*row*; of a step by hand, with its outcome where the list of packages shows it."""
    needed = row.setting.package
    if needed is None or row.state is not AuditState.BY_HAND:
        return row
    version = installed.version_of(needed.name)
    if version is None:
        words = f"{needed.name} is not installed; wanted: {needed.version} or newer"
        return replace(row, state=AuditState.MISSING, message=words)
    if NativeVersion(version) < NativeVersion(needed.version):
        words = f"{needed.name} is {version}; wanted: {needed.version} or newer"
        return replace(row, state=AuditState.DIFFERENT, message=words, value=version)
    return replace(row, state=AuditState.SET, message=f"{needed.name} is {version}", value=version)


def changes(host: AuditedHost) -> dict[str, tuple[str, str]]:
    """The files to change so that the settings are made: by path below /etc, before and after.

    A file of a daemon that is not there is not made: its package brings it.
    """
    by_file: dict[str, list[AuditedSetting]] = {}
    for row in host.rows:
        if row.can_be_applied:
            by_file.setdefault(row.file, []).append(row)
    changed = {}
    for path, rows in sorted(by_file.items()):
        before = host.etc.read(path)
        made = path in sudoers_files([path]) or rows[0].setting.form == "line"
        if before is not None or made:
            changed[path] = (before or "", amended(before or "", rows))
    return changed


def diff_of(changed: Mapping[str, tuple[str, str]]) -> str:
    """*changed* as a unified diff of /etc, to be read or to be given to ``patch -R``."""
    rows: list[str] = []
    for path, (before, after) in changed.items():
        old, new = (_kept_lines(text) for text in (before, after))
        rows += difflib.unified_diff(old, new, f"a/etc/{path}", f"b/etc/{path}")
    without = "\n\\ No newline at end of file\n"
    return "".join(row if row.endswith("\n") else f"{row}{without}" for row in rows)


def _kept_lines(text: str) -> list[str]:
    """The lines of *text* with their ends; only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def apply(etc: Path, changed: Mapping[str, tuple[str, str]]) -> None:
    """Write *changed* into the directory *etc*; each file keeps its owner and mode.

    :raises UsageError: *etc* is an archive
    :raises SeriesError: visudo refuses a file or is missing, or a file cannot be written
    """
    if not etc.is_dir():
        raise UsageError("an archive is not changed", hint="unpack it, or use --diff")
    files = {path: after.encode("utf-8", "surrogateescape") for path, (_, after) in changed.items()}
    if sudoers_files(files) and not check_sudoers(files):
        raise SeriesError(
            "sudoers files are written only where visudo checks them",
            hint="install sudo, or make that change by hand: see --diff",
        )
    directory = EtcDirectory(etc)
    done: list[str] = []
    for path, data in files.items():
        try:
            rewrite(directory.place(path), data, new_mode=mode_of(path))
        except SeriesError as error:
            if done:  # each file is written whole or not at all, but one after the other
                error.hint = f"changed already: {', '.join(done)}"
            raise
        done.append(path)
