"""The ``[[patch]]`` tables of a manifest reordered, added or taken out, by whole lines.

No line is rewritten: comments, order and style of all else stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchseries.manifest.positions import Path, key_lines
from patchseries.parsing import NotTomlError, parse_toml


def reordered(text: str, names: Sequence[str]) -> str:
    """The manifest *text* with the patches *names* in that order, on the places they hold.

    A table moves with its subtables and the comment lines right above it; what stands between
    two tables (blank lines, comments set off by them, other tables) stays where it is.

    :raises ValueError: a table is not a block of lines of its own (an inline array, or a subtable
        that stands apart), so that moving the lines would not give the new order
    """
    data = parse_toml(text)
    patches = data["patch"]
    at = {one["name"]: index for index, one in enumerate(patches)}
    places = sorted(at[name] for name in names)
    lines = text.split("\n")
    spans = _spans(lines, key_lines(text), len(patches))
    moved = [lines[spans[at[name]]] for name in names]
    order = list(patches)
    for place, name, block in reversed(list(zip(places, names, moved, strict=True))):
        lines[spans[place]] = block
        order[place] = patches[at[name]]
    new = "\n".join(lines)
    if _loaded(new) != data | {"patch": order}:
        raise ValueError("a [[patch]] table is not written in consecutive lines of its own")
    return new


def appended(text: str, table: str, value: Mapping[str, object]) -> str:
    """The manifest *text* with the patch *table*, which holds *value*, behind its last patch.

    :param table: TOML lines, each ended by a line feed
    :raises ValueError: the patches are not tables (``[[patch]]``)
    """
    data = parse_toml(text)
    patches = data.get("patch", [])
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    end = len(lines)
    if patches:
        end = _spans(lines, key_lines(text), len(patches))[-1].stop
    before = "\n".join(lines[:end]).rstrip("\r\n")
    after = "\n".join(lines[end:]).strip("\r\n")
    parts = [before, table.rstrip("\n").replace("\n", ending), *([after] if after else [])]
    new = (ending * 2).join(parts) + ending
    if _loaded(new) != data | {"patch": [*patches, value]}:
        raise ValueError("a [[patch]] table is not written in consecutive lines of its own")
    return new


def without(text: str, name: str) -> str:
    """The manifest *text* without the patch *name*, and the comment lines right above it.

    :raises ValueError: its table is not a block of lines of its own
    """
    data = parse_toml(text)
    patches = data["patch"]
    index = next(number for number, one in enumerate(patches) if one["name"] == name)
    lines = text.split("\n")
    span = _spans(lines, key_lines(text), len(patches))[index]
    end = span.stop
    while end < len(lines) and not lines[end].strip():
        end += 1
    if end == len(lines):  # it was the last: the blank lines before it go, those at the end stay
        start = span.start
        while start > 0 and not lines[start - 1].strip():
            start -= 1
        kept = lines[:start] + lines[span.stop :]
    else:
        kept = lines[: span.start] + lines[end:]
    new = "\n".join(kept)
    rest = patches[:index] + patches[index + 1 :]
    wanted = {key: value for key, value in data.items() if key != "patch"}
    if _loaded(new) != wanted | ({"patch": rest} if rest else {}):
        raise ValueError("its [[patch]] table is not written in consecutive lines of its own")
    return new


def _loaded(text: str) -> object:
    try:
        return parse_toml(text)
    except NotTomlError:
        return None


def _spans(lines: Sequence[str], keys: Mapping[Path, int], count: int) -> list[slice]:
    """The lines of each of the *count* patch tables, by the lines (from 1) of all *keys*."""
    heads = [keys["patch", index] - 1 for index in range(count)]
    others = {line - 1 for path, line in keys.items() if path[0] != "patch"}
    bounds = sorted({*heads, *others, len(lines)})
    spans = []
    for head in heads:
        following = next(line for line in bounds if line > head)
        last = _last_key(lines, head, following)
        limit = following if following == len(lines) else _first_comment(lines, following)
        end = last + 1
        while end < limit and _is_comment(lines[end]):
            end += 1
        spans.append(slice(_first_comment(lines, head), end))
    return spans


def _last_key(lines: Sequence[str], head: int, following: int) -> int:
    """The last line from *head* on, before *following*, that is more than blank or a comment."""
    last = following - 1
    while last > head and (not lines[last].strip() or _is_comment(lines[last])):
        last -= 1
    return last


def _first_comment(lines: Sequence[str], head: int) -> int:
    """The first of the comment lines right above *head*, or *head*."""
    while head > 0 and _is_comment(lines[head - 1]):
        head -= 1
    return head


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
