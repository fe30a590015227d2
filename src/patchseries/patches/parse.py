"""A patch's diff as values. unidiff reads it; the bytes stay the truth.

unidiff works on text, so bytes go through Latin-1, which maps each byte to itself and back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MODE = re.compile(r"^(old mode|new mode|new file mode|deleted file mode) (\d{6})$", re.M)
_MOVES = re.compile(r"^(rename|copy) from ", re.M)
_NO_NEWLINE = "\\"


class PatchSyntaxError(ValueError):
    """The text is no diff that can be applied; its message says which line is wrong."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk: where it starts in the old file (from 1), the old lines and the new ones.

    Lines keep their line ends. ``leading`` and ``trailing`` count the context lines around it.
    """

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]
    leading: int
    trailing: int


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one path; ``old_path`` or ``new_path`` is None for /dev/null.

    ``moves`` is "rename" or "copy" where git says that it is one; else two different paths are two
    names for one file (``f.orig`` and ``f``).
    """

    old_path: str | None
    new_path: str | None
    old_mode: str | None
    new_mode: str | None
    hunks: tuple[Hunk, ...]
    binary: bool = False
    moves: str | None = None

    @property
    def path(self) -> str:
        """The path it is about."""
        return self.new_path or self.old_path or ""


def parse_patch(diff: bytes, strip: int = 1) -> tuple[FilePatch, ...]:
    """The files that *diff* (without the patch's head) changes, in order.

    :param strip: how many leading components of a name are not the tree's, as for ``patch -pN``
    :raises PatchSyntaxError: it is malformed

    >>> diff = b"--- a/f\\n+++ b/f\\n@@ -1,2 +1 @@\\n-old\\n kept\\n"
    >>> [patched] = parse_patch(diff)
    >>> patched.path, len(patched.hunks)
    ('f', 1)
    >>> parse_patch(diff.replace(b"-1,2", b"-1,3"))
    Traceback (most recent call last):
        ...
    patchseries.patches.parse.PatchSyntaxError: Hunk is shorter than expected
    """
    from unidiff import PatchSet, UnidiffParseError

    try:
        parsed = PatchSet.from_string(_with_plain_line_ends(diff).decode("latin-1"))
        return tuple(_file(patched, strip) for patched in parsed)
    except (UnidiffParseError, ValueError, AttributeError, IndexError) as error:
        raise PatchSyntaxError(str(error)) from error


def _with_plain_line_ends(diff: bytes) -> bytes:
    """*diff* as patch(1) reads it: where the names of a file end in CR, all its lines lose one."""
    if b"\r\n" not in diff:
        return diff
    lines = diff.split(b"\n")
    carriage = False
    for at, line in enumerate(lines):
        names = line.startswith(b"--- ") and b"".join(lines[at + 1 : at + 2]).startswith(b"+++ ")
        if names or line.startswith((b"diff --git ", b"Index: ")):
            carriage = line.endswith(b"\r")
        if carriage:
            lines[at] = line.removesuffix(b"\r")
    return b"\n".join(lines)


def _file(patched: object, strip: int) -> FilePatch:
    info = str(getattr(patched, "patch_info", None) or "")
    modes = dict(_MODE.findall(info))
    old = _path(str(getattr(patched, "source_file", "")), strip)
    new = _path(str(getattr(patched, "target_file", "")), strip)
    moves = _MOVES.search(info)
    if "new file mode" in modes:
        old = None
    if "deleted file mode" in modes:
        new = None
    return FilePatch(
        old,
        new,
        modes.get("old mode") or modes.get("deleted file mode"),
        modes.get("new mode") or modes.get("new file mode"),
        tuple(_hunk(h) for h in patched),  # type: ignore[attr-defined]
        bool(getattr(patched, "is_binary_file", False)),
        moves[1] if moves else None,
    )


def _path(name: str, strip: int) -> str | None:
    """The path below the tree: without *strip* components, as ``patch -pN`` reads it.

    :raises PatchSyntaxError: nothing is left without them
    """
    name = name.split("\t", 1)[0]
    if name == "/dev/null":
        return None
    path = "/".join(name.split("/")[strip:])
    if not path:
        where = "leading directory" if strip == 1 else f"{strip} leading directories"
        raise PatchSyntaxError(f"{name!r} has no {where} to strip (made with -p0?)")
    return path.encode("latin-1").decode("utf-8", "surrogateescape")


def _hunk(hunk: object) -> Hunk:
    old: list[bytes] = []
    new: list[bytes] = []
    kinds: list[str] = []
    for line in hunk:  # type: ignore[attr-defined]
        data = line.value.encode("latin-1")
        if line.line_type == _NO_NEWLINE:
            _drop_newline(kinds[-1] if kinds else " ", old, new)
            continue
        kinds.append(line.line_type or " ")
        if line.line_type != "+":
            old.append(data)
        if line.line_type != "-":
            new.append(data)
    changed = [i for i, kind in enumerate(kinds) if kind in "+-"] or [len(kinds)]
    return Hunk(
        int(getattr(hunk, "source_start", 0)),
        tuple(old),
        tuple(new),
        changed[0],
        len(kinds) - 1 - changed[-1] if changed[-1] < len(kinds) else 0,
    )


def _drop_newline(kind: str, old: list[bytes], new: list[bytes]) -> None:
    for lines, skipped in ((old, "+"), (new, "-")):
        if kind != skipped and lines:
            lines[-1] = lines[-1].removesuffix(b"\n")
