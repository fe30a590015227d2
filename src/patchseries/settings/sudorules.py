"""What a sudoers file allows whom: its rules with aliases replaced, as far as an audit needs it.

Read are rules, ``User_Alias``, ``Runas_Alias`` and ``Cmnd_Alias``; hosts are not: a rule for other
hosts is taken for one of this host. ``@include`` is not followed. The tests compare this with
``cvtsudoers``.

Source: sudoers(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

from patchseries.settings.forms.form import lines_of

_ALIAS = re.compile(r"(User|Runas|Cmnd|Host)_Alias\s+(.*)", re.DOTALL)
_INCLUDE = re.compile(r"[#@]include(dir)?\s")
_COMMENT = re.compile(r"(?<!\\)#(?![0-9])")
_TAG = re.compile(r"(NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT)\s*:\s*")
_RUN_AS = re.compile(r"\(([^)]*)\)\s*")
_EQUALS = re.compile(r"(?<!\\)=")
_MORE_HOSTS = re.compile(r"(?<!\\):(?=[^:=,()]+=)")
_BEFORE_HOSTS = re.compile(r"(?<![,\s])\s+(?!,)")
_MEMBER = re.compile(r"(?:\\.|\([^()]*\)|[^,\\])+", re.DOTALL)
_DEEPEST = 10
_MOST_MEMBERS = 500
MOST_RULES = 5_000
"""Rules that are read at most; no host has a hundredth."""


@dataclass(frozen=True, slots=True)
class SudoSpec:
    """A rule: who may run what as whom, without a password or with one; its line (from 1)."""

    users: tuple[str, ...]
    run_as: tuple[str, ...]
    commands: tuple[str, ...]
    no_password: bool
    line: int

    @property
    def allows_all(self) -> bool:
        """Whether every command may be run as root, and no password is asked for."""
        as_root = not {"root", "ALL", "#0"}.isdisjoint(self.run_as or ("root",))
        return self.no_password and as_root and "ALL" in self.commands

    def same(self, other: SudoSpec) -> bool:
        """Whether *other* says the same, wherever it stands."""
        mine = (self.users, self.run_as or ("root",), self.commands, self.no_password)
        return mine == (other.users, other.run_as or ("root",), other.commands, other.no_password)


def read_rules(text: str) -> list[SudoSpec]:
    """The rules of *text*, which visudo has checked or should; what is no rule is left out.

    After one more than MOST_RULES nothing is read.

    >>> read_rules("ada ALL = (root) NOPASSWD: ALL\\n")[0].allows_all
    True
    """
    rows = list(_logical_lines(text))
    aliases: dict[tuple[str, str], list[str]] = {}
    for _, line in rows:
        if found := _ALIAS.fullmatch(line):
            for one in re.split(r"(?<!\\):", found[2]):
                name, _, members = one.partition("=")
                aliases[found[1], name.strip()] = _split(members)
    specs = (
        spec
        for number, line in rows
        if not (_ALIAS.match(line) or line.startswith("Defaults"))
        for spec in _specs(number, line, aliases)
    )
    return list(islice(specs, MOST_RULES + 1))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with those that it goes on in, without comments; where it starts."""
    start, joined = 0, ""
    for number, line in enumerate(lines_of(text), 1):
        if not joined:
            start = number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        joined += line
        if not _INCLUDE.match(joined) and (plain := _COMMENT.split(joined, maxsplit=1)[0].strip()):
            yield start, plain
        joined = ""


def _specs(
    number: int, line: str, aliases: Mapping[tuple[str, str], list[str]]
) -> Iterator[SudoSpec]:
    """The rules of one line: ``users hosts = (run as) tags commands : hosts = …``."""
    first, *others = _MORE_HOSTS.split(line)
    names, *rest = _EQUALS.split(first, maxsplit=1)
    users = _expanded(_split(_BEFORE_HOSTS.split(names.strip())[0]), "User", aliases)
    for text in [*rest, *(one.partition("=")[2] for one in others)]:
        run_as: tuple[str, ...] = ()
        no_password = False
        commands: list[tuple[tuple[tuple[str, ...], bool], str]] = []
        for member in _split(text):
            if given := _RUN_AS.match(member):
                run_as = _expanded(_split(given[1].partition(":")[0]), "Runas", aliases)
                member = member[given.end() :]
            while tag := _TAG.match(member):
                if "PASSWD" in tag[0]:
                    no_password = tag[1] is not None
                member = member[tag.end() :]
            commands.append(((run_as, no_password), member))
        for (as_whom, without), rows in groupby(commands, key=itemgetter(0)):
            whole = _expanded([member for _, member in rows], "Cmnd", aliases)
            yield SudoSpec(users, as_whom, whole, without, number)


def _expanded(
    names: list[str], kind: str, aliases: Mapping[tuple[str, str], list[str]], depth: int = 0
) -> tuple[str, ...]:
    """*names* with aliases replaced by what they stand for; one that stands for itself stays."""
    found: list[str] = []
    for name in names:
        members = aliases.get((kind, name)) if depth < _DEEPEST else None
        found += _expanded(members, kind, aliases, depth + 1) if members else [name]
        if len(found) > _MOST_MEMBERS:
            break
    return tuple(found[:_MOST_MEMBERS])


def _split(text: str) -> list[str]:
    """The members of a list, each with single spaces; a comma in brackets or escaped ends none."""
    return [" ".join(one.split()) for one in _MEMBER.findall(text) if one.strip()]
