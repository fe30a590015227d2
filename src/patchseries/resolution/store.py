"""A resolution as a file that people read, and may write: TOML with literal text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AoT, Item, String, StringType, Table, Trivia

from patchseries.resolution.edits import EditBeside
from patchseries.resolution.files import (
    ChangedMode,
    FileChange,
    MovedFile,
    NewFile,
    RemovedFile,
)
from patchseries.resolution.lines import Piece, Take
from patchseries.resolution.reading import SCHEMA
from patchseries.resolution.replay import Resolution

_HEAD = (
    "How a person resolved one conflict. `key` is a digest of its three sides. `take` names",
    "lines of a side, counted from 1, `indent` spaces more than there; `text` is new.",
)


def format_resolution(resolution: Resolution) -> str:
    """*resolution* as text; ``parse_resolution`` (``reading``) is the inverse."""
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
