"""A sudoers file made of rootwrap filters: what a daemon's user may run as root, and no more.

sudoers knows less than rootwrap. A filter that it can say as narrowly becomes a rule; one that it
could only say more widely becomes a comment, which a person may turn into a rule.

Source of the filters' meaning: rootwrap/filters.py of nova and quantum 2013.1.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchseries.visible import visible

_PATH = re.compile(r"/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)*")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_WORD = re.compile(r"[A-Za-z0-9_./+-]+")
_RELAY = "QUANTUM_RELAY_SOCKET_PATH QUANTUM_NETWORK_ID"


class FiltersError(ValueError):
    """Words on a file of filters that cannot be read."""


@dataclass(frozen=True, slots=True)
class SudoRule:
    """What may be run as which user; ``wider``: why it is only a comment (None: it is a rule)."""

    run_as: str
    commands: tuple[str, ...]
    wider: str | None = None


@dataclass(frozen=True, slots=True)
class RootwrapFilter:
    """One line of a file of filters: the file and name, its class and arguments."""

    where: str
    kind: str
    arguments: tuple[str, ...]


def read_filters(name: str, data: bytes) -> list[RootwrapFilter]:
    """The filters of the file called *name*.

    :raises FiltersError: it cannot be read as rootwrap reads it
    """
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(data.decode())
        rows = parser.items("Filters")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise FiltersError(" ".join(f"{name}: {error}".split())) from error
    found = []
    for key, value in rows:
        kind, *arguments = (one.strip() for one in value.split(","))
        found.append(RootwrapFilter(f"{name}: {key}", kind, tuple(arguments)))
    return found


def sudoers_file(user: str, title: str, filters: Iterable[RootwrapFilter]) -> bytes:
    """The sudoers file that allows *user* what *filters* allow; *title* says whose they are."""
    rules: dict[SudoRule, list[str]] = {}
    keeps = False
    for one in filters:
        rules.setdefault(_rule(one), []).append(one.where)
        keeps = keeps or one.kind == "DnsmasqFilter"
    lines = [
        f"What {user} may run as another user, made of {title}.",
        "A rule is as wide as its filter. What sudo could only allow more widely is a comment:",
        "read it, and remove the # only if you accept that.",
    ]
    text = [*(f"# {line}" for line in lines), f"Defaults:{user} !requiretty"]
    if keeps:
        text.append(f'Defaults:{user} env_keep += "{_RELAY}"')
    # the last line that matches counts: what a person may allow stands behind what forbids it
    for rule, places in sorted(rules.items(), key=lambda one: one[0].wider is not None):
        text += ["", *_commented(places, rule.wider)]
        mark = "# " if rule.wider else ""
        if rule.commands:
            what = ", ".join(rule.commands)
            text.append(f"{mark}{user} ALL = ({rule.run_as}) NOPASSWD: {what}")
    return ("\n".join(text) + "\n").encode()


def _commented(places: list[str], wider: str | None) -> Iterator[str]:
    """Where a rule is from, and why it is none; what is upstream's text cannot end the comment."""
    for place in places:
        yield f"# {_plain(place)}"
    if wider:
        yield f"#   not allowed: {_plain(wider)}"


def _plain(text: str) -> str:
    shown = visible(text).replace("\n", " ")
    return f"{shown} ." if shown.endswith("\\") else shown  # it would go on in the next line


def _rule(allowed: RootwrapFilter) -> SudoRule:
    """What sudo can say of a filter."""
    if allowed.kind == "KillFilter":
        return _kill(allowed.arguments)
    if allowed.kind == "ReadFileFilter":
        return _read_file(allowed.arguments)
    made = _RULES.get(allowed.kind)
    if made is None:
        return SudoRule("root", (), f"the filter {allowed.kind} is not known")
    path, run_as = (*allowed.arguments, "", "")[:2]
    if not (_PATH.fullmatch(path) and _USER.fullmatch(run_as)):
        return SudoRule("root", (), "its path or user has unusual characters")
    rule = made(path, allowed.arguments[2:])
    return SudoRule(run_as, rule.commands, rule.wider)


def _command(path: str, _: tuple[str, ...]) -> SudoRule:
    return SudoRule("root", (path,))


def _exact(path: str, patterns: tuple[str, ...]) -> SudoRule:
    """A filter with a pattern for each argument, the command's name first."""
    if all(_WORD.fullmatch(one) and "." not in one and "+" not in one for one in patterns[1:]):
        return SudoRule(
            "root", (" ".join([path, *patterns[1:]]) if patterns[1:] else f'{path} ""',)
        )
    words = " ".join(patterns[1:])
    return SudoRule("root", (), f"sudo of 2013 has no regular expressions: {path} {words}")


def _ip(path: str, _: tuple[str, ...]) -> SudoRule:
    """Everything but ``ip netns``, of which list, add and delete; the last that matches counts."""
    netns = [f"{path} netns {word}" for word in ("list", "add *", "delete *")]
    return SudoRule("root", (path, f"!{path} netns *", *netns))


def _netns(path: str, _: tuple[str, ...]) -> SudoRule:
    why = "the filter looks at the command in the namespace, sudo would run any as root"
    return SudoRule("root", (f"{path} netns exec *",), why)


def _kill(arguments: tuple[str, ...]) -> SudoRule:
    run_as, program, *signals = (*arguments, "", "")[:2] + arguments[2:]
    if not (_USER.fullmatch(run_as) and all(re.fullmatch(r"-[A-Z0-9]+", one) for one in signals)):
        return SudoRule("root", (), "its user or signals have unusual characters")
    which = [f"/bin/kill {signal} [0-9]*" for signal in signals] or ["/bin/kill [0-9]*"]
    why = f"the filter ends {program} alone, sudo would end any process"
    return SudoRule(run_as, tuple(which), why)


def _read_file(arguments: tuple[str, ...]) -> SudoRule:
    path = (*arguments, "")[0]
    if not _PATH.fullmatch(path):
        return SudoRule("root", (), "its path has unusual characters")
    return SudoRule("root", (f"/bin/cat {path}",))


_RULES: Mapping[str, Callable[[str, tuple[str, ...]], SudoRule]] = {
    "CommandFilter": _command,
    "DnsmasqFilter": _command,
    "DnsmasqNetnsFilter": _netns,
    "IpFilter": _ip,
    "IpNetnsExecFilter": _netns,
    "RegExpFilter": _exact,
}
"""The filters with a path, a user and more: what is made of the path and of what is more."""
