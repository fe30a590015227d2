"""Upstreams made to break who fetches them: commits, names, dates, trees."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

from hostile.runner import Case, World
from patchseries.git import TreeEntry
from patchseries.git.objects import format_tree

Plant = Callable[[World], object]
WHO = b"author A <a@b.invalid> 1365033600 +0000\ncommitter A <a@b.invalid> 1365033600 +0000\n"


def _raw(message: bytes = b"Fix\n", headers: bytes = WHO) -> Plant:
    """Plant a clean patch whose commit object has any bytes for *headers* and *message*."""

    def plant(world: World) -> None:
        tree = world.git("rev-parse", f"{world.commits['log']}^{{tree}}")
        parent = world.git("rev-parse", f"{world.commits['log']}^")
        fix = world.raw_commit(tree, parent, headers, message)
        world.git("update-ref", "refs/heads/fix", fix)
        world.patches(fix=fix)

    return plant


def _author(who: bytes) -> Plant:
    return _raw(headers=b"author " + who + b"\ncommitter " + who + b"\n")


def _tags(*names: str) -> Plant:
    def plant(world: World) -> None:
        for name in names:
            world.git("update-ref", f"refs/tags/{name}", world.commits["log"])

    return plant


def _deep(world: World) -> None:
    """A file 1,500 directories deep, changed by a patch and otherwise on 1.1."""
    start = _deep_commit(world, b"a\nb\nc\n", None)
    fix = _deep_commit(world, b"a\nfixed\nc\n", start)
    world.git("update-ref", "refs/heads/deep", fix)
    world.git("update-ref", "refs/tags/1.0", start)
    world.git("update-ref", "refs/tags/1.1", _deep_commit(world, b"a\nB\nc\n", start))
    world.patches(fix=fix)


def _deep_commit(world: World, data: bytes, parent: str | None) -> str:
    """A commit with one file, 1,500 directories deep, written object by object."""
    with world.upstream() as upstream:
        entry = TreeEntry("100644", upstream.repository.write_blob(data))
        objects = world.upstream_dir / "objects"
        for _ in range(1500):
            content = format_tree([(b"d", entry)])
            entry = TreeEntry("40000", _write_tree(objects, content))
        content = format_tree([(b"d", entry)])
    parents = ["-p", parent] if parent else []
    return world.git(
        "commit-tree", _write_tree(objects, content), *parents, stdin=b"Fix\n", env=_WHO
    )


def _write_tree(objects: Path, content: bytes) -> str:
    data = b"tree %d\0" % len(content) + content
    oid = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    file = objects / oid[:2] / oid[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(data))
    return oid


_WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "A"), ("EMAIL", "a@b.invalid"), ("DATE", "1365033600 +0000"))
}


TAGS = (
    "v1.2]red",
    "v1.3\u202ex",
    "1.2\u2028x",
    "v1.4-<b>|x",
    "v1.5\x85x",
    "v1.6-\udcff",
    "1.7\udcff",
)


def _all(name: str, plant: Plant, status: int = 0) -> list[Case]:
    """What reads a commit's words: the patch's header, the status, the report."""
    return [
        Case(f"{name}: rebase", plant, ("rebase",), status),
        Case(f"{name}: status", plant, ("status",), 0),
        Case(f"{name}: run", plant, ("report",), 0),
    ]


CASES = (
    *_all("CR in a subject", _raw(b"Fix\rFrom: Eve <eve@evil.invalid>\n\nBody\n")),
    *_all("line ends of Unicode in a subject", _raw("Fix\u2028a\x85b\x0cc\n".encode())),
    *_all("ESC in a subject", _raw(b"Fix \x1b[31m\x1b]0;t\x07\n")),
    *_all("an empty message", _raw(b"")),
    *_all("a message of blanks", _raw(b"\n\n  \n")),
    *_all("an encoding that is none", _raw(b"Fix\n", WHO + b"encoding undefined\n")),
    *_all("an encoding with NUL", _raw(b"Fix\n", WHO + b"encoding a\x00b\n")),
    *_all("an encoding of no text", _raw(b"Fix caf\xe9\n", WHO + b"encoding rot13\n")),
    *_all("an encoding of one in seven", _raw(b"+2AA-\n", WHO + b"encoding utf-7\n")),
    *_all("a message of Latin-1", _raw(b"caf\xe9\n")),
    *_all("a zone of 99 hours", _author(b"A <a@b.invalid> 1365033600 +9999")),
    *_all("a date of 40 digits", _author(b"A <a@b.invalid> " + b"9" * 40 + b" +0000")),
    *_all("a date of 5,000 digits", _author(b"A <a@b.invalid> " + b"9" * 5000 + b" +0000")),
    *_all("a date far before", _author(b"A <a@b.invalid> -99999999999 +0000")),
    *_all("no date", _author(b"A <a@b.invalid>")),
    *_all("an author without a name", _author(b"<> 1365033600 +0000")),
    *_all("CR in an author's name", _author(b"A\rB <a\rb@b.invalid> 1365033600 +0000")),
    *_all("an author of brackets", _author(b"<" * 100_000 + b"> 1 +0000")),
    *_all(
        "reverts without end",
        _raw(b"Fix\n\n" + b"\n" * 50_000 + b"reverts commit " + b"abcdef0," * 20_000),
    ),
    Case("a tag of 39 digits and a letter", _tags("1.0." + "1" * 39 + "x"), ("status",), 0),
    Case("a tag of 5,000 parts", _tags("v1" + ".1" * 100 + "x", "v" + "1" * 200), ("status",), 0),
    Case("tags with markup", _tags(*TAGS), ("status",), 0),
    Case("1,500 directories: rebase", _deep, ("rebase",), 1),
    Case("1,500 directories: check", _deep, ("check",), 1),
    Case("1,500 directories: report", _deep, ("report",), 0),
    Case("1,500 directories: why", _deep, ("why", "fix", "--onto", "1.1"), 1),
)
