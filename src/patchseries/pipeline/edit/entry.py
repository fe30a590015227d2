"""A ``[[patch]]`` table more, or one less, in the text of a manifest: all else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomlkit

from patchseries.errors import DeclinedError
from patchseries.manifest.order import appended, without
from patchseries.model import ChangeId, CommitId

_LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class NewPatch:
    """A patch for the manifest. ``source`` is empty where what is tracked is also ported."""

    name: str
    project: str
    summary: str = ""
    change_id: ChangeId | None = None
    upstream: CommitId | None = None
    bugs: tuple[str, ...] = ()
    source: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def table(self) -> dict[str, Any]:
        """Its keys and values, as in the manifest."""
        bugs = [int(bug) if bug.isdecimal() else bug for bug in self.bugs]
        values: dict[str, Any] = {
            "name": self.name,
            "project": self.project,
            "summary": self.summary,
            "change-id": self.change_id,
            "upstream": self.upstream,
            "bugs": bugs,
            "source": dict(self.source),
        }
        return {key: value for key, value in values.items() if value}

    @property
    def text(self) -> str:
        """The table as TOML."""
        lines = [f"{key} = {_value(value)}\n" for key, value in self.table.items()]
        return "".join(["[[patch]]\n", *lines])


def name_from(subject: str, taken: Collection[str]) -> str:
    """A name that nothing of *taken* has: whole words of *subject*, fit for a file name.

    >>> name_from("Fix the N+1 query in _get_all()", [])
    'fix-the-n-1-query-in-get-all'
    >>> name_from("Fix: it", ["fix-it"]), name_from("\\u0001", [])
    ('fix-it-2', 'patch')
    """
    words = re.findall(r"[a-z0-9]+", subject[:1000].lower())
    name = ""
    for word in words:
        if len(f"{name}-{word}") > _LONGEST_NAME:
            break
        name = f"{name}-{word}" if name else word
    name = name or (words[0][:_LONGEST_NAME] if words else "patch")
    number = 2
    chosen = name
    while chosen in taken:
        chosen, number = f"{name}-{number}", number + 1
    return chosen


def summary_from(subject: str) -> str:
    """*subject*, of whoever wrote it, as one line that is safe to show."""
    shown = "".join(c if c.isprintable() else " " for c in subject[:1000])
    return " ".join(shown.split())[:200]


def with_entry(text: str, patch: NewPatch) -> str:
    """The manifest *text* with *patch* behind the last of its patches.

    :raises DeclinedError: the patches are not tables of lines of their own
    """
    try:
        return appended(text, patch.text, patch.table)
    except ValueError as error:
        raise DeclinedError(
            f"cannot add the patch to the manifest; write it there yourself: {error}"
        ) from error


def without_entry(text: str, name: str) -> str:
    """The manifest *text* without the patch *name* and the comment lines right above it.

    :raises DeclinedError: its table is not lines of its own
    """
    try:
        return without(text, name)
    except ValueError as error:
        raise DeclinedError(
            f"cannot take the patch out of the manifest; delete it there yourself: {error}"
        ) from error


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return str(tomlkit.item(value).as_string())
