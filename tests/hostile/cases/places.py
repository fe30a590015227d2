"""Where things lie: links, FIFOs and directories in place of files; the state; the cache."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hostile.runner import Case, World, as_it_is

Plant = Callable[[World], object]


def _replaced_by(path: str, make: Callable[[World, Path], object]) -> Plant:
    """Put what *make* makes in the place of the project's *path*."""

    def plant(world: World) -> None:
        place = world.project / path
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        make(world, place)

    return plant


def _fifo(_: World, place: Path) -> None:
    os.mkfifo(place)


def _link_out(world: World, place: Path) -> None:
    place.symlink_to(world.outside)


def _link_to_file(world: World, place: Path) -> None:
    place.symlink_to(world.outside / "precious")


def _link_to_itself(_: World, place: Path) -> None:
    place.symlink_to(place.name)


def _link_to_nothing(world: World, place: Path) -> None:
    place.symlink_to(world.outside / "new")


def _endless(_: World, place: Path) -> None:
    place.symlink_to("/dev/zero")


def _directory(_: World, place: Path) -> None:
    place.mkdir(parents=True)


def _moved_out(path: str) -> Plant:
    """The project's directory *path* is a link to one outside, with all that was in it."""

    def plant(world: World) -> None:
        elsewhere = world.outside / "taken"
        (world.project / path).rename(elsewhere)
        (world.project / path).symlink_to(elsewhere)

    return plant


REBASED = (("rebase",),)
BUILT = (("rebase",), ("build", "--onto", "1.0"))
BUILD = ("build", "--onto", "1.0")
MANIFEST, LOCK = "series/small.toml", "series/small.lock"
FOLDER = "patches/small/1.0/project"

_KINDS = {
    "a FIFO": _fifo,
    "a link to itself": _link_to_itself,
    "a directory": _directory,
    "a link to /dev/zero": _endless,
}

FILES = (
    *(Case(f"{kind} for the manifest: {command}", _replaced_by(MANIFEST, make), (command,), status,
           lines=3)
      for kind, make in _KINDS.items() for command, status in (("status", 3),)),
    *(Case(f"{kind} for the lock: {command}", _replaced_by(LOCK, make), (command,), 3)
      for kind, make in _KINDS.items() for command in ("rebase",)),
    *(Case(f"{kind} for a resolution: rebase",
           _replaced_by("series/resolutions/small/x.toml", make), ("rebase",), 3)
      for kind, make in _KINDS.items()),
    *(Case(f"{kind} for a patch file: {command}",
           _replaced_by(f"{FOLDER}/0002-log.patch", make), (command,), status, first=REBASED)
      for kind, make in _KINDS.items()
      for command, status in (("check", 1), ("test-apply", 1), ("rebase", 3))),
    *(Case(f"{kind} for a patch file: refresh",
           _replaced_by(f"{FOLDER}/0002-log.patch", make),
           ("refresh", "log", "--onto", "1.0", "--yes"), 2, first=REBASED)
      for kind, make in _KINDS.items()),
    *(Case(f"{kind} for the quilt series: {command}",
           _replaced_by(f"{FOLDER}/series", make), (command,), status, first=REBASED)
      for kind, make in _KINDS.items()
      for command, status in (("check", 1), ("test-apply", 1), ("rebase", 3))),
    *(Case(f"{kind} for the report: report", _replaced_by("build/small/report.html", make),
           ("report",), status)
      for (kind, make), status in zip(_KINDS.items(), (0, 0, 5, 0), strict=True)),
    Case("a FIFO for a package: publish",
         _replaced_by("build/small/1.0/project/project_1.0-0+0small1.dsc", _fifo),
         ("publish", "nowhere"), 3, first=BUILT),
    Case("a link to /dev/zero for a package's record: publish",
         _replaced_by("build/small/1.0/project/series-build.json", _endless),
         ("publish", "nowhere"), 3, first=BUILT),
    Case("a FIFO for a package's record: build",
         _replaced_by("build/small/1.0/project/series-build.json", _fifo), BUILD, 3, first=BUILT),
)  # fmt: skip

