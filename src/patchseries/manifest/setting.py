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
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{1,99}")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+~:-]{0,99}")
_LARGEST = 10**12


def _option(text: str) -> str:
    if not _OPTION.fullmatch(text):
        raise ValueError(f"expected a name of letters, digits, '_', '.' and '-', not {text!r}")
    return text


def _user(text: str) -> str:
    if not _USER.fullmatch(text):
        raise ValueError(f"expected the name of a system user, not {text!r}")
    return text


def _package(text: str) -> str:
    if not _PACKAGE.fullmatch(text):
        raise ValueError(f"expected the name of a Debian package, not {text!r}")
    return text


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise ValueError(f"expected the version of a Debian package, not {text!r}")
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
PackageName = Annotated[str, AfterValidator(_package)]
PackageVersion = Annotated[str, AfterValidator(_version)]
Value = Annotated[bool | int | str, BeforeValidator(_value)]
ExpressionText = Annotated[str, AfterValidator(_expression)]


class SudoersTable(Table):
    """What a daemon's user may run as root: made of the rootwrap filters of each base.

    ``filters`` is the directory of the upstream's tree that holds them.
    """

    user: UserName
    filters: ProjectFile


class PackageTable(Table):
    """A Debian package of the host, and the version that it needs at least."""

    name: PackageName
    version: PackageVersion


class SettingEntry(Table):
    """One setting: where it is made, its value, why, and what it costs.

    Its value is one of ``value``, ``expression``, and ``site`` (words: only the site knows it).
    ``multi`` is for an option that may be given several times: the value is one of them. A
    ``step`` is done by hand on the host and has no file; ``package`` is what an audit sees of it.
    ``danger`` says what can go wrong: it is never rendered unasked, and ``narrow`` is what to do
    instead. ``sudoers`` is made when a danger is accepted that needs it.
    """

    name: Slug
    project: str | None = None
    component: Slug | None = None
    file: ProjectFile | None = None
    form: Literal["ini", "libvirt", "limits", "line", "memcached", "sudoers"] = "ini"
    section: OptionName | None = None
    option: OptionName | None = None
    value: Value | None = None
    expression: ExpressionText | None = None
    site: Words | None = None
    multi: bool = False
    step: Words | None = None
    package: PackageTable | None = None
    default: Value | None = None
    needs: str | None = None
    since: Rev | None = None
    hosts: tuple[Slug, ...] = ()
    daemons: tuple[Slug, ...] = ()
    why: Words
    measured: Words | None = None
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
        if self.daemons and self.form != "ini":
            raise ValueError("daemons is for form = 'ini'")
        self._check_place()
        return self

    def _check_place(self) -> None:
        """The keys that say where it is made fit each other."""
        given = [self.value, self.expression, self.site, self.step]
        if sum(one is not None for one in given) != 1:
            raise ValueError("expected one of: value, expression, site, step")
        where = (self.section, self.option, self.default)
        if self.package and self.step is None:
            raise ValueError("package goes with step: it is what an audit sees of it")
        if self.step is not None:
            if self.project or any(one is not None for one in (self.file, *where)):
                raise ValueError("a step is done by hand: it has no project, file, section, option")
        elif self.file is None:
            raise ValueError("the key 'file' is missing")
        elif self.form in ("line", "sudoers"):
            if any(one is not None for one in where) or not isinstance(self.value, str):
                raise ValueError(f"form = {self.form!r}: the whole line is one text, in value")
        else:
            self._check_option()
        if self.form == "sudoers":
            self._check_sudoers()

    def _check_sudoers(self) -> None:
        if self.file and not re.fullmatch(r"sudoers\.d/[A-Za-z0-9_-]+", self.file):
            raise ValueError("file: expected sudoers.d/NAME; sudo skips a name with a dot")
        if not self.danger:
            raise ValueError("a line of sudoers needs danger and narrow")

    def _check_option(self) -> None:
        if self.option is None:
            raise ValueError("the key 'option' is missing")
        if (self.section is None) == (self.form in ("ini", "limits")):
            raise ValueError("section is for form = 'ini' and 'limits' (the domain), needed there")
        if self.form == "libvirt" and isinstance(self.value, str) and '"' in self.value:
            raise ValueError("value: a text for libvirt cannot hold a double quote")
        if self.form == "memcached" and len(self.option) > 1:
            raise ValueError("option: expected the letter of an option of memcached")
        if self.multi and self.form != "ini":
            raise ValueError("multi is for form = 'ini'")

    @property
    def label(self) -> str:
        """What the file calls it: the option, with its section or dash."""
        if self.option is None:
            return "this line"
        if self.form == "memcached":
            return f"-{self.option}"
        return f"[{self.section}] {self.option}" if self.section else self.option

    @property
    def kind(self) -> str:
        """What type the option has: ``boolean``, ``integer``, ``string`` or ``MultiStr``."""
        if self.multi:
            return "MultiStr"
        if isinstance(self.value, bool):
            return "boolean"
        return "integer" if self.expression or isinstance(self.value, int) else "string"

    @property
    def is_registered(self) -> bool:
        """Whether the project's sources must register it as an option."""
        return self.project is not None and self.form == "ini"
