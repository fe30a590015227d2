"""The paths and links of somebody's debian/: plain, in no other file, and never out of the tree."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from patchseries.debian.request import DebianDirectory
from patchseries.errors import SeriesError

_MOST = 20_000  # files: a real debian/ has a few thousand
_LONGEST_NAME = 255  # bytes, as file systems have it
_LONGEST_PATH = 1000  # bytes: the system's limit leaves room for the directories above
_LONGEST_TARGET = 4095  # bytes, as the system has it
_MOST_LINKS = 40  # one after the other, as the system has it


def check_count(number: int, origin: str) -> None:
    """Refuse more files than any debian/ has.

    :raises SeriesError: there are too many
    """
    if number > _MOST:
        raise SeriesError(f"the debian/ of {origin} has more than {_MOST} files")


def check_path(path: str, origin: str) -> None:
    """Refuse a path below debian/ that is not a plain relative one.

    :raises SeriesError: absolute, empty parts, ``.``, ``..``, control characters, too long
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or any(ord(c) < 32 for c in path):
        raise SeriesError(f"{origin} has an unsafe path in debian/: {path!r}")
    if (
        len(os.fsencode(path)) > _LONGEST_PATH
        or len(os.fsencode(max(parts, key=len))) > _LONGEST_NAME
    ):
        raise SeriesError(f"{origin} has a path in debian/ that is too long: {path[:80]!r}…")


def check_nesting(files: DebianDirectory, origin: str) -> None:
    """Refuse a path below another that is a file or a link: it would be written elsewhere.

    :raises SeriesError: there is one
    """
    for path in files:
        for above in map(str, PurePosixPath(path).parents):
            if above in files:
                raise SeriesError(
                    f"{origin}: debian/{path} lies below debian/{above}, which is no directory"
                )


def check_links(files: DebianDirectory, origin: str) -> None:
    """Refuse a link that leads out of the source tree; to another place in it, it may lead.

    :raises SeriesError: there is one, or one that no file system holds
    """
    links = {path: file.data for path, file in files.items() if file.mode == "120000"}
    for path, target in links.items():
        shown = os.fsdecode(target)
        if not 0 < len(target) <= _LONGEST_TARGET or any(byte < 32 for byte in target):
            raise SeriesError(f"{origin}: the link debian/{path} is unsafe: {shown[:80]!r}")
        if not _stays_inside(path, links):
            raise SeriesError(f"{origin}: the link debian/{path} leads out of the tree: {shown}")


def _stays_inside(path: str, links: Mapping[str, bytes]) -> bool:
    """Whether the link debian/*path* leads to a place in the source tree, and by no way around.

    Other links below debian/ are followed as the system would; a name alone does not show where
    ``a/..`` is when ``a`` is a link.
    """
    place = ["debian", *path.split("/")[:-1]]
    ahead = [path.split("/")[-1]]
    followed = 0
    while ahead:
        part = ahead.pop()
        if part == "..":
            if not place:
                return False
            place.pop()
        elif part not in ("", "."):
            place.append(part)
            target = _target(place, links)
            if target is not None:
                followed += 1
                if followed > _MOST_LINKS or target.startswith("/"):
                    return False
                place.pop()
                ahead += target.split("/")[::-1]
    return True


def _target(place: Sequence[str], links: Mapping[str, bytes]) -> str | None:
    """Where the path *place* of the source tree leads to, if it is a link below debian/."""
    found = links.get("/".join(place[1:])) if place[0] == "debian" else None
    return None if found is None else os.fsdecode(found)
