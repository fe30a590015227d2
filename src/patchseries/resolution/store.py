"""A resolution as a file that people read, and may write: TOML with literal text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AoT, Item, String, StringType, Table, Trivia

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
_HEAD = (
    "How a person resolved one conflict. `key` is a digest of its three sides. `take` names",
    "lines of a side, counted from 1, `indent` spaces more than there; `text` is new.",
)


def format_resolution(resolution: Resolution) -> str:
    """*resolution* as text; :func:`parse_resolution` is the inverse."""
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    values: dict[str, Any] = {
        "schema": SCHEMA,
        "patch": resolution.patch,
        "path": resolution.path,
        "key": resolution.key,
        "choice": resolution.choice,
        "author": resolution.author,
        "date": date.fromisoformat(resolution.date),
        "reason": resolution.reason,
    }
    for key, value in values.items():
        document.add(key, tomlkit.item(value))
    if resolution.gone:
        document.add("gone", tomlkit.item(True))
    if resolution.pieces:
        document.add("piece", _pieces(resolution.pieces))
    if resolution.edits:
        document.add("edit", _edits(resolution.edits))
    if resolution.files:
        document.add("file", _files(resolution.files))
    return tomlkit.dumps(document)


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


def _pieces(pieces: Sequence[Piece]) -> AoT:
    array = tomlkit.aot()
    for piece in pieces:
        table = tomlkit.table()
        if isinstance(piece, Take):
            table.add("take", str(piece))
            if piece.indent:
                table.add("indent", piece.indent)
        else:
            _add_text(table, b"".join(piece.lines))
        array.append(table)
    return array


def _edits(edits: Sequence[EditBeside]) -> AoT:
    array = tomlkit.aot()
    for edit in edits:
        table = tomlkit.table()
        table.add("path", edit.path)
        table.add("key", edit.key)
        table.add("lines", tomlkit.item([edit.before, edit.old, edit.after]))
        if edit.pieces:
            table.add("piece", _pieces(edit.pieces))
        array.append(table)
    return array


def _files(changes: Sequence[FileChange]) -> AoT:
    array = tomlkit.aot()
    for change in changes:
        table = tomlkit.table()
        table.add("path", change.path)
        match change:
            case NewFile(_, mode, lines):
                table.add("change", "new")
                table.add("mode", mode)
                _add_text(table, b"".join(lines))
            case RemovedFile(_, was):
                table.add("change", "removed")
                table.add("was", was)
            case MovedFile(_, source, was):
                table.add("change", "renamed")
                table.add("from", source)
                if was is not None:
                    table.add("was", was)
            case ChangedMode(_, old, new):
                table.add("change", "mode")
                table.add("old", old)
                table.add("new", new)
        array.append(table)
    return array


def _add_text(table: Table, data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        table.add("encoding", "latin-1")
    table.add("text", _string(text))


def _string(text: str) -> Item:
    """A multi-line literal; what that cannot hold as an escaped string."""
    printable = all(c in "\n\t" or (ord(c) >= 32 and ord(c) != 127) for c in text)
    if printable and "'''" not in text and not text.endswith("'"):
        # made by hand: what tomlkit.string does with a leading newline is a matter of its version
        return String(StringType.MLL, text, f"\n{text}", Trivia())
    return tomlkit.item(text)


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
