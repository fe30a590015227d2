"""Settings against the ported sources of each base: name, group, type, default, and the patch.

A file that no project's sources read (libvirtd.conf, sudoers) cannot be confirmed there, and a
setting in it is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from patchseries.checks.inputs import CheckedTarget, CheckInputs
from patchseries.checks.rule import Rule, error, warning
from patchseries.manifest import SettingEntry
from patchseries.model import Finding
from patchseries.settings.intree import RegisteredOption
from patchseries.settings.needed import missing_patch

UNKNOWN = error(
    "setting-unknown",
    "the ported sources have no such option",
    "oslo.config says nothing about an option that nobody registers: the line is there, and has "
    "no effect. With another type the daemon refuses it, or reads something else.",
    "correct name, section or value of the setting, or limit it with `since`",
)
WITHOUT_PATCH = error(
    "setting-without-patch",
    "a setting is there without the patch that it needs",
    "Without its patch an option is ignored, or is one that nobody registers.",
    "name the patch in `needs`, have it ported onto this base, or limit the setting with `since`",
)
DEFAULT_CHANGED = warning(
    "setting-default-changed",
    "the default of an option is not the one that the manifest says",
    "The reason for the setting was written for another default: it may be superfluous now, or "
    "wrong.",
    "read what changed upstream, and correct `default`",
)

RULES = (UNKNOWN, WITHOUT_PATCH, DEFAULT_CHANGED)


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Every setting of the selected projects, on each base."""
    for target in inputs.targets:
        if target.obstacle:
            continue  # that it could not be checked is said already
        for setting in inputs.manifest.settings_of(target.project, target.base):
            if setting.is_registered:
                yield from _Setting(inputs, target, setting).check()


class _Setting:
    """One setting on one base."""

    def __init__(self, inputs: CheckInputs, target: CheckedTarget, setting: SettingEntry) -> None:
        self._inputs = inputs
        self._target = target
        self._setting = setting
        self._named = f"{setting.name} on {target.base}"
        self._option = f"{setting.option} in [{setting.section}]"

    def check(self) -> Iterator[Finding]:
        missing = missing_patch(self._inputs.lock.cells, self._setting, self._target.base)
        registered, elsewhere = self._registered()
        if missing:
            yield self._finding(WITHOUT_PATCH, f"needs {missing}")
        elif not registered:
            where = [_place(one) for one in elsewhere]
            more = f"; it is {', '.join(where)}" if where else ""
            words = f"no source of {self._target.project} registers {self._option}{more}"
            yield self._finding(UNKNOWN, words)
        elif not (self._setting.needs or any(one.in_base for one in registered)):
            words = f"only a patch of the series registers {self._option}, at {registered[0]}"
            yield self._finding(WITHOUT_PATCH, f"{words}, and `needs` names none")
        else:
            yield from self._compare(registered)

    def _registered(self) -> tuple[list[RegisteredOption], list[RegisteredOption]]:
        """Where the option is registered in its group, and where in another."""
        mine = [o for o in self._target.options if o.registration.option == self._setting.option]
        right = [o for o in mine if o.registration.group == self._setting.section]
        return right, [o for o in mine if o not in right]

    def _compare(self, registered: list[RegisteredOption]) -> Iterator[Finding]:
        """Type and default, with what registers them."""
        for one in registered:
            found = one.registration
            if found.kind != self._setting.kind:
                words = f"{one} registers {self._option} as {found.kind}"
                yield self._finding(UNKNOWN, f"{words}, not as {self._setting.kind}")
            elif not found.is_literal:
                words = f"{one} registers {self._option} with the default {found.default}"
                yield self._finding(DEFAULT_CHANGED, f"{words}, which is no literal")
            elif repr(found.default) != repr(self._setting.default):
                words = f"{one} registers {self._option} with the default {_shown(found.default)}"
                wanted = _shown(self._setting.default)
                yield self._finding(DEFAULT_CHANGED, f"{words}, not {wanted}")

    def _finding(self, rule: Rule, words: str) -> Finding:
        index = self._inputs.manifest.settings.index(self._setting)
        return rule.finding(
            f"{self._named}: {words}",
            patch=self._setting.needs,
            file=self._inputs.manifest_file,
            line=self._inputs.manifest_line("setting", index),
            base=self._target.base,
        )


def _place(option: RegisteredOption) -> str:
    group = option.registration.group
    return f"in [{group}] at {option}" if group else f"in a group that is not known, at {option}"


def _shown(default: object) -> str:
    return "none" if default is None else repr(default)