LINKS = (
    Case("the lock is a link to a file outside: rebase", _replaced_by(LOCK, _link_to_file),
         ("rebase",), 3),
    Case("the lock is a link to no file: rebase", _replaced_by(LOCK, _link_to_nothing),
         ("rebase",), 3),
    Case("patches/ is a link outside: rebase", _replaced_by("patches", _link_out), ("rebase",), 3),
    Case("patches/small is a link outside: rebase", _replaced_by("patches/small", _link_out),
         ("rebase",), 3),
    Case("patches/small was moved outside: check", _moved_out("patches/small"), ("check",), 1,
         first=REBASED),
    Case("a base's directory is a link outside: rebase",
         _replaced_by("patches/small/1.0", _link_out), ("rebase",), 3),
    Case("series/ was moved outside: rebase", _moved_out("series"), ("rebase",), 3),
    Case("series/ was moved outside: fetch", _moved_out("series"), ("fetch",), 3),
    Case("series/ was moved outside: status --record", _moved_out("series"),
         ("status", "--record"), 3),
    Case("resolutions/ is a link outside: resolve",
         _replaced_by("series/resolutions", _link_out),
         ("resolve", "retry", "--onto", "1.1", "--take", "theirs", "-m", "x"), 3),
    Case("a patch file is a link outside: rebase",
         _replaced_by(f"{FOLDER}/0002-log.patch", _link_to_file), ("rebase", "--overwrite"), 3,
         first=REBASED),
    Case("a patch file is a link to no file: rebase",
         _replaced_by(f"{FOLDER}/0002-log.patch", _link_to_nothing), ("rebase", "--overwrite"), 3,
         first=REBASED),
    Case("build/ is a link outside: build", _replaced_by("build", _link_out), BUILD, 3,
         first=REBASED),
    Case("build/ is a link outside: report", _replaced_by("build", _link_out), ("report",), 3),
    Case("build/small is a link outside: build", _replaced_by("build/small", _link_out), BUILD, 3,
         first=REBASED),
    Case("a package's directory is a link outside: build",
         _replaced_by("build/small/1.0/project", _link_out), BUILD, 3,
         first=REBASED),
    Case("a base's packages are a link outside: build",
         _replaced_by("build/small/1.0", _link_out), BUILD, 3,
         first=REBASED),
    Case("the report is a link outside: report",
         _replaced_by("build/small/report.html", _link_to_file), ("report",), 0),
    Case("the report is a link outside: run",
         _replaced_by("build/small/report.html", _link_to_file), ("run", "--skip-conflicts"), 1),
    Case("the report is a link to no file: report",
         _replaced_by("build/small/report.html", _link_to_nothing), ("report",), 0),
    Case("a checkout's place is a link outside: checkout", _replaced_by("work", _link_out),
         ("checkout", "project", "work", "--onto", "1.0"), 2),
    Case("a checkout's place is a link to nothing: checkout",
         _replaced_by("work", _link_to_nothing),
         ("checkout", "project", "work", "--onto", "1.0"), 5),
    Case("import's place is a link to nothing: import",
         _replaced_by("series/taken.toml", _link_to_nothing),
         ("import", "build/small/1.0/project/project_1.0-0+0small1.dsc", "taken"), 2,
         first=BUILT),
    Case("check's output is a link outside: check", _replaced_by("out.xml", _link_to_nothing),
         ("check", "--format", "junit=out.xml"), 1),
)  # fmt: skip

# The state and the cache -----------------------------------------------------------------------


def _state(world: World) -> Path:
    (found,) = (world.top / "state" / "projects").glob("project-*")
    return found


def _journal(changes: object, stage: dict[str, bytes] | None = None) -> Plant:
    """A change that was decided and not carried out, as a killed command leaves it."""

    def plant(world: World) -> None:
        pending = _state(world) / "pending"
        pending.mkdir()
        value = {"command": "series rebase", "changes": changes}
        (pending / "journal.json").write_text(json.dumps(value))
        for name, data in (stage or {}).items():
            (pending / name).write_bytes(data)

    return plant


def _raw_journal(data: bytes) -> Plant:
    def plant(world: World) -> None:
        (_state(world) / "pending").mkdir()
        (_state(world) / "pending/journal.json").write_bytes(data)

    return plant


_SHA = "5e5e5e5e" * 8


def _log(*changes: object, command: object = "series rebase", more: object = None) -> Plant:
    def plant(world: World) -> None:
        entry = _state(world) / "log" / "000099"
        entry.mkdir(parents=True)
        value = {
            "command": command,
            "time": "2013-04-04T00:00:00Z",
            "undoes": more,
            "changes": list(changes),
        }
        (entry / "operation.json").write_text(json.dumps(value))

    return plant


def _raw_log(data: bytes) -> Plant:
    def plant(world: World) -> None:
        entry = _state(world) / "log" / "000099"
        entry.mkdir(parents=True)
        (entry / "operation.json").write_bytes(data)

    return plant


