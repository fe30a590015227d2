"""The lock: what a run depended on (pins) and what it made (cells), as TOML text.

One line an entry, sorted, so that two people's changes merge and a diff reads well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from patchseries.errors import SeriesError
from patchseries.files import read_file
from patchseries.model import CommitId, Outcome, commit_id
from patchseries.parsing import NotTomlError, parse_toml
from patchseries.redaction import has_user_info

SCHEMA = 1
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
"""What a string of TOML may hold as it is."""
_T = TypeVar("_T")
_HEAD = "Written by series: what was ported, from which commits, and with what result."


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's sign-off: who (``Name <mail>``), on which day, of which diff (its sha256).

    It holds for that diff only: when the port changes, it asks again.
    """

    by: str
    on: str
    diff: str


@dataclass(frozen=True, slots=True)
class InBase:
    """The commit by which a base contains a patch, and the evidence that it is the change."""

    commit: CommitId
    evidence: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What porting one patch onto one base gave; ``sha256`` is that of the patch file, if any.

    ``question`` is a digest of what the base's history was asked (None: it was not), and
    ``in_base`` what it answered (None: it does not contain the patch).
    """

    outcome: Outcome
    strategies: tuple[str, ...] = ()
    sha256: str | None = None
    accepted: Acceptance | None = None
    in_base: InBase | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a patch first landed upstream: the tag and the commit, as ``series status`` found."""

    tag: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class MadeFor:
    """The release that patch files were made for, where the manifest does not say it, as found."""

    tag: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class Lock:
    """The pins, by (repository URL, revision), the cells, by (patch, base), and what landed.

    ``landed``, by patch, is what patch headers say of it (``series status --record``).
    ``made_for``, by project and digest of its patch files, is what was searched for (None: there
    is no such release).
    """

    pins: Mapping[tuple[str, str], CommitId] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)
    landed: Mapping[str, Landed] = field(default_factory=dict)
    made_for: Mapping[tuple[str, str], MadeFor | None] = field(default_factory=dict)


def load(path: Path) -> Lock:
    """The lock in the file *path*; an empty one when there is no such file.

    :raises SeriesError: the file is no lock
    """
    try:
        text = read_file(path).decode("utf-8")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as error:
        raise SeriesError(f"cannot read {path}", cause=str(error)) from error
    try:
        return parse(text)
    except ValueError as error:
        line = error.line if isinstance(error, NotTomlError) else _line(text, error)
        raise SeriesError(
            f"{path}:{line or 1} is damaged",
            cause=str(error),
            hint="restore it from git, or delete it and run `series rebase`",
            place=(str(path), line or 1),
        ) from error


class _EntryError(ValueError):
    """An entry is wrong; ``path`` says which."""

    def __init__(self, path: tuple[str | int, ...], words: str) -> None:
        super().__init__(words)
        self.path = path


def _line(text: str, error: ValueError) -> int:
    from patchseries.manifest.positions import key_lines, line_of

    return line_of(key_lines(text), error.path) if isinstance(error, _EntryError) else 1


def parse(text: str) -> Lock:
    """The lock that *text* holds.

    :raises ValueError: it holds none
    """
    data = parse_toml(text)
    if data.get("schema") != SCHEMA:
        raise ValueError(f"schema is {repr(data.get('schema'))[:40]}, not {SCHEMA}")
    return Lock(
        dict(_entries(data, "pins", _pin)),
        dict(_entries(data, "cells", _placed_cell)),
        dict(_entries(data, "landed", _landed)),
        dict(_entries(data, "made-for", _made_for)),
    )


def _entries(
    data: Mapping[str, object], key: str, read: Callable[[Mapping[str, object]], _T]
) -> Iterator[_T]:
    rows = data.get(key, [])
    if not isinstance(rows, list):
        raise _EntryError((key,), f"{key}: expected a list")
    for number, row in enumerate(rows):
        try:
            if not isinstance(row, dict):
                raise ValueError("expected a table")
            yield read(row)
        except ValueError as error:
            raise _EntryError((key, number), f"{key}: {error}") from error


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if value is None:
        raise ValueError(f"the key {key!r} is missing")
    if not isinstance(value, str):
        raise ValueError(f"{key}: expected a string")
    return value


