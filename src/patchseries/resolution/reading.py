"""The file of a resolution, read: what :mod:`patchseries.resolution.store` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchseries.git.textmerge import Lines, split_lines
from patchseries.parsing import parse_toml
from patchseries.resolution.edits import EditBeside
from patchseries.resolution.files import (
    ChangedMode,
    FileChange,
    MovedFile,
    NewFile,
    RemovedFile,
)
from patchseries.resolution.lines import Own, Piece, Take
from patchseries.resolution.replay import Resolution

SCHEMA = 1


def parse_resolution(text: str) -> Resolution:
    """The resolution that *text* holds.

    :raises ValueError: *text* is no resolution (tomllib's errors among them)
    """
    data = parse_toml(text)
    if data.get("schema") != SCHEMA:
        raise ValueError(f"schema is {repr(data.get('schema'))[:40]}, not {SCHEMA}")
    try:
        return Resolution(
            str(data["patch"]),
            str(data["path"]),
            str(data["key"]),
            tuple(_piece(one) for one in data.get("piece", [])),
            str(data["choice"]),
            str(data["author"]),
            data["date"].isoformat(),
            str(data["reason"]),
            bool(data.get("gone", False)),
            tuple(_edit(one) for one in data.get("edit", [])),
            tuple(_file(one) for one in data.get("file", [])),
        )
    except KeyError as error:
        raise ValueError(f"the key {error} is missing") from error
    except (TypeError, AttributeError, UnicodeError) as error:
        raise ValueError(f"a value of a wrong type: {error}") from error


def _piece(table: Mapping[str, Any]) -> Piece:
    if ("take" in table) == ("text" in table):
        raise ValueError("a piece needs either `take` or `text`")
    if "take" in table:
        return Take.parse(str(table["take"]), int(table.get("indent", 0)))
    return Own(_text_of(table))


def _text_of(table: Mapping[str, Any]) -> Lines:
    encoding = table.get("encoding", "utf-8")
    if encoding not in ("utf-8", "latin-1"):
        raise ValueError(f"not a text encoding: {str(encoding)[:40]!r}")
    return tuple(split_lines(table["text"].encode(encoding)))


def _edit(table: Mapping[str, Any]) -> EditBeside:
    before, old, after = (int(n) for n in table["lines"])
    pieces = tuple(_piece(one) for one in table.get("piece", []))
    return EditBeside(str(table["path"]), str(table["key"]), before, old, after, pieces)


def _file(table: Mapping[str, Any]) -> FileChange:
    path = _checked_path(table["path"])
    match table["change"]:
        case "new":
            return NewFile(path, _checked_mode(table["mode"]), _text_of(table))
        case "removed":
            return RemovedFile(path, str(table["was"]))
        case "renamed":
            was = table.get("was")
            return MovedFile(path, str(table["from"]), None if was is None else str(was))
        case "mode":
            return ChangedMode(path, str(table["old"]), _checked_mode(table["new"]))
    raise ValueError(f"not a change of a file: {table['change']!r}")


def _checked_path(value: Any) -> str:
    """*value* as a path that git takes: one that was written by hand may leave the tree."""
    parts = str(value).split("/")
    if "\0" in str(value) or any(
        part in ("", ".", "..") or part.lower() == ".git" for part in parts
    ):
        raise ValueError(f"not the path of a file: {value!r}")
    return str(value)


def _checked_mode(value: Any) -> str:
    if value not in ("100644", "100755"):
        raise ValueError(f"not the mode of a file: {value!r}")
    return str(value)
