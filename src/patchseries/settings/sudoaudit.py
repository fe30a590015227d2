"""What the sudoers files of a host make of the settings: the wide rule, and the narrow ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patchseries.settings.audit import AuditedSetting, AuditState
from patchseries.settings.etc import EtcFiles, UnreadableError
from patchseries.settings.forms.form import lines_of
from patchseries.settings.render import HostRequest, PlacedSetting, narrow_sudoers
from patchseries.settings.sudorules import MOST_RULES, SudoSpec, read_rules

_DIRECTORY = "sudoers.d"
_READ_BY_SUDO = re.compile(r"[^.]*[^.~]")


@dataclass(frozen=True, slots=True)
class _Sudoers:
    """The rules of all files that sudo reads, their lines with single spaces, and their paths."""

    rules: tuple[tuple[str, SudoSpec], ...]
    lines: frozenset[str]
    files: frozenset[str]

    def same(self, wanted: SudoSpec) -> tuple[str, SudoSpec] | None:
        """The last rule that says what *wanted* says, and its file."""
        alike = [row for row in self.rules if row[1].same(wanted)]
        return alike[-1] if alike else None

    def all_for(self, users: Sequence[str]) -> tuple[str, SudoSpec] | None:
        """The last rule by which one of *users* may run everything as root, and its file."""
        wide = [
            row
            for row in self.rules
            if row[1].allows_all and not {*users, "ALL"}.isdisjoint(row[1].users)
        ]
        return wide[-1] if wide else None


def audit_sudoers(
    settings: Sequence[PlacedSetting], request: HostRequest, etc: EtcFiles
) -> list[AuditedSetting]:
    """What the sudoers files in *etc* make of *settings*.

    The rules made of rootwrap filters are wanted for each accepted danger that names filters,
    unless the wide rule is accepted, and there.
    """
    needed = [placed for placed in settings if request.needs(placed.setting)]
    wide = [placed for placed in needed if placed.setting.form == "sudoers"]
    accepted = [placed for placed in needed if placed.setting.name in request.accepted]
    narrow = [one for one in accepted if one.setting.sudoers and one not in wide]
    if not (wide or narrow):
        return []
    try:
        sudoers = _read(etc)
    except UnreadableError as error:
        first = (*wide, *narrow)[0].setting
        return [AuditedSetting(first, AuditState.UNREADABLE, str(error), "sudoers")]
    rows = [_wide(placed, placed in accepted, sudoers) for placed in wide]
    allowed = [one.setting.sudoers for one in rows if one.state is AuditState.SET]
    for placed in narrow:
        if placed.setting.sudoers not in allowed:
            rows += _narrow(placed, request, sudoers)
    return rows


def _read(etc: EtcFiles) -> _Sudoers:
    names = [name for name in etc.names(_DIRECTORY) if _READ_BY_SUDO.fullmatch(name)]
    texts = {path: etc.read(path) for path in ("sudoers", *(f"{_DIRECTORY}/{n}" for n in names))}
    rules, lines = [], set()
    for path, text in texts.items():
        rules += [(path, rule) for rule in read_rules(text or "")]
        if len(rules) > MOST_RULES:
            raise UnreadableError(f"there are more than {MOST_RULES} rules of sudoers")
        lines |= {" ".join(line.split()) for line in lines_of(text or "")}
    there = frozenset(path for path, text in texts.items() if text is not None)
    return _Sudoers(tuple(rules), frozenset(lines), there)


def _wide(placed: PlacedSetting, accepted: bool, sudoers: _Sudoers) -> AuditedSetting:
    """A rule of the manifest, or one that allows as much."""
    setting = placed.setting
    found = None
    for wanted in read_rules(str(setting.value)):
        found = sudoers.same(wanted)
        if found is None and wanted.allows_all:
            found = sudoers.all_for(wanted.users)
    file, line = (found[0], found[1].line) if found else (setting.file or "", 0)
    if found and not accepted:
        words = f"this rule is there: {setting.danger} Instead: {setting.narrow}"
        return AuditedSetting(setting, AuditState.DANGEROUS, words, file, line)
    if found:
        return AuditedSetting(setting, AuditState.SET, "the rule is there", file, line)
    if accepted:
        words = f"no rule says: {setting.value}"
        return AuditedSetting(setting, AuditState.MISSING, words, file, line, wanted=setting.value)
    words = "a danger that nobody accepted, and not there"
    return AuditedSetting(setting, AuditState.LEFT_OUT, words, file)


def _narrow(
    placed: PlacedSetting, request: HostRequest, sudoers: _Sudoers
) -> Iterator[AuditedSetting]:
    """The file made of rootwrap filters, or each line of it that no file has."""
    for path, data in narrow_sudoers(placed, request).items():
        text = data.decode()
        lacking = [line for line in lines_of(text) if not _is_there(line, sudoers)]
        if path not in sudoers.files and lacking:
            lacking, words = [text], f"there is no such file, and rules are wanted: {len(lacking)}"
        for line in lacking:
            if line is not text:
                words = f"no rule says: {line}"
            yield AuditedSetting(placed.setting, AuditState.MISSING, words, path, wanted=line)


def _is_there(line: str, sudoers: _Sudoers) -> bool:
    if line.startswith("Defaults"):
        return " ".join(line.split()) in sudoers.lines
    return all(sudoers.same(rule) for rule in read_rules(line))