def _pin(table: Mapping[str, object]) -> tuple[tuple[str, str], CommitId]:
    place = _text(table, "repository"), _text(table, "rev")
    return place, commit_id(_text(table, "commit"))


def _placed_cell(table: Mapping[str, object]) -> tuple[tuple[str, str], Cell]:
    return (_text(table, "patch"), _text(table, "base")), _cell(table)


def _landed(table: Mapping[str, object]) -> tuple[str, Landed]:
    return _text(table, "patch"), Landed(_text(table, "tag"), commit_id(_text(table, "commit")))


def _made_for(table: Mapping[str, object]) -> tuple[tuple[str, str], MadeFor | None]:
    place = _text(table, "project"), _text(table, "files")
    if "tag" not in table:
        return place, None
    return place, MadeFor(_text(table, "tag"), commit_id(_text(table, "commit")))


def dump(lock: Lock) -> str:
    """*lock* as text; ``parse(dump(lock)) == lock``."""
    # a URL with a password in it, which older manifests could have, is pinned no more
    pins = sorted((pin, c) for pin, c in lock.pins.items() if not has_user_info(pin[0]))
    cells = sorted(lock.cells.items())
    landed = sorted(lock.landed.items())
    made_for = sorted(lock.made_for.items(), key=lambda row: row[0])
    parts = [
        f"# {_HEAD}\nschema = {SCHEMA}\n",
        _array("pins", ({"repository": r, "rev": v, "commit": str(c)} for (r, v), c in pins)),
        _array("cells", (_cell_table(p, b, cell) for (p, b), cell in cells)),
    ]
    if landed:
        rows = ({"patch": name, **asdict(found)} for name, found in landed)
        parts.append(_array("landed", rows))
    if made_for:
        tables = (_made_for_table(*place, found) for place, found in made_for)
        parts.append(_array("made-for", tables))
    return "\n".join(parts)


def _made_for_table(project: str, files: str, made_for: MadeFor | None) -> dict[str, object]:
    return {"project": project, "files": files, **(asdict(made_for) if made_for else {})}


def _cell(table: Mapping[str, object]) -> Cell:
    strategies = table.get("strategies", [])
    if not isinstance(strategies, list) or not all(isinstance(s, str) for s in strategies):
        raise ValueError("strategies: expected a list of strings")
    accepted = table.get("accepted")
    if accepted is not None and not isinstance(accepted, dict):
        raise ValueError("accepted: expected a table")
    in_base = table.get("in-base")
    if in_base is not None and not isinstance(in_base, dict):
        raise ValueError("in-base: expected a table")
    return Cell(
        Outcome(_text(table, "outcome")),
        tuple(strategies),
        _text(table, "sha256") if "sha256" in table else None,
        Acceptance(*(_text(accepted, key) for key in ("by", "on", "diff"))) if accepted else None,
        InBase(commit_id(_text(in_base, "commit")), _text(in_base, "evidence"))
        if in_base
        else None,
        _text(table, "asked") if "asked" in table else None,
    )


def _cell_table(patch: str, base: str, cell: Cell) -> dict[str, object]:
    table: dict[str, object] = {"patch": patch, "base": base, "outcome": str(cell.outcome)}
    if cell.strategies:
        table["strategies"] = list(cell.strategies)
    if cell.sha256 is not None:
        table["sha256"] = cell.sha256
    if cell.accepted:
        table["accepted"] = asdict(cell.accepted)
    if cell.in_base:
        table["in-base"] = asdict(cell.in_base)
    if cell.question:
        table["asked"] = cell.question
    return table


def _array(key: str, tables: Iterable[Mapping[str, object]]) -> str:
    """An array of tables, each on its line."""
    lines = "".join(f"\n    {_value(table)}," for table in tables)
    return f"{key} = [{lines}\n]\n" if lines else f"{key} = []\n"


def _value(value: object) -> str:
    """*value* in TOML: a text, a list, or an inline table."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if _PLAIN.fullmatch(text := str(value)):
        return f'"{text}"'
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    import tomlkit

    return tomlkit.string(text).as_string()


_PLAIN = re.compile(r"[ !#-\[\]-~]*")
"""A text that TOML has between quotes as it is: ASCII without quotes and backslashes."""
