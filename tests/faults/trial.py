"""One command, one fault: what must hold after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults.shim import ERRORS, Fault, Machine, Ran
from patchseries import process

Content = Mapping[str, bytes]
_ONCE = ("undo", "init", "import")
"""Commands that do something else, or refuse, when what they do is done."""


@dataclass
class World:
    """A project, its cache and its state directory below *base*; its mirrors beside it."""

    machine: Machine
    base: Path
    mirrors: Path

    @property
    def root(self) -> Path:
        return self.base / "project"

    @property
    def env(self) -> dict[str, str]:
        return {
            "SERIES_CACHE": str(self.base / "cache"),
            "SERIES_STATE": str(self.base / "state"),
            "SERIES_MIRRORS": str(self.mirrors),
            "TMPDIR": str(self.base / "tmp"),
            "DEBFULLNAME": "Ann Packager",
            "DEBEMAIL": "ann@test.invalid",
            "SOURCE_DATE_EPOCH": "1365033600",
        }

    def run(self, *argv: str, fault: Fault | None = None) -> Ran:
        for name in ("tmp", "memory"):
            (self.base / name).mkdir(exist_ok=True)
        return self.machine.run(argv, self.root, self.env, fault)

    def units(self) -> dict[str, Content]:
        """What a person has of the project; each unit is whole: all of it old, or all new."""
        found: dict[str, Content] = {
            "series": contents(self.root / "series") | contents(self.root / "patches")
        }
        if (self.root / "debian").is_dir():
            found["debian"] = contents(self.root / "debian")
        for record in sorted((self.root / "build").rglob("series-build.json")):
            folder = record.parent
            found[str(folder.relative_to(self.root))] = contents(folder)
        return found

    def leftovers(self) -> list[str]:
        """Temporary files and folders that a command that ended should have taken away."""
        marks = (".series-", "scratch.", "patchseries.", "tmp_obj_", ".new-", ".gone-")
        return [
            str(path)
            for path in self.base.rglob("*")
            if path.name.startswith(marks) and not path.name.endswith(".lock")
        ]


@dataclass(frozen=True)
class Case:
    """A command, and what is done before it."""

    words: tuple[str, ...]
    prepare: tuple[tuple[str, ...], ...] = ()
    edit: Callable[[World], None] = field(default=lambda _: None)
    again: tuple[str, ...] | None = None
    """What is run once more afterwards, when that is not the command itself."""
    status: int = 0
    """The exit status without a fault."""


@dataclass
class Trial:
    """The state before and after *case* without a fault, and its calls."""

    world: World
    case: Case
    start: Path
    old: dict[str, Content]
    new: dict[str, Content]
    usual: Ran

    def faults(self) -> Iterator[Fault]:
        """Every call with every error."""
        for kind, many in self.usual.calls.items():
            for at in range(1, many + 1):
                for error in ERRORS[kind]:
                    yield Fault(kind, at, error)

    def reset(self) -> None:
        """Back to the state before the command; the project stays the same directory."""
        for path in (*self.world.base.iterdir(), *self.world.root.iterdir()):
            if path != self.world.root:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.start, self.world.base, symlinks=True, dirs_exist_ok=True)

    def problems(self, fault: Fault) -> list[str] | None:
        """What is wrong after *fault*; None when the call did not come up in this run."""
        self.reset()
        ran = self.world.run(*self.case.words, fault=fault)
        if not ran.where:
            return None
        found = list(self._ended_well(ran))
        after = self.world.units()
        for unit in self.old.keys() | self.new.keys() | after.keys():
            if after.get(unit, {}) not in (self.old.get(unit, {}), self.new.get(unit, {})):
                found.append(f"{unit} is neither old nor new")
        if ran.status == self.usual.status and after != self.new:
            found.append(f"status {ran.status}, as if it were done")
        found += [f"left behind: {name}" for name in self.world.leftovers()]
        return [f"{fault} ({ran.where}): {one}" for one in (*found, *self._again(ran, after))]

    def _ended_well(self, ran: Ran) -> Iterator[str]:
        lines = ran.err.splitlines()
        if "Traceback" in ran.err or "a bug" in ran.err or ran.status in (70, 99):
            yield f"status {ran.status}: {ran.err[-300:]}"
        elif ran.status != self.usual.status:
            unreadable = ran.where.startswith("git: ")  # git says that the object is missing
            if ran.status != 5 and not (ran.status == 4 and unreadable):
                yield f"status {ran.status}: {ran.err}"
            if len(lines) != 1 or not lines[0].startswith("series: "):
                yield f"not one line: {ran.err!r}"

    def _again(self, ran: Ran, after: dict[str, Content]) -> Iterator[str]:
        """A following run works."""
        if ran.status == self.usual.status and self.case.again is None:
            return
        words = self.case.words
        done = ran.status == self.usual.status
        if done and self.case.again:
            words = self.case.again
        if words[0] in _ONCE and after == self.new:
            return
        ran = self.world.run(*words)
        if ran.status != (0 if words == self.case.again else self.usual.status):
            yield f"the next run: status {ran.status}: {ran.err[-300:]}"
        if self.world.units() != self.new:
            yield "the next run does not come to the new state"


def prepared(world: World, case: Case, start: Path) -> Trial:
    """*case* on the present project, ready to be tried."""
    for words in case.prepare:
        ran = world.run(*words)
        assert ran.status in (0, 1), ran.err
    case.edit(world)
    if start.exists():
        shutil.rmtree(start)
    shutil.copytree(world.base, start, symlinks=True)
    old = world.units()
    usual = world.run(*case.words)
    assert usual.status == case.status, usual.err
    return Trial(world, case, start, old, world.units(), usual)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder.parent)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def amend(folder: Path, name: str, data: bytes) -> None:
    """Write a file of a branch, and amend its last commit with it."""
    (folder / name).write_bytes(data)
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@test.invalid")
    process.run(["git", "-C", folder, *who, "commit", "--quiet", "--all", "--amend", "--no-edit"])
