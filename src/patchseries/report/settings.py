"""Settings in words: what was rendered, what was left out, and all about one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patchseries.files import sha256
from patchseries.manifest import SettingEntry
from patchseries.settings.intree import RegisteredOption
from patchseries.settings.render import RenderedHost, one_line
from patchseries.settings.shapes import SUDOERS

README = "README"
README_BEGIN = b"Settings of the series "


def readme(series: str, host: RenderedHost) -> bytes:
    """The file that says what to do with the others."""
    parts = [
        f"{README_BEGIN.decode()}{series}. Paths are those below /etc. Nothing takes effect\n"
        "before the daemons read it, and are restarted."
    ]
    parts += [*_directories(host), *_others(series, host)]
    parts += [_step(one) for one in host.steps]
    parts += [
        f"Left out: {one.setting}. {one_line(one.why)}\n  Instead: {one_line(one.instead)}"
        for one in host.left_out
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _directories(host: RenderedHost) -> Iterator[str]:
    """The directories of fragments: oslo.config of 2013 reads none by itself."""
    names = [path.rpartition("/")[0] for path in host.files if "/conf.d/" in path]
    for name in dict.fromkeys(names):
        yield (
            f"{name}/: start each daemon with --config-dir=/etc/{name} after its --config-file\n"
            "  options. oslo.config of 2013.1 reads no such directory by itself. Values in the\n"
            "  directory override those of the other files."
        )


def _others(series: str, host: RenderedHost) -> Iterator[str]:
    sudoers = [path for path in host.files if path.startswith(SUDOERS)]
    for path in host.files:
        if path in sudoers:
            yield f"{path} must have mode 0440 and belong to root, or sudo does not take it."
        elif path.endswith(f".{series}"):
            yield f"{path}: copy its lines into the file of that name, without the last suffix."
    if len(sudoers) > 1:
        yield (
            "Install only one of the files in sudoers.d. The one made of the filters allows less;\n"
            "  with both installed, it would deny some of what the other one allows."
        )


def _step(setting: SettingEntry) -> str:
    lines = [f"By hand: {one_line(setting.step or '')}", f"  {one_line(setting.why)}"]
    lines += [f"  Cost: {one_line(setting.cost)}"]
    lines += [f"  DANGER, accepted: {one_line(setting.danger)}"] if setting.danger else []
    return "\n".join(lines)


def render_document(host: RenderedHost, bases: Mapping[str, str], checked: bool) -> dict[str, Any]:
    """The JSON document of ``series config render``.

    :param checked: whether visudo checked sudoers files
    """
    return {
        "bases": dict(bases),
        "files": {path: sha256(data) for path, data in host.files.items()},
        "lines": [
            {"setting": one.setting, "file": one.file, "line": one.line} for one in host.lines
        ],
        "left_out": [
            {"setting": one.setting, "why": one.why, "instead": one.instead}
            for one in host.left_out
        ],
        "steps": [{"setting": one.name, "step": one.step} for one in host.steps],
        "sudoers_checked": checked,
    }


def setting_rows(setting: SettingEntry) -> list[tuple[str, str]]:
    """What a person should know of *setting*: a word, and its text."""
    place = f"/etc/{setting.file}" if setting.file else f"by hand: {setting.step}"
    rows = [
        ("where", f"{place} {setting.label if setting.option else ''}".strip()),
        ("value", value_words(setting)),
        ("default", "none" if setting.default is None else _shown(setting.default)),
        ("needs", f"the patch {setting.needs}" if setting.needs else ""),
        ("since", setting.since or ""),
        ("hosts", ", ".join(setting.hosts)),
        ("buys", setting.why),
        ("measured", setting.measured or ""),
        ("costs", setting.cost),
        ("danger", setting.danger or ""),
        ("instead", setting.narrow or ""),
        ("undo", _undo(setting)),
        ("source", setting.source),
    ]
    if not setting.option:
        rows = [row for row in rows if row[0] not in ("value", "default")]
    return [row for row in rows if row[1]]


def value_words(setting: SettingEntry) -> str:
    """The value of *setting*, its expression, or that only the site knows it."""
    if setting.site:
        return f"the site's own: {setting.site}"
    return setting.expression or _shown(setting.value)


def _undo(setting: SettingEntry) -> str:
    if setting.step:
        return "undo the step, and restart the daemons"
    if setting.form == "sudoers":
        return "delete the file"
    return "remove the line, and restart the daemons that read the file"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def registered_words(registered: Sequence[RegisteredOption]) -> str:
    """Where an option is registered, and by whom."""
    words = []
    for one in registered:
        by = "" if one.in_base else ", by a patch of the series"
        default = one.registration.default
        shown = "none" if default is None else _shown(default)
        words.append(f"{one} ({one.registration.kind}, default {shown}{by})")
    return "; ".join(words)


def registered_row(option: RegisteredOption) -> dict[str, Any]:
    """A registration in JSON."""
    found = option.registration
    return {
        "file": option.file,
        "line": found.line,
        "type": found.kind,
        "default": found.default,
        "in_base": option.in_base,
    }
