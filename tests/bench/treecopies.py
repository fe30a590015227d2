"""Copies of the tree in which tests run with a fault in the source, and can harm nothing else.

    python tests/bench/treecopies.py REQUEST

is what runs there: all but the copy is read-only, and no process is to be seen but the tests' own
(`unshare` of util-linux).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import pytest

if __name__ != "__main__":
    from bench.mutations import Mutation

ROOT = Path(__file__).parents[2]


class Chosen:
    """A plugin of pytest: only these tests, in this order; the first that failed is kept."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: number for number, name in enumerate(names)}
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep those that are named."""
        named = [item for item in items if item.nodeid in self._order]
        items[:] = sorted(named, key=lambda item: self._order[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what failed."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def run_inside(request: Path) -> int:
    """Run the tests that the JSON file *request* names; the answer is written beside it."""
    words = json.loads(request.read_text())
    plugin = Chosen(words["tests"])
    files = sorted({name.partition("::")[0] for name in words["tests"]})
    off = ["-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
    more = [f"--hypothesis-seed={words['seed']}", *(["--collect-only"] * words["only_collect"])]
    status = pytest.main(["-x", "-q", "--tb=short", *off, *more, *files], plugins=[plugin])
    request.with_name("answer").write_text(json.dumps({"failed": plugin.failed}))
    return int(status)


ENTER = """
mount --bind "$1" "$1" && mount --bind "$1/scratch/tmp" /var/tmp && mount -o remount,bind,ro / &&
    cd "$1/tree" && shift && exec "$@"
"""


@dataclass
class Copy:
    """A copy of the tree, and the way to run tests in it."""

    place: Path
    seed: int
    good: set[str] = field(default_factory=set)
    """Tests that pass without a fault."""
    unfit: set[str] = field(default_factory=set)
    """Tests that do not."""

    @property
    def tree(self) -> Path:
        """Where the copy itself is."""
        return self.place / "tree"

    def run(self, names: Sequence[str], limit: float, *, only_collect: bool = False) -> Outcome:
        """Run these tests; without anything of them left after *limit* seconds."""
        scratch = self.place / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        (scratch / "tmp").mkdir(parents=True)
        request = scratch / "request"
        wanted = {"tests": list(names), "seed": self.seed, "only_collect": only_collect}
        request.write_text(json.dumps(wanted))
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        enter = ["unshare", *user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        # It ends with this process, however that ends: a fault may make files without end.
        argv = ["setpriv", "--pdeathsig", "KILL", *enter]
        argv += ["sh", "-c", ENTER, "sh", str(self.place), sys.executable]
        with (scratch / "output").open("wb") as output:
            running = subprocess.Popen(
                [*argv, "tests/bench/treecopies.py", str(request)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(scratch / "tmp"),
                start_new_session=True,
            )
            try:
                status = running.wait(limit)
            except subprocess.TimeoutExpired:
                return Outcome("not ended in time")
            finally:
                _end(running)
        answer = scratch / "answer"
        failed = json.loads(answer.read_text())["failed"] if answer.exists() else ""
        if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return Outcome()
        words = (scratch / "output").read_text("utf-8", "replace")
        return Outcome(f"status {status}", failed, words)

    def _environment(self, temporary: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            "PYTEST_DEBUG_TEMPROOT": str(temporary),
            "PYTHONPATH": str(self.tree / "src"),
        }

    @contextmanager
    def with_fault(self, module: str, fault: Mutation) -> Iterator[None]:
        """The copy has the fault inside the block; its time is another, or stale code would run."""
        path = self.tree / module
        source, times = path.read_bytes(), path.stat()
        path.write_bytes(fault.applied(source))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 10**10))
        try:
            yield
        finally:
            path.write_bytes(source)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                compiled.unlink()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How tests ended: why they count as failed, if they do, which failed first, all words."""

    failure: str = ""
    test: str = ""
    output: str = ""


def _end(running: subprocess.Popen[bytes]) -> None:
    """End `unshare`, and with it all that runs in its namespace."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    running.wait()


def copied(place: Path) -> None:
    """Copy the files of the tree that git knows or would add to *place*/tree."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True)
    for name in done.stdout.split(b"\0"):
        source = ROOT / os.fsdecode(name)
        if name and source.is_file():
            target = place / "tree" / os.fsdecode(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def copies(count: int, place: Path, seed: int, names: Sequence[str]) -> SimpleQueue[Copy]:
    """So many copies below *place*, in which all files of tests can be read."""
    queue: SimpleQueue[Copy] = SimpleQueue()
    first = Copy(place / "0", seed)
    copied(first.place)
    outcome = first.run(names, 600, only_collect=True)  # and compile everything
    if outcome.failure:
        sys.exit(f"the tests do not run in a copy of the tree:\n{outcome.output}")
    for number in range(count):
        if number:
            shutil.copytree(first.place, place / str(number), symlinks=True)
        queue.put(Copy(place / str(number), seed))
    return queue


if __name__ == "__main__":
    sys.exit(run_inside(Path(sys.argv[1])))
