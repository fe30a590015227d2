"""What switches a patch on, or goes with it: the tables ``[[setting]]``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from patchseries.manifest.expression import parse_expression
from patchseries.manifest.source import Table
from patchseries.manifest.values import ProjectFile, Rev, Slug, Words

_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_LARGEST = 10**12


def _option(text: str) -> str:
    if not _OPTION.fullmatch(text):
        raise ValueError(f"expected a name of letters, digits, '_', '.' and '-', not {text!r}")
    return text


def _user(text: str) -> str:
    if not _USER.fullmatch(text):
        raise ValueError(f"expected the name of a system user, not {text!r}")
    return text


def _value(value: Any) -> Any:
    if not isinstance(value, bool | int | str):
        raise ValueError("expected true, false, a whole number or a text in quotes")
    if isinstance(value, str) and (not value.isprintable() or value != value.strip()):
        raise ValueError("expected one line without spaces around it")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError(f"expected at most {_LARGEST}")
    return value


def _expression(text: str) -> str:
    parse_expression(text)
    return text


OptionName = Annotated[str, AfterValidator(_option)]
UserName = Annotated[str, AfterValidator(_user)]
Value = Annotated[bool | int | str, BeforeValidator(_value)]
ExpressionText = Annotated[str, AfterValidator(_expression)]


class SudoersTable(Table):
    """What a daemon's user may run as root: made of the rootwrap filters of each base.

    ``filters`` is the directory of the upstream's tree that holds them.
    """

    user: UserName
    filters: ProjectFile


class SettingEntry(Table):
    """One setting: where it is made, its value, why, and what it costs.

    Its value is one of ``value``, ``expression``, and ``site`` (words: only the site knows it).
    A ``step`` is done by hand on the host and has no file. ``danger`` says what can go wrong:
    it is never rendered unasked, and ``narrow`` is what to do instead. ``sudoers`` is made when a
    danger is accepted that needs it.
    """

    name: Slug
    project: str | None = None
    component: Slug | None = None
    file: ProjectFile | None = None
    form: Literal["ini", "libvirt", "sudoers"] = "ini"
    section: OptionName | None = None
    option: OptionName | None = None
    value: Value | None = None
    expression: ExpressionText | None = None
    site: Words | None = None
    step: Words | None = None
    default: Value | None = None
    needs: str | None = None
    since: Rev | None = None
    hosts: tuple[Slug, ...] = ()
    why: Words
    cost: Words
    source: Words
    danger: Words | None = None
    narrow: Words | None = None
    sudoers: SudoersTable | None = None

    @model_validator(mode="after")
    def _fits(self) -> SettingEntry:
        if (self.project is None) == (self.component is None):
            raise ValueError("expected one of: project, component")
        if self.component and (self.needs or self.since or self.sudoers):
            raise ValueError("needs, since and sudoers are for a project's settings")
        if (self.danger is None) != (self.narrow is None):
            raise ValueError("danger and narrow go together: narrow says what to do instead")
        if self.sudoers and not self.danger:
            raise ValueError("sudoers needs danger: the file is the narrow way")
        if len(set(self.hosts)) != len(self.hosts):
            raise ValueError("hosts: one is listed twice")
        self._check_place()
        return self

    def _check_place(self) -> None:
        """The keys that say where it is made fit each other."""
        given = [self.value, self.expression, self.site, self.step]
        if sum(one is not None for one in given) != 1:
            raise ValueError("expected one of: value, expression, site, step")
        where = (self.section, self.option, self.default)
        if self.step is not None:
            if self.project or any(one is not None for one in (self.file, *where)):
                raise ValueError("a step is done by hand: it has no project, file, section, option")
        elif self.file is None:
            raise ValueError("the key 'file' is missing")
        elif self.form == "sudoers":
            if not re.fullmatch(r"sudoers\.d/[A-Za-z0-9_-]+", self.file):
                raise ValueError("file: expected sudoers.d/NAME; sudo skips a name with a dot")
            if any(one is not None for one in where) or not isinstance(self.value, str):
                raise ValueError("a line of sudoers is one text, in value")
        else:
            self._check_option()
        if self.form == "sudoers" and not self.danger:
            raise ValueError("a line of sudoers needs danger and narrow")

    def _check_option(self) -> None:
        if self.option is None:
            raise ValueError("the key 'option' is missing")
        if (self.section is None) == (self.form == "ini"):
            raise ValueError("section is for form = 'ini', and is needed there")
        if self.form == "libvirt" and isinstance(self.value, str) and '"' in self.value:
            raise ValueError("value: a text for libvirt cannot hold a double quote")

    @property
    def kind(self) -> str:
        """What type the option has: ``boolean``, ``integer`` or ``string``."""
        if isinstance(self.value, bool):
            return "boolean"
        return "integer" if self.expression or isinstance(self.value, int) else "string"

    @property
    def is_registered(self) -> bool:
        """Whether the project's sources must register it as an option."""
        return self.project is not None and self.form == "ini"
