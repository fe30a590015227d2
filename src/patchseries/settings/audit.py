"""What a host's files make of the settings: set, missing, overridden, ignored, dangerous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from patchseries.manifest import SettingEntry
from patchseries.settings.etc import (
    DaemonFiles,
    EtcFiles,
    UnreadableError,
    daemons_reading,
    unread_fragment,
)
from patchseries.settings.forms import FORMS, Assignment, Form, ParsedFile, form_of
from patchseries.settings.forms.form import Scalar
from patchseries.settings.forms.oslo import substituted
from patchseries.settings.render import HostRequest, PlacedSetting, value_of


class AuditState(StrEnum):
    """What the host makes of a setting."""

    SET = "set"
    DEFAULT = "default"
    LEFT_OUT = "left-out"
    BY_HAND = "by-hand"
    MISSING = "missing"
    DIFFERENT = "different"
    OVERRIDDEN = "overridden"
    NOT_READ = "not-read"
    IGNORED = "ignored"
    DANGEROUS = "dangerous"
    UNREADABLE = "unreadable"

    @property
    def is_right(self) -> bool:
        """Whether nothing is to be done."""
        return self in (self.SET, self.DEFAULT, self.LEFT_OUT, self.BY_HAND)


@dataclass(frozen=True, slots=True)
class AuditedSetting:
    """What a host makes of a setting, in which line, and what was wanted.

    :param file: below /etc; where the value counts, else where it should be
    :param line: of the file; 0: it is not there
    :param value: as the file has it; None: it is not set
    :param wanted: the value for this host; None: only the site knows it
    """

    setting: SettingEntry
    state: AuditState
    message: str
    file: str = ""
    line: int = 0
    value: str | None = None
    wanted: Scalar | None = None
    daemon: str | None = None

    @property
    def form(self) -> Form:
        """The form of the file: a setting of oslo.config may want rules of sudoers, too."""
        return FORMS["sudoers"] if self.file.startswith("sudoers") else form_of(self.setting)

    @property
    def can_be_applied(self) -> bool:
        """Whether a line in a file makes it right; a person decides on the others."""
        wrong = (AuditState.MISSING, AuditState.DIFFERENT, AuditState.OVERRIDDEN)
        return self.state in wrong and bool(self.file) and self.wanted is not None


@dataclass(frozen=True, slots=True)
class _Place:
    """An assignment, and the file that it stands in."""

    file: str
    assignment: Assignment

    def __str__(self) -> str:
        return f"/etc/{self.file}:{self.assignment.first}"


def audit(
    settings: Sequence[PlacedSetting], request: HostRequest, etc: EtcFiles
) -> list[AuditedSetting]:
    """What the files *etc* make of each of *settings* that this kind of host needs.

    Sudoers files are not among them: see ``sudoaudit``.

    :raises ExpressionError: a value cannot be worked out
    """
    rows = []
    files = _ParsedFiles(etc)
    for placed in settings:
        if request.needs(placed.setting) and placed.setting.form != "sudoers":
            wanted = None if placed.setting.step else value_of(placed.setting, request.sizes)
            rows.append(_Audit(placed, request, files, wanted).row())
    return rows


class _ParsedFiles:
    """Files that are read and parsed once for all settings."""

    def __init__(self, etc: EtcFiles) -> None:
        self._etc = etc
        self._parsed: dict[tuple[str, Form], ParsedFile | None] = {}
        self._reading: dict[tuple[str, tuple[str, ...]], list[DaemonFiles]] = {}

    def parsed(self, file: str, form: Form) -> ParsedFile | None:
        """The assignments of *file*; None: it is not there.

        :raises UnreadableError: it cannot be read
        """
        if (file, form) not in self._parsed:
            text = self._etc.read(file)
            self._parsed[file, form] = None if text is None else form.parse(text)
        return self._parsed[file, form]

    def daemons(self, file: str, names: tuple[str, ...]) -> list[DaemonFiles]:
        """See :func:`daemons_reading`."""
        if (file, names) not in self._reading:
            self._reading[file, names] = daemons_reading(self._etc, file, names)
        return self._reading[file, names]

    def is_unread(self, fragment: str) -> bool:
        """See :func:`unread_fragment`."""
        return unread_fragment(self._etc, fragment)


@dataclass(frozen=True, slots=True)
class _DaemonOptions:
    """The files that a daemon reads, and the options of [DEFAULT] in them, as they count."""

    files: tuple[tuple[str, ParsedFile], ...]
    defaults: Mapping[str, str]


class _Audit:
    """The look at one setting."""

    def __init__(
        self,
        placed: PlacedSetting,
        request: HostRequest,
        files: _ParsedFiles,
        wanted: Scalar | None,
    ) -> None:
        self._placed, self._setting, self._files = placed, placed.setting, files
        self._series, self._wanted = request.series, wanted
        self._form: Form = form_of(placed.setting)
        self._unwanted = bool(self._setting.danger) and self._setting.name not in request.accepted
        self._name = placed.setting.label

    def row(self) -> AuditedSetting:
        if self._setting.step:
            state = AuditState.LEFT_OUT if self._unwanted else AuditState.BY_HAND
            return AuditedSetting(self._setting, state, f"by hand: {self._setting.step}")
        file = self._setting.file or ""
        try:
            if self._form.has_sections:
                daemons = self._files.daemons(file, self._setting.daemons)
            else:
                daemons = [DaemonFiles(None, (file, *self._rendered(file)))]
            rows = [replace(self._of_daemon(one), daemon=one.daemon) for one in daemons]
        except UnreadableError as error:
            return self._result(AuditState.UNREADABLE, str(error), file=file)
        return next((one for one in rows if not one.state.is_right), rows[0])

    def _rendered(self, file: str) -> tuple[str, ...]:
        """The file of the series, where its daemon reads it besides *file*, the setting's own."""
        path = self._form.path(self._series, file)
        return () if self._form.copied or path == file else (path,)

    def _of_daemon(self, daemon: DaemonFiles) -> AuditedSetting:
        parsed = []
        for file in daemon.files:
            content = self._files.parsed(file, self._form)
            if content is None:
                continue
            if content.problem:
                words = f"cannot be read as its daemon reads it: {content.problem}"
                return self._result(AuditState.UNREADABLE, words, file=file, line=content.line)
            parsed.append((file, content))
        places = [
            _Place(file, one)
            for file, content in parsed
            for one in content.named(self._section, self._setting.option or "")
        ]
        defaults = {
            one.option: one.value
            for _, content in parsed
            for one in content.assignments
            if one.section == "DEFAULT"
        }
        return self._judged(places, _DaemonOptions(tuple(parsed), defaults))

    @property
    def _section(self) -> str:
        return self._setting.section or ""

    def _judged(self, places: list[_Place], read: _DaemonOptions) -> AuditedSetting:
        if self._placed.missing:
            return self._ignored(places)
        right = [one for one in places if self._is_wanted(one, read)]
        counting = self._counting(places, right)
        if self._unwanted:
            return self._danger(counting if counting in right else None, bool(places))
        if counting is None:
            return self._unset(read)
        if counting in right:
            return self._at(AuditState.SET, counting, f"{self._name} is set")
        return self._wrong(counting, right, read)

    def _counting(self, places: list[_Place], right: list[_Place]) -> _Place | None:
        """The assignment that counts: the last of all, or what the form says."""
        if self._form.first_counts:
            return places[0] if places else None
        if self._setting.multi or self._setting.option is None:
            return right[-1] if right else None
        return places[-1] if places else None

    def _is_wanted(self, place: _Place, read: _DaemonOptions) -> bool:
        if self._wanted is None:
            return True  # only the site knows what is right
        value: str | None = place.assignment.value
        if self._form.has_sections:
            value = substituted(place.assignment.value, read.defaults.get)
        return value is not None and self._form.same(self._wanted, value)

    def _ignored(self, places: list[_Place]) -> AuditedSetting:
        needs = f"it needs {self._placed.missing}"
        if not places:
            return self._result(AuditState.LEFT_OUT, f"not set, as it should be: {needs}")
        words = f"{self._name} is set, and the daemon ignores it: {needs}"
        return self._at(AuditState.IGNORED, places[-1], words)

    def _danger(self, place: _Place | None, is_set: bool) -> AuditedSetting:
        """A danger that nobody accepted."""
        danger = f"{self._setting.danger} Instead: {self._setting.narrow}"
        if place:
            words = f"{self._name} is {place.assignment.value or 'there'}: {danger}"
            return self._at(AuditState.DANGEROUS, place, words)
        if not is_set and self._is_default:
            words = f"{self._name} is not set, and {self._wanted} is the default: {danger}"
            return self._result(AuditState.DANGEROUS, words)
        return self._result(AuditState.LEFT_OUT, "a danger that nobody accepted, and not set")

    @property
    def _is_default(self) -> bool:
        default = self._setting.default
        return default is not None and default == self._wanted

    def _unset(self, read: _DaemonOptions) -> AuditedSetting:
        if fragment := self._unread():
            words = f"no daemon is started with --config-dir=/etc/{fragment.rpartition('/')[0]}"
            return self._result(AuditState.NOT_READ, words, file=fragment)
        if self._is_default:
            return self._result(AuditState.DEFAULT, f"{self._name}: {self._wanted} is the default")
        file = self._setting.file
        if not read.files and self._setting.option is not None:
            return self._result(AuditState.MISSING, f"there is no /etc/{file}")
        wanted = self._setting.site if self._wanted is None else self._shown
        words = f"{self._name} is not set; wanted: {wanted}{self._elsewhere(read)}"
        return self._result(AuditState.MISSING, words)

    def _unread(self) -> str | None:
        """The fragment of the series, if it is there and has the option, and nobody reads it."""
        if not self._form.has_sections:
            return None
        fragment = self._form.path(self._series, self._setting.file or "")
        content = self._files.parsed(fragment, self._form)
        there = content and content.named(self._section, self._setting.option or "")
        return fragment if there and self._files.is_unread(fragment) else None

    def _elsewhere(self, read: _DaemonOptions) -> str:
        """Where the option stands in a section in which it is not read."""
        for file, content in read.files if self._form.has_sections else ():
            for one in content.assignments:
                if one.option == self._setting.option and one.section != self._section:
                    return f". /etc/{file}:{one.first} sets it in [{one.section}]: another option"
        return ""

    def _wrong(self, counting: _Place, right: list[_Place], read: _DaemonOptions) -> AuditedSetting:
        value = counting.assignment.value
        if right:
            words = f"{self._name} is {value}, which overrides {self._shown} at {right[-1]}"
            return self._at(AuditState.OVERRIDDEN, counting, words)
        if substituted(value, read.defaults.get) is None:
            words = f"{self._name} is {value}, which names an option that no file sets"
        else:
            words = f"{self._name} is {value}; wanted: {self._shown}"
        return self._at(AuditState.DIFFERENT, counting, words)

    @property
    def _shown(self) -> str:
        wanted = self._wanted
        return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)

    def _at(self, state: AuditState, place: _Place, words: str) -> AuditedSetting:
        one = place.assignment
        return self._result(state, words, place.file, one.first, one.value)

    def _result(
        self,
        state: AuditState,
        words: str,
        file: str | None = None,
        line: int = 0,
        value: str | None = None,
    ) -> AuditedSetting:
        where = file if file is not None else self._setting.file or ""
        return AuditedSetting(self._setting, state, words, where, line, value, self._wanted)
