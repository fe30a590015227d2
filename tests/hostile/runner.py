"""A corpus of hostile input as data, and the one runner for all commands.

A :class:`Case` says what a stranger planted (``plant``, a function of a :class:`World`), which
command a victim runs then, and how it must end. Cases stand in the tables ``CASES`` of the modules
of :mod:`hostile.cases`; a new module there is found by itself. Whatever the case, the runner
asserts that

- the exit status is the one expected, and never 70;
- what is said is what ``says`` names; an error is one line (``lines`` for several problems);
- neither stream holds a control character (line feed and tab apart) or a bidi override;
- it takes no longer than ten seconds of processor time, and ends;
- nothing outside the project, the cache and our state was changed, nothing is left in $TMPDIR,
  and the trap (``World.trap``: a program that leaves a mark) was never run;
- a command that fails changes no file of the series.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pkgutil
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from support.manifests import small_manifest
from support.upstreams import Upstream

T = TypeVar("T")

SOURCE = Path(__file__).parents[2] / "src"
SECONDS = 10.0
"""Of processor time, the command's and its children's: so many that nobody waits for."""
_PATIENCE = 90.0
"""Of the clock, on a machine that does other things too."""
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)

MANIFEST = small_manifest(["1.0", "1.1"])
PATCH = """
[[patch]]
name = "{name}"
project = "project"
source = {{ commit = "{commit}" }}
"""


def as_it_is(_: World) -> None:
    """Plant nothing: the arguments or the environment are the hostile part."""


@dataclass
class World:
    """Where a case happens: a project, its upstream, and all around it that must not change.

    :ivar top: holds ``project``, ``mirrors``, ``home``, ``outside``, ``cache``, ``state``, ``tmp``
    """

    top: Path
    commits: dict[str, str] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def project(self) -> Path:
        """The project's folder, in which the command runs."""
        return self.top / "project"

    @property
    def outside(self) -> Path:
        """A folder of the victim's beside the project, with a file ``precious``."""
        return self.top / "outside"

    @property
    def cache(self) -> Path:
        """$SERIES_CACHE."""
        return self.top / "cache"

    @property
    def mark(self) -> Path:
        """What the trap leaves."""
        return self.top / "tmp" / "sprung"

    @property
    def trap(self) -> Path:
        """A program that nobody may run."""
        return self.outside / "trap"

    @property
    def upstream_dir(self) -> Path:
        """The bare repository that the manifest's URL leads to."""
        return self.top / "mirrors" / "org" / "project.git"

    @property
    def manifest(self) -> Path:
        """The manifest's file."""
        return self.project / "series" / "small.toml"

    @property
    def lock(self) -> Path:
        """The lock's file."""
        return self.project / "series" / "small.lock"

    def write(self, path: str, content: bytes | str) -> Path:
        """Put a file into the project."""
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def patches(self, **commits: str) -> None:
        """Let the manifest list these patches: name → commit id."""
        parts = [PATCH.format(name=name, commit=commit) for name, commit in commits.items()]
        self.write("series/small.toml", MANIFEST + "".join(parts))

    def upstream(self) -> Upstream:
        """The upstream, to commit to; close it (``with``)."""
        return Upstream(self.upstream_dir)

    def git(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """Run git in the upstream; what it printed."""
        done = subprocess.run(
            ["git", f"--git-dir={self.upstream_dir}", *words],
            input=stdin,
            capture_output=True,
            check=True,
            env={**os.environ, **(env or {})},
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def raw_commit(self, tree: str, parent: str, headers: bytes, message: bytes) -> str:
        """A commit object of any bytes; *headers* beginning with ``author``. Its id."""
        head = f"tree {tree}\nparent {parent}\n".encode()
        content = head + headers + b"\n" + message
        return self.git(
            "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=content
        )

    def open(self, context: AbstractContextManager[T]) -> T:
        """Enter *context* (a server, say) until the case is over."""
        return self._open.enter_context(context)

    def close(self) -> None:
        """End what was opened."""
        self._open.close()

    def series(self, *words: str, env: Mapping[str, str] | None = None) -> Done:
        """Run ``series WORDS`` in the project to its end."""
        seen = self.environment | dict(env or {})
        if any(name.startswith("PYTHON") for name in env or {}):
            return _started(words, self.project, seen)
        return _forked(words, self.project, seen, self.top / "streams")

    @property
    def environment(self) -> dict[str, str]:
        """What the command sees: nothing of the caller's but the search path."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "HOME": str(self.top / "home"),
            "TMPDIR": str(self.top / "tmp"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "SERIES_CACHE": str(self.cache),
            "SERIES_STATE": str(self.top / "state"),
            "SERIES_MIRRORS": str(self.top / "mirrors"),
            "SOURCE_DATE_EPOCH": "1365033600",
            "DEBFULLNAME": "Ann Packager",
            "DEBEMAIL": "ann@test.invalid",
            "HOSTILE_MARK": str(self.mark),
        }

    def surroundings(self) -> dict[str, str]:
        """What may not change: everything but the project, cache, state, and what is temporary."""
        return _picture(self.top / name for name in ("mirrors", "home", "outside"))

    def tracked(self) -> dict[str, str]:
        """The series' own files."""
        return _picture(self.project / name for name in ("series", "patches"))


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: bytes
    err: bytes
    seconds: float
    hung: bool


@dataclass(frozen=True)
class Case:
    """One hostile input, and how the command that meets it must end.

    :ivar name: what is planted, in words; unique
    :ivar plant: puts it there
    :ivar command: what the victim runs
    :ivar status: the exit status expected
    :ivar says: regular expressions that the two streams together must match
    :ivar never: such as they must not match
    :ivar first: commands that were run before it was planted
    :ivar lines: how many lines of error there may be
    :ivar writes: it works in steps; what those before the failing one wrote stays
    :ivar data: standard output is a patch for programs, bytes as they are
    """

    name: str
    plant: Callable[[World], object]
    command: tuple[str, ...]
    status: int
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    lines: int = 1
    data: bool = False
    writes: bool = False


def cases() -> Iterator[Case]:
    """Every case of every table."""
    package = importlib.import_module("hostile.cases")
    for module in pkgutil.iter_modules(package.__path__):
        yield from importlib.import_module(f"hostile.cases.{module.name}").CASES


def build_world(top: Path) -> World:
    """A small project with a clean patch (``log``) and one that conflicts on 1.1 (``retry``)."""
    world = World(top)
    for name in ("project", "home", "outside", "cache", "tmp"):
        (top / name).mkdir(parents=True)
    (world.outside / "precious").write_text("kept\n")
    world.trap.write_text('#!/bin/sh\necho sprung > "$HOSTILE_MARK"\n')
    world.trap.chmod(0o755)
    with world.upstream() as upstream:
        start = upstream.commit({"call.py": b"a\nsend()\nb\n", "log.py": b"quiet\n"}, "Start")
        upstream.tag("1.0")
        upstream.commit({"call.py": b"a\nlock()\nb\n"}, "Lock", branch="stable", parent=start)
        upstream.tag("1.1", "refs/heads/stable")
        retry = upstream.commit({"call.py": b"a\nretry()\nb\n"}, "Retry")
        log = upstream.commit({"log.py": b"loud\n"}, "Log")
    world.commits = {"start": start, "retry": retry, "log": log}
    world.patches(retry=retry, log=log)
    return world


def copied(world: World, top: Path) -> World:
    """A copy of *world* below *top*, to be spoiled."""
    shutil.copytree(world.top, top, symlinks=True)
    return World(top, dict(world.commits))


def check(case: Case, world: World) -> None:
    """Plant what *case* says, run its command, and hold it against all that is asked of it."""
    for command in case.first:
        done = world.series(*command)
        assert done.status in (0, 1), done.err.decode()
    case.plant(world)
    before, series = world.surroundings(), world.tracked()
    argv = [word.format(**world.commits) if word[:1] == "{" else word for word in case.command]
    done = world.series(*argv, env=case.env)
    told = (done.out + b"\n" + done.err).decode("utf-8", "backslashreplace")
    assert not done.hung, f"it hangs: {told}"
    assert done.seconds < SECONDS, f"{done.seconds:.1f} s of processor time"
    assert done.status == case.status, f"exit status {done.status}: {told}"
    assert "Traceback" not in told
    _assert_no_steering(b"" if case.data else done.out)
    _assert_no_steering(done.err)
    for words in case.says:
        assert re.search(words, told), f"{words!r} is not in: {told}"
    for words in case.never:
        assert not re.search(words, told), f"{words!r} is in: {told}"
    if case.status > 1:
        _assert_clear(done.err.decode("utf-8"), case)
        assert case.writes or world.tracked() == series, "a command that failed changed the series"
    assert not world.mark.exists(), "the trap was sprung"
    now = world.surroundings()
    changed = sorted(p for p in before.keys() | now.keys() if before.get(p) != now.get(p))
    assert not changed, f"something outside was changed: {changed}"
    left = [p.name for p in (world.top / "tmp").iterdir()]
    assert left == [], "something is left in $TMPDIR"


def _assert_no_steering(data: bytes) -> None:
    found = _STEERING.search(data.decode("utf-8"))
    assert not found, f"{found and found[0]!r} in: {data!r}"


def _assert_clear(err: str, case: Case) -> None:
    lines = err.splitlines()
    if case.status == 2 and lines[0].startswith("Usage:"):  # click's own words
        lines = [line for line in lines if line.startswith("Error: ")]
    else:
        assert all(line.startswith("series: ") for line in lines), err
    assert 1 <= len(lines) <= case.lines, err
    assert all(len(line) < 1000 for line in lines), f"{max(map(len, lines))} characters in a line"


def _started(words: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Done:
    """Run the command with a Python of its own: what matters is how that starts."""
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "patchseries", *words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    return Done(done.returncode, done.stdout, done.stderr, seconds, hung=False)


def _forked(words: Sequence[str], cwd: Path, env: Mapping[str, str], streams: Path) -> Done:
    """Run the command in a fork of a process that has everything imported."""
    streams.mkdir(exist_ok=True)
    out, err = streams / "out", streams / "err"
    asked = {
        "argv": words,
        "cwd": str(cwd),
        "env": env,
        "out": str(out),
        "err": str(err),
        "patience": _PATIENCE,
    }
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    answer = json.loads(server.stdout.readline())
    return Done(out=out.read_bytes(), err=err.read_bytes(), **answer)


@cache
def _server() -> subprocess.Popen[str]:
    """See :mod:`hostile.forks`; it ends with this process, when its input does."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("forks.py"))],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    return server


def _picture(tops: Iterator[Path]) -> dict[str, str]:
    """Every file, link and folder below *tops*: kind, mode, time, content."""
    found: dict[str, str] = {}
    for top in tops:
        for folder, folders, files in os.walk(os.fsencode(top)):
            for name in (*folders, *files):
                path = os.path.join(folder, name)
                found[repr(path)] = _described(path)
    return found


def _described(path: bytes) -> str:
    state = os.lstat(path)
    told = f"{state.st_mode:o} {state.st_nlink if not os.path.isdir(path) else ''}"
    if os.path.islink(path):
        return f"{told} {os.readlink(path)!r}"
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return f"{told} {state.st_ino} {hashlib.sha256(file.read()).hexdigest()}"
    return told
