"""A package of an oven, its upstream, and its packaging repository: what `series upgrade` is for.

Upstream's 2.0 has moved lines (`shift`), another context (`near`), one patch merged in 1.1
(`merged`) and, where it is asked for, other lines where a patch changes some (`clash`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from support.upstreams import Upstream

URL = "https://upstream.invalid/org/oven.git"
CHANGE = "I0123456789abcdef0123456789abcdef01234567"
HEADER = "Description: %s\nAuthor: Ada Baker <ada@test.invalid>\nForwarded: no\n\n"


def lines(word: str, **other: str) -> list[str]:
    """Nine lines of *word*; ``_5="five"`` says what the fifth is."""
    return [other.get(f"_{number}", f"{word} {number}") for number in range(1, 10)]


def text(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in parts).encode()


def patch(name: str, number: int, new: str, context: int = 3) -> bytes:
    """The patch that makes line *number* of the file *name* another."""
    there = lines(name)
    first, last = max(number - context, 1), min(number + context, 9)
    body = [
        line
        for at in range(first, last + 1)
        for line in ([f"-{there[at - 1]}", f"+{new}"] if at == number else [f" {there[at - 1]}"])
    ]
    size = last - first + 1
    hunk = f"@@ -{first},{size} +{first},{size} @@"
    return (HEADER % name).encode() + text(f"--- a/{name}", f"+++ b/{name}", hunk, *body)


PATCHES = {
    "series": b"# the packager's order\nshift.patch\nnear.diff\nmerged.patch\n",
    "shift.patch": patch("shift", 5, "five"),
    "near.diff": patch("near", 5, "five"),
    "merged.patch": f"Change-Id: {CHANGE}\n".encode() + patch("merged", 5, "five"),
    "README": b"How we name patches.\n",
}
CLASH = {
    **PATCHES,
    "series": PATCHES["series"] + b"clash.patch\n",
    "clash.patch": patch("clash", 5, "five"),
}
CHANGELOG = b"""\
oven (1:1.0-2+deb12u1) bookworm-security; urgency=high

  * Hotter.

 -- Ada Baker <ada@test.invalid>  Mon, 01 Jul 2013 12:00:00 +0000
"""
DEBIAN: Mapping[str, bytes] = {
    "changelog": CHANGELOG,
    "control": b"Source: oven\nSection: misc\nPriority: optional\nStandards-Version: 4.6.2\n"
    b"Maintainer: Ada Baker <ada@test.invalid>\nHomepage: https://oven.invalid/\n\n"
    b"Package: oven\nArchitecture: all\nDescription: bakes\n Bread.\n",
    "copyright": b"It is free.\n",
    "rules": b"#!/usr/bin/make -f\n%:\n\tdh $@\n",
    "source/format": b"3.0 (quilt)\n",
    "upstream/metadata": f"Repository: {URL}\n".encode(),
}


def make_upstream(path: Path) -> Upstream:
    """The upstream at *path*, with the releases 1.0, 1.1 and 2.0."""
    made = Upstream(path)
    add_releases(made)
    return made


def add_releases(made: Upstream, branch: str = "master", prefix: str = "") -> None:
    """The releases as tags below *prefix*, on *branch*."""

    def release(files: Mapping[str, bytes | None], message: str, name: str) -> None:
        made.commit(files, message, branch=branch)
        made.tag(f"{prefix}{name}", f"refs/heads/{branch}")

    names = ("shift", "near", "merged", "clash")
    release({name: text(*lines(name)) for name in names}, "Begin", "1.0")
    five = text(*lines("merged", _5="five"))
    release({"merged": five}, f"Five\n\nChange-Id: {CHANGE}", "1.1")
    changed = {
        "shift": text("new", "new", *lines("shift")),
        "near": text(*lines("near", _3="three")),
        "clash": text(*lines("clash", _5="cinque")),
    }
    release(changed, "Go on", "2.0")


def make_tree(
    top: Path, patches: Mapping[str, bytes], debian: Mapping[str, bytes] = DEBIAN
) -> Path:
    """The packaging repository *top*, whose work tree has what was committed."""
    files = {f"debian/{name}": data for name, data in debian.items()}
    files |= {f"debian/patches/{name}": data for name, data in patches.items()}
    for name, data in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with Upstream(top / ".git") as repository:
        repository.commit(dict(files), "Package", modes={"debian/rules": "100755"})
    (top / "debian" / "rules").chmod(0o755)
    return top


def commit_tree(top: Path, gone: Sequence[str] = ()) -> None:
    """Commit the debian/ of the work tree *top*, without the files *gone*."""
    files: dict[str, bytes | None] = {f"debian/{name}": None for name in gone}
    for path in (top / "debian").rglob("*"):
        if path.is_file():
            files[path.relative_to(top).as_posix()] = path.read_bytes()
    with Upstream(top / ".git") as repository:
        repository.commit(files, "Go on", modes={"debian/rules": "100755"})
