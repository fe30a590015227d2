"""The ``[[patch]]`` tables of a manifest in another order: whole lines move, none is rewritten."""

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
        raise ValueError("a [[patch]] table is not a block of lines of its own")
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
