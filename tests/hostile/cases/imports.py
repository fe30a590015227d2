"""Sources of patches that a stranger made: packages, trees, series files, specs, mail, branches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from hostile.runner import Case, World
from imports.packages import PATCH, debian, package, tar_bytes, write_dsc

Plant = Callable[[World], object]
_HERE = ("--repository", "https://upstream.invalid/org/project.git", "--base", "1.0")


def _dsc(patches: Mapping[str, bytes | tuple[str, str]], **more: bytes) -> Plant:
    return lambda world: package(world.project / "in", patches, **more)


def _tar(data: bytes) -> Plant:
    return lambda world: write_dsc(world.project / "in", data)


def _import(name: str, plant: Plant, status: int, *says: str, offline: bool = True) -> Case:
    words = ("import", "in/oven_1.0-2.dsc", *(["--offline"] if offline else []))
    return Case(f"import: {name}", plant, words, status, says, lines=4)


def _text(name: str) -> Plant:
    """A .dsc that names the file *name*."""
    row = f" {'0' * 64} 1 {name}"
    text = f"Format: 3.0 (quilt)\nSource: oven\nVersion: 1.0-2\nChecksums-Sha256:\n{row}\n"
    return lambda world: world.write("in/oven_1.0-2.dsc", text)


def _pipe(world: World) -> None:
    dsc = package(world.project / "in", {"series": b""})
    part = next(dsc.parent.glob("*.debian.tar.gz"))
    part.unlink()
    os.mkfifo(part)


def _directory(files: Mapping[str, bytes]) -> Plant:
    def plant(world: World) -> None:
        for name, data in files.items():
            world.write(f"in/{name}", data)

    return plant


def _links(world: World) -> None:
    world.write("in/series", b"a\n")
    (world.project / "in" / "a").symlink_to(world.outside / "precious")
    (world.project / "in" / "sub").symlink_to(world.outside)
    os.mkfifo(world.project / "in" / "pipe")


def _series_link(world: World) -> None:
    (world.project / "in").mkdir()
    (world.project / "in" / "series").symlink_to("/dev/zero")


def _occupied(world: World) -> None:
    """patches/imported leads out of the project."""
    (world.project / "patches").mkdir(exist_ok=True)
    (world.project / "patches" / "imported").symlink_to(world.outside)
    package(world.project / "in", {"series": b"a\n", "a": PATCH})


def _branch(world: World) -> None:
    """A packaging branch whose debian/patches is a link out of the tree."""
    with world.upstream() as upstream:
        files = {"debian/patches": b"/etc", "debian/changelog": b"\x1b[31m\n"}
        upstream.commit(files, branch="sid", modes={"debian/patches": "120000"})


def _spec(world: World) -> None:
    world.write("in/a.patch", PATCH)
    run = f"%({world.trap})"
    text = f"%global x {run}\nName: {run}\nVersion: %{{lua:x}}\nPatch0: a.patch\n"
    text += "Patch1: ../../outside/precious\n"
    world.write("in/oven.spec", f"{text}%prep\n{run}\n%patch0 -p1\n%patch1 -p1\n")


_QUILT = ("import", "in", "odd", *_HERE)

CASES = (
    _import("a file of the .dsc outside of its directory", _text("../x"), 3, "unsafe file"),
    _import("a file of the .dsc that is an option", _text("-rf"), 3, "unsafe file"),
    _import("a member with ..", _dsc({"../../../outside/new": PATCH}), 3, "unsafe path"),
    _import("a member with a control character", _dsc({"a\x1b[31m": PATCH}), 3, r"\\x1b"),
    _import("a git directory", _dsc({"series": b"", ".git/config": b"x"}), 0, "left out"),
    _import("a link out", _dsc({"series": b"a\n", "a": ("link", "/etc/passwd")}), 0, "left out"),
    _import("a hard link", _dsc({"series": b"a\n", "a": ("hard", "debian/rules")}), 3, "neither"),
    _import("a device", _dsc({"series": b"a\n", "a": ("device", "")}), 3, "neither"),
    _import("a series that leads out", _dsc({"series": b"../../../outside/precious\n"}), 0),
    _import("a file and a directory", _dsc({"series": b"", "a": b"", "a/b": b""}), 3, "lies below"),
    _import("a bomb", _tar(tar_bytes(debian({"big": bytes(65 << 20)}))), 3, "more than 64 MiB"),
    _import("a pipe for an archive", _pipe, 3, "not beside"),
    _import("no archive", _tar(b"\xff" * 600), 3, "is damaged"),
    _import("a project that leads out", _occupied, 3, "patches/imported"),
    _import(
        "a repository that runs a program",
        _dsc({"series": b""}, **{"upstream/metadata": b"Repository: ext::sh -c x\n"}),
        0,
    ),
    _import(
        "a repository with an escape",
        _dsc({"series": b""}, **{"watch": b"https://github.com/o/oven\x1b[31m/tags\n"}),
        0,
    ),
    _import(
        "a version of a megabyte",
        _dsc({"series": b""}, changelog=b"oven (" + b"1" * (1 << 20) + b") x; urgency=low\n"),
        0,
    ),
    Case("import: links and a pipe in a directory", _links, _QUILT, 0, ("left out",), lines=9),
    Case("import: a series file without end", _series_link, _QUILT, 2, ("no patches",)),
    Case(
        "import: names that mean something to others",
        _directory({"series": b"-rf\n#x\n$(x)\n", "-rf": PATCH, "$(x)": PATCH}),
        _QUILT,
        3,
        ("-rf",),
        lines=3,
    ),
    Case(
        "import: 100,000 lines of a series",
        _directory({"series": b"a\n" * 100_000, "a": PATCH}),
        _QUILT,
        0,
        ("twice",),
        lines=4,
    ),
    Case(
        "import: 100,000 messages",
        _directory({"x.mbox": b"From 0 Mon Jan 1 00:00:00 2001\n\n" * 100_000}),
        ("import", "in/x.mbox", *_HERE),
        3,
        ("more than",),
    ),
    Case(
        "import: a spec that runs programs", _spec, ("import", "in/oven.spec", *_HERE), 0, lines=6
    ),
    Case(
        "import: a branch whose debian/patches is a link",
        _branch,
        ("import", "../mirrors/org/project.git#sid", "odd", *_HERE),
        0,
        lines=6,
    ),
    Case(
        "import: a revision that is an option",
        lambda _: None,
        ("import", "../mirrors/org/project.git#--upload-pack=x"),
        3,
        ("not a revision",),
    ),
)
