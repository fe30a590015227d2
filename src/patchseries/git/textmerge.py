"""git's three-way merge of one text, as data: agreed lines and the regions left open."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from patchseries import process
from patchseries.git.environment import NOWHERE
from patchseries.model import Sides

Lines = tuple[bytes, ...]
"""Lines with their ends; only LF ends a line."""


Region = Sides[Lines]
"""What one conflict is about: the lines that stand there in the three texts."""


def merge_text(
    ancestor: bytes, ours: bytes, theirs: bytes, env: Mapping[str, str]
) -> tuple[Lines | Region, ...]:
    """The merge in order, as ``diff3`` markers show it; a marker can be told from any content."""
    size = size_of_markers(ancestor, ours, theirs)
    with tempfile.TemporaryDirectory(prefix="series-merge-") as directory:
        paths = []
        for name, data in (("ours", ours), ("ancestor", ancestor), ("theirs", theirs)):
            path = Path(directory) / name
            path.write_bytes(data)
            paths.append(path)
        merged = process.run(
            [
                "git",
                NOWHERE,
                "merge-file",
                "-p",
                "--diff3",
                f"--marker-size={size}",
                "-L",
                "",
                "-L",
                "",
                "-L",
                "",
                *paths,
            ],
            cwd=Path(directory),
            env=env,
            accept=range(128),
        ).stdout
    chunks = _chunks(split_lines(merged), size)
    if chunks and isinstance(chunks[-1], Sides):
        # git ends the last line of each side before it sets the next marker
        chunks[-1] = Sides(
            _ended(chunks[-1].ancestor, ancestor),
            _ended(chunks[-1].ours, ours),
            _ended(chunks[-1].theirs, theirs),
        )
    return tuple(chunks)


def split_lines(data: bytes) -> list[bytes]:
    """Lines with their ends; only LF ends a line.

    >>> split_lines(b"one\\r\\ntwo\\x0bmore\\nlast")
    [b'one\\r\\n', b'two\\x0bmore\\n', b'last']
    """
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _ended(lines: Lines, data: bytes) -> Lines:
    """*lines*, the last of *data*, ending as *data* ends."""
    if not lines or data.endswith(b"\n"):
        return lines
    return (*lines[:-1], lines[-1].removesuffix(b"\n"))


def size_of_markers(*sides: bytes) -> int:
    """One more than the longest run of a marker's sign that starts a line of any side.

    >>> size_of_markers(b"=======\\n", b"x"), size_of_markers(b"=" * 9)
    (8, 10)
    """
    runs = (re.findall(rb"^(?:<+|\|+|=+|>+)", side, re.M) for side in sides)
    return max([7, *(len(run) + 1 for found in runs for run in found)])


def _chunks(lines: Sequence[bytes], size: int) -> list[Lines | Region]:
    chunks: list[Lines | Region] = []
    parts: list[list[bytes]] = [[]]
    markers = tuple(sign * size for sign in (b"<", b"|", b"=", b">"))
    for line in lines:
        at = next((n for n, marker in enumerate(markers) if line.startswith(marker)), None)
        if at is None:
            parts[-1].append(line)
        elif at in (1, 2):
            parts.append([])
        else:
            chunks += _closed(parts)
            parts = [[]]
    return chunks + _closed(parts)


def _closed(parts: list[list[bytes]]) -> list[Lines | Region]:
    """The agreed lines (one part) or the region (three: ours, ancestor, theirs) that ends here."""
    if len(parts) == 1:
        return [tuple(parts[0])] if parts[0] else []
    ours, ancestor, theirs = map(tuple, parts)
    return [Sides(ancestor, ours, theirs)]