def _session(data: bytes) -> Plant:
    def plant(world: World) -> None:
        for state in (_state(world) / "resolve").glob("*/state.json"):
            state.write_bytes(data)

    return plant


def _mode(where: str, mode: int) -> Plant:
    def plant(world: World) -> None:
        place = world.top / where
        place.mkdir(exist_ok=True)
        place.chmod(mode)

    return plant


def _everywhere(data: bytes, *patterns: str) -> Plant:
    """Every file of the cache that *patterns* name holds *data*."""

    def plant(world: World) -> None:
        found = [p for pattern in patterns for p in world.cache.rglob(pattern) if p.is_file()]
        assert found, "the cache has none"
        for path in found:
            path.chmod(0o600)
            path.write_bytes(data)

    return plant


_OPEN = (("resolve", "retry", "--onto", "1.1"),)
_PATHS = (
    "../outside/precious",
    "/etc/passwd",
    "series/../../outside/precious",
    ".git/config",
    "series/",
    "",
    "series/a\x00b",
    "build/x",
)
STATE = (
    *(Case(f"a journal that names {path!r}: status", _journal({path: [None, _SHA]}), ("status",), 3,
           first=REBASED) for path in _PATHS),
    Case("a journal that removes a file outside: rebase",
         _journal({"../outside/precious": [_SHA, None]}), ("rebase",), 3, first=REBASED),
    Case("a journal of numbers: rebase", _journal({"series/x": [1, 2]}), ("rebase",), 3,
         first=REBASED),
    Case("a journal that is a list: undo", _raw_journal(b"[]"), ("undo",), 3, first=REBASED),
    Case("a journal 100,000 deep: undo", _raw_journal(b"[" * 100_000), ("undo",), 3, first=REBASED),
    Case("a journal of bytes: check", _raw_journal(b"\xff\x00"), ("check",), 3, first=REBASED),
    *(Case(f"a log that names {path!r}: undo", _log({"path": path, "before": None, "after": _SHA}),
           ("undo",), 3, first=REBASED) for path in _PATHS),
    Case("a log that names a path outside: undo --list",
         _log({"path": "../outside/precious", "before": _SHA, "after": None}),
         ("undo", "--list"), 3,
         first=REBASED),
    Case("a log with ESC in its command: undo --list", _log(command="series \x1b[31m\x07\n\nx"),
         ("undo", "--list"), 3, first=REBASED),
    Case("a log of numbers: undo --list", _log(1, 2), ("undo", "--list"), 3, first=REBASED),
    Case("a log that undoes a text: undo", _log(more="x" * 999), ("undo",), 3, first=REBASED),
    Case("a log 100,000 deep: undo --list", _raw_log(b"[" * 100_000), ("undo", "--list"), 3,
         first=REBASED),
    Case("a log 100,000 deep: rebase", _raw_log(b"[" * 100_000), ("rebase",), 3, first=REBASED),
    Case("an operation below none: undo", as_it_is, ("undo", "--", "-1"), 2, first=REBASED),
    Case("an open conflict of numbers: resolve", _session(b"{}"), ("resolve", "--status"), 3,
         first=_OPEN),
    Case("an open conflict 100,000 deep: resolve", _session(b"[" * 100_000),
         ("resolve", "--status"), 3, first=_OPEN),
    Case("an open conflict elsewhere: resolve", _session(
        json.dumps(dict.fromkeys(("series", "patch", "base", "before", "after", "ours", "opened"),
                                 "../../../outside")).encode()),
         ("resolve", "--continue", "-m", "x"), 5, first=_OPEN),
    Case("the state is everybody's: rebase", _mode("state", 0o777), ("rebase",), 3),
    Case("the cache is everybody's: fetch", _mode("cache", 0o777), ("fetch",), 3),
    Case("the state is a file: rebase", lambda w: (w.top / "state").write_text("x"),
         ("rebase",), 3),
)  # fmt: skip
_DONE = (("rebase",), ("check",), ("status",))
CACHE = tuple(
    Case(f"the cache's {kind} holds {what}: {command}", _everywhere(data, pattern), (command,),
         status, first=_DONE)
    for kind, pattern, command, status in (
        ("index", "*.sqlite", "status", 0), ("JSON", "*.json", "check", 1),
        ("alternates", "alternates", "rebase", 1), ("HEAD", "HEAD", "rebase", 1))
    for what, data in (("nothing", b""), ("bytes", b"\xff\x00\x1b[31m" * 100))
)  # fmt: skip

CASES = (*FILES, *LINKS, *STATE, *CACHE)
