"""What is added, begun and bumped: messages, names, addresses and files of strangers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

from hostile.cases.upstreams import WHO
from hostile.runner import Case, World, as_it_is
from support.packagetree import DEBIAN

Plant = Callable[[World], object]
CHANGE = "I" + "9" * 40
ADD = ("add", CHANGE)
DIFF = b"--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+silent\n"
GOOD = (r'name = "[a-z0-9-]+"', "added to series/small.toml")


def _merged(message: bytes, headers: bytes = WHO) -> Plant:
    """A commit on a branch with the Change-Id and *message*."""

    def plant(world: World) -> None:
        tree = world.git("rev-parse", f"{world.commits['log']}^{{tree}}")
        parent = world.git("rev-parse", f"{world.commits['log']}^")
        whole = message + f"\n\nChange-Id: {CHANGE}\n".encode()
        world.git("update-ref", "refs/heads/fix", world.raw_commit(tree, parent, headers, whole))

    return plant


def _file(data: bytes) -> Plant:
    return lambda world: world.write("x.patch", data)


def _fifo(world: World) -> None:
    os.mkfifo(world.project / "x.patch")


def _own_is_elsewhere(world: World) -> None:
    world.write("x.patch", b"Subject: X\n\n" + DIFF)
    (world.project / "patches").mkdir(exist_ok=True)
    (world.project / "patches" / "own").symlink_to(world.outside)


def _tags(*names: str) -> Plant:
    def plant(world: World) -> None:
        for name in names:
            world.git("update-ref", f"refs/tags/{name}", world.commits["log"])

    return plant


def _gitreview(text: str) -> Plant:
    return lambda world: world.write(".gitreview", text)


def _package(world: World) -> None:
    for name, data in DEBIAN.items():
        world.write(f"debian/{name}", data)
    (world.project / ".git").mkdir(exist_ok=True)


def _linked(name: str) -> Plant:
    """A package in which *name* leads out of it."""

    def plant(world: World) -> None:
        _package(world)
        path = world.project / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(world.outside)

    return plant


UPGRADE = ("upgrade", "1.0", "--in-place")
CASES = (
    Case("ESC in a subject: add", _merged(b"Fix \x1b[31m\x1b]0;t\x07 it"), ADD, 0, GOOD),
    Case("bidi in a subject: add", _merged("Fix \u202e\u2066 it".encode()), ADD, 0, GOOD),
    Case("TOML in a subject: add", _merged(b'"]\nx = 1\n[[patch]]'), ADD, 0, GOOD),
    Case("a path for a subject: add", _merged(b"../../../outside/x"), ADD, 0, GOOD),
    Case("a subject of 100,000 characters: add", _merged(b"Fix " * 25_000), ADD, 0, GOOD),
    Case("no subject: add", _merged(b""), ADD, 0, GOOD),
    Case("an encoding that is none: add", _merged(b"Fix", WHO + b"encoding x\n"), ADD, 0, GOOD),
    Case("a bug of 5,000 digits: add", _merged(b"Fix\n\nCloses-Bug: " + b"9" * 5000), ADD, 0,
         never=("bugs",)),
    Case("a file with a path for a subject: add", _file(b"Subject: ../../x\n\n" + DIFF),
         ("add", "x.patch"), 0, (r'file = "own/x\.patch"',)),
    Case("a FIFO: add", _fifo, ("add", "x.patch"), 3, ("not a regular file",)),
    Case("a file without a diff: add", _file(b"\x00\xff" * 1000), ("add", "x.patch"), 2),
    Case("own is a link: add", _own_is_elsewhere, ("add", "x.patch"), 3, ("symbolic link",)),
    Case("an address with ESC: add", as_it_is, ("add", "https://h.invalid/\x1b[31m"), 2),
    Case("an address with a program: add", as_it_is, ("add", "ext::sh -c id://x"), 2),
    Case("an address with a password: add", as_it_is,
         ("add", "https://u:secret@h.invalid/a/b/commit/0123456"), 2, never=("secret",)),
    Case("debian is a link: upgrade", _linked("debian/patches"), UPGRADE, 3, ("symbolic link",)),
    Case("a changelog that is a link: upgrade", _linked("debian/changelog"), UPGRADE, 3,
         ("symbolic link",)),
    Case("a series that is a link: upgrade", _linked(".git/patchseries"), UPGRADE, 3,
         ("symbolic link",)),
    Case("a .git that is a link: upgrade", _linked(".git"), UPGRADE, 2, ("main work tree",)),
    Case("a .git without anything: upgrade", _package, UPGRADE, 3),
    Case("a release with ESC: upgrade", as_it_is, ("upgrade", "\x1b[31m"), 2),
    Case("a name with a path: add", _merged(b"Fix"), (*ADD, "--as", "../../x"), 2),
    Case("ESC in a name: remove", as_it_is, ("remove", "a\x1b[31m"), 2),
    Case("tags with TOML: bump", _tags('1.2"]#', "1.2'", "1.2;id", "1.2.$(id)"), ("bump",), 0,
         ("no new release",)),
    Case("a tag of 39 digits: bump", _tags("1.1." + "1" * 39), ("bump",), 0, ("added to",)),
    Case("a host with a command in .gitreview: init",
         _gitreview("[gerrit]\nhost=h;id\nproject=a/b\n"), ("init", "new"), 2, ("--repository",)),
    Case("an interpolation in .gitreview: init",
         _gitreview("[gerrit]\nhost=%(host)s\nproject=a/b\n"), ("init", "new"), 2),
)  # fmt: skip
