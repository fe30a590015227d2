"""More bases for a project, in the text of a manifest: each behind the last one of its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

from patchseries.errors import DeclinedError
from patchseries.landed.scheme import Scheme
from patchseries.parsing import parse_toml


def with_bases(text: str, project: str, new: Sequence[str], scheme: Scheme) -> str:
    """The manifest *text* with the releases *new* among the bases of *project*.

    Each stands behind the last base of its line, else at the end. Comments and style stay.

    :raises DeclinedError: the list is written in a way that cannot be added to
    """
    document: Any = tomlkit.parse(text)
    bases = document["project"][project]["bases"]
    wanted = list(bases)
    for release in new:
        at = _place(wanted, release, scheme)
        if at == len(wanted):
            bases.append(release)
        else:
            bases.insert(at, release)
        wanted.insert(at, release)
    made = tomlkit.dumps(document)
    expected = parse_toml(text)
    expected["project"][project]["bases"] = wanted
    if parse_toml(made) != expected:
        raise DeclinedError(
            f"cannot add {', '.join(new)} to the bases of {project}",
            hint="write them into the manifest yourself",
        )
    return made


def with_orig(text: str, project: str, base: str, keys: Mapping[str, str]) -> str:
    """The manifest *text* with the tarball *keys* (``file``, ``sha256``) as that of *base*.

    :raises DeclinedError: the project is written in a way that cannot be added to
    """
    document: Any = tomlkit.parse(text)
    table: Any = tomlkit.inline_table()
    table.update(keys)
    mine = document["project"][project]
    if "orig" not in mine:
        mine["orig"] = tomlkit.inline_table()
    mine["orig"][base] = table
    made = tomlkit.dumps(document)
    expected = parse_toml(text)
    expected["project"][project].setdefault("orig", {})[base] = dict(keys)
    if parse_toml(made) != expected:
        raise DeclinedError(
            f"cannot add the tarball of {base} to {project}",
            hint="write it into the manifest yourself: orig = { BASE = { file, sha256 } }",
        )
    return made


def _place(bases: Sequence[str], release: str, scheme: Scheme) -> int:
    """Behind the last of *bases* of the line of *release*; at the end where none is."""
    place = scheme.tag(release)
    for at in range(len(bases), 0, -1):
        other = scheme.tag(bases[at - 1])
        if place and other and other.line == place.line:
            return at
    return len(bases)
