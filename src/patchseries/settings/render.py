"""The files that make the settings of one host: drop-in fragments, each line with its reason.

Nothing dangerous is among them unless it was asked for by name.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from patchseries.manifest import SettingEntry
from patchseries.manifest.expression import ExpressionError, parse_expression
from patchseries.settings.forms import form_of
from patchseries.settings.forms.form import Scalar
from patchseries.settings.sudoers import RootwrapFilter, sudoers_file
from patchseries.visible import visible

_WIDTH = 90


@dataclass(frozen=True, slots=True)
class PlacedSetting:
    """A setting on a base; ``base`` is None for one of a component.

    ``missing`` is the patch that it needs and that is not there, in words.
    """

    setting: SettingEntry
    base: str | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class HostRequest:
    """What to render: for which series, sizes and kind of host; which dangers are accepted.

    ``filters`` are the rootwrap filters of each project and directory that a setting names.
    """

    series: str
    sizes: Mapping[str, int]
    host: str | None = None
    accepted: frozenset[str] = frozenset()
    filters: Mapping[tuple[str, str], tuple[RootwrapFilter, ...]] = field(default_factory=dict)

    def needs(self, setting: SettingEntry) -> bool:
        """Whether this kind of host needs *setting*."""
        return not (self.host and setting.hosts) or self.host in setting.hosts


@dataclass(frozen=True, slots=True)
class RenderedLine:
    """A setting that was rendered: its file below /etc, and its line there without the reason."""

    setting: str
    file: str
    line: str


@dataclass(frozen=True, slots=True)
class WithheldSetting:
    """A setting that was not rendered: why, and what to do instead."""

    setting: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class RenderedHost:
    """The files, by path below /etc; what is in them; what was left out, and to be done by hand."""

    files: Mapping[str, bytes]
    lines: tuple[RenderedLine, ...]
    left_out: tuple[WithheldSetting, ...]
    steps: tuple[SettingEntry, ...]


def value_of(setting: SettingEntry, sizes: Mapping[str, int]) -> Scalar | None:
    """The value of *setting* on a host of these *sizes*; None: only the site knows it.

    :raises ExpressionError: it has none
    """
    if setting.expression is None:
        return setting.value
    try:
        value = parse_expression(setting.expression).value(sizes)
    except ExpressionError as error:
        raise ExpressionError(f"{setting.name}: {setting.expression!r}: {error}") from error
    if value < 0:
        raise ExpressionError(f"{setting.name}: {setting.expression!r} is {value}: below zero")
    return value


def render(settings: list[PlacedSetting], request: HostRequest) -> RenderedHost:
    """The files of *settings*.

    :raises ExpressionError: a value cannot be worked out
    """
    texts: dict[str, dict[str, list[str]]] = {}
    notes: dict[str, str | None] = {}
    lines: list[RenderedLine] = []
    left_out: list[WithheldSetting] = []
    steps: list[SettingEntry] = []
    whole: dict[str, bytes] = {}
    for placed in settings:
        setting = placed.setting
        if not request.needs(setting):
            continue
        if reason := _reason(placed, request):
            left_out.append(reason)
        elif setting.step:
            steps.append(setting)
        else:
            form, line = form_of(setting), _line(setting, request.sizes)
            path = form.path(request.series, setting.file or "")
            sections = texts.setdefault(path, {})
            section = (setting.section or "") if form.has_sections else ""
            sections.setdefault(section, []).append(_with_reason(setting, line))
            notes.setdefault(path, form.copied)
            lines.append(RenderedLine(setting.name, path, line))
            whole |= narrow_sudoers(placed, request)
    files = {path: _file(path, texts[path], notes[path], request) for path in texts} | whole
    return RenderedHost(dict(sorted(files.items())), tuple(lines), tuple(left_out), tuple(steps))


def _reason(placed: PlacedSetting, request: HostRequest) -> WithheldSetting | None:
    """Why a setting is not rendered; None: it is."""
    setting = placed.setting
    if placed.missing:
        why = f"on {placed.base} it needs {placed.missing}"
        return WithheldSetting(setting.name, why, "Port the patch onto this base first.")
    if setting.danger and setting.narrow and setting.name not in request.accepted:
        return WithheldSetting(setting.name, setting.danger, setting.narrow)
    return None


def _line(setting: SettingEntry, sizes: Mapping[str, int]) -> str:
    """The line that makes the setting; a comment where only the site knows the value."""
    value = value_of(setting, sizes)
    if value is None:
        return f"# {setting.option} = <{one_line(setting.site or '')}>"
    return form_of(setting).line(setting, value)


def _with_reason(setting: SettingEntry, line: str) -> str:
    needs = f" It needs the patch {setting.needs}." if setting.needs else ""
    words = [f"{setting.name}: {setting.why}{needs}", f"Cost: {setting.cost}"]
    words += [f"DANGER, accepted: {setting.danger}"] if setting.danger else []
    return "\n".join([*(comment(one) for one in words), line])


def comment(text: str) -> str:
    """*text* as lines of comment, for every form."""
    return textwrap.fill(
        one_line(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_on_hyphens=False,
    )


def one_line(text: str) -> str:
    """*text* in one line; no character in it ends a comment, or continues it on the next line."""
    return visible(" ".join(text.split())).replace("\\", "/")


def _file(
    path: str, sections: Mapping[str, list[str]], copied: str | None, request: HostRequest
) -> bytes:
    sizes = ", ".join(f"{name} {size}" for name, size in request.sizes.items())
    parts = [comment(f"Settings of the series {request.series}, for {sizes}.")]
    if copied:
        name = path.removesuffix(f".{request.series}")
        parts[0] += "\n" + comment(f"{copied}: copy the lines into /etc/{name}.")
    for section, entries in sections.items():
        parts += [f"[{section}]", *entries] if section else entries
    return ("\n\n".join(parts) + "\n").encode()


def narrow_sudoers(placed: PlacedSetting, request: HostRequest) -> dict[str, bytes]:
    """The sudoers file that goes with an accepted danger."""
    setting = placed.setting
    if not setting.sudoers:
        return {}
    user, where = setting.sudoers.user, setting.sudoers.filters
    filters = request.filters[setting.project or "", where]
    title = f"the rootwrap filters of {setting.project} {placed.base} ({where})"
    return {f"sudoers.d/{user}-rootwrap-filters": sudoers_file(user, one_line(title), filters)}
