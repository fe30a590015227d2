"""What the commands take beside what one would do otherwise, in one run, as one table.

    SERIES_MIRRORS=DIR python tests/bench/speed.py [--markdown]

The Grizzly series is rebased, applied, searched for and built in a copy of the project with a cache
of its own; beside it git, quilt and dpkg-buildpackage do the same by hand. Each figure is the least
of RUNS runs (three): seconds of CPU (with that of git), and of the clock. What was fetched is not
fetched again in them. Needs quilt and dpkg-dev.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src")]

from patchseries.manifest import Manifest, load  # noqa: E402
from patchseries.sources.mirrors import mirror_of  # noqa: E402

SERIES = str(ROOT / ".venv/bin/series")
RUNS = int(os.environ.get("RUNS", "3"))
BUILT = "2013.1.3"


@dataclass(frozen=True)
class Took:
    """Seconds of CPU, with that of children, and of the clock."""

    cpu: float
    clock: float

    def __add__(self, other: Took) -> Took:
        return Took(self.cpu + other.cpu, self.clock + other.clock)

    def __str__(self) -> str:
        return f"{self.cpu:.2f} / {self.clock:.2f}"


def took(
    work: Callable[[], None], before: Callable[[], None] = lambda: None, runs: int = RUNS
) -> Took:
    """The least that *work* took in *runs* runs, each after *before*."""
    best = Took(float("inf"), float("inf"))
    for _ in range(runs):
        before()
        start, clock = os.times(), time.monotonic()
        work()
        end = os.times()
        cpu = sum(end[:4]) - sum(start[:4])
        best = Took(min(best.cpu, cpu), min(best.clock, time.monotonic() - clock))
    return best


class Bench:
    """The project, its mirrors, and a scratch directory for what is done by hand."""

    def __init__(self, directory: Path, mirrors: Path) -> None:
        self.project = directory / "project"
        self.hand = directory / "hand"
        self.cache = directory / "cache"
        for path in (self.project, self.hand, self.cache):
            path.mkdir(mode=0o700)
        shutil.copytree(ROOT / "series", self.project / "series")
        shutil.copytree(ROOT / "patches/own", self.project / "patches/own")
        self.env = os.environ | {
            "SERIES_CACHE": str(self.cache),
            "SERIES_STATE": str(directory / "state"),
            "SERIES_MIRRORS": str(mirrors),
            "DEBFULLNAME": "A Packager",
            "DEBEMAIL": "packager@example.invalid",
            "GIT_AUTHOR_NAME": "A Packager",
            "GIT_AUTHOR_EMAIL": "packager@example.invalid",
            "GIT_COMMITTER_NAME": "A Packager",
            "GIT_COMMITTER_EMAIL": "packager@example.invalid",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "QUILT_PATCHES": "patches",
            "QUILT_PC": ".pc",
        }
        self.manifest: Manifest = load(self.project / "series/grizzly.toml")
        self.pins = self._pins()
        self.mirrors = mirrors

    def _pins(self) -> dict[tuple[str, str], str]:
        from patchseries.lock import load as load_lock

        pins = load_lock(self.project / "series/grizzly.lock").pins
        return {place: str(commit) for place, commit in pins.items()}

    def run(self, *argv: str, cwd: Path | None = None, check: bool = False) -> None:
        """Run a program; what it says is not shown."""
        subprocess.run(
            argv,
            cwd=cwd or self.project,
            env=self.env,
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def series(self, *words: str) -> Callable[[], None]:
        """``series WORDS``."""
        return lambda: self.run(SERIES, *words, "-q")

    def forget(self) -> None:
        """Drop what was worked out, not what was fetched."""
        for name in ("rebased", "ports", "checks"):
            shutil.rmtree(self.cache / name, ignore_errors=True)

    # By hand ---------------------------------------------------------------------------------

    def mirror(self, url: str) -> Path:
        """The git directory of the mirror of *url*."""
        found = mirror_of(url, [self.mirrors])
        assert found is not None, url
        return found / ".git" if (found / ".git").is_dir() else found

    def prepare_trees(self) -> None:
        """A repository of each project with the objects of all forks; a work tree of each base."""
        for name, project in self.manifest.projects.items():
            urls = {project.repository}
            urls |= {
                s.repository
                for p in self.manifest.patches_of(name)
                for s in p.sources
                if s.repository
            }
            git = self.hand / f"{name}.git"
            self.run("git", "init", "-q", "--bare", str(git), check=True)
            lines = "".join(f"{self.mirror(url)}/objects\n" for url in urls)
            (git / "objects/info/alternates").write_text(lines)
            for base in project.bases:
                commit = self.pins[project.repository, base]
                tree = str(self.tree(name, base))
                add = ("worktree", "add", "-q", "--detach", tree, commit)
                self.run("git", f"--git-dir={git}", *add, check=True)

    def tree(self, project: str, base: str) -> Path:
        """The work tree of *project* at *base*."""
        return self.hand / f"{project}-{base}"

    def places(self) -> Iterator[tuple[str, str, Path]]:
        """Each project and base, with its work tree."""
        for name, project in self.manifest.projects.items():
            for base in project.bases:
                yield name, base, self.tree(name, base)

    def reset_trees(self) -> None:
        """Every work tree as it was checked out."""
        for name, base, tree in self.places():
            commit = self.pins[self.manifest.projects[name].repository, base]
            self.run("git", "cherry-pick", "--abort", cwd=tree)
            self.run("git", "reset", "-q", "--hard", commit, cwd=tree, check=True)
            self.run("git", "clean", "-qfdx", cwd=tree, check=True)

    def cherry_pick(self) -> None:
        """Pick the commit of each patch onto each base; one that conflicts is skipped."""
        for name, base, tree in self.places():
            for patch in self.manifest.patches_of(name):
                source = patch.source_for(base) if patch.applies_to(base) else None
                if source is None or not source.commit:
                    continue
                commit = self.pins[
                    source.repository or self.manifest.projects[name].repository, source.rev
                ]
                done = subprocess.run(
                    ["git", "cherry-pick", commit],
                    cwd=tree,
                    env=self.env,
                    capture_output=True,
                    check=False,
                )
                if done.returncode:
                    self.run("git", "cherry-pick", "--skip", cwd=tree)

    def bring_patches(self) -> None:
        """Put the patches that the series wrote into the work trees, for quilt."""
        self.reset_trees()
        for name, base, tree in self.places():
            patches = self.project / "patches/grizzly" / base / name
            if patches.is_dir():
                shutil.copytree(patches, tree / "patches")

    def quilt(self) -> None:
        """`quilt push -a` in each work tree that has patches."""
        for _, _, tree in self.places():
            if (tree / "patches/series").is_file():
                self.run("quilt", "push", "-a", "-q", cwd=tree)

    def log_and_tags(self) -> None:
        """`git log --grep` for each patch in its history, and the tags of what it finds."""
        for patch in self.manifest.patches:
            git = f"--git-dir={self.mirror(self.manifest.projects[patch.project].repository)}"
            named = [patch.change_id, *patch.upstream]
            for change in filter(None, named):
                grep = ["git", git, "log", "--all", "--format=%H", "--grep", change]
                done = subprocess.run(grep, capture_output=True, text=True, check=True)
                for commit in done.stdout.split():
                    subprocess.run(
                        ["git", git, "tag", "--contains", commit], capture_output=True, check=True
                    )

    def unpack(self) -> None:
        """Take the packages that were built apart, as somebody has them who builds by hand."""
        shutil.rmtree(self.hand / "build", ignore_errors=True)
        (self.hand / "build").mkdir()
        for dsc in sorted((self.project / "build").rglob("*.dsc")):
            for file in dsc.parent.iterdir():
                if file.is_file() and ".orig." in file.name:
                    shutil.copy(file, self.hand / "build")
            target = str(self.hand / "build" / dsc.stem)
            self.run("dpkg-source", "--skip-patches", "-x", str(dsc), target, check=True)

    def forget_packages(self) -> None:
        """No package is there: one of the same inputs would not be built again."""
        shutil.rmtree(self.project / "build", ignore_errors=True)

    def build(self) -> None:
        """`dpkg-buildpackage -S` of each package."""
        argv = ("dpkg-buildpackage", "-S", "-d", "-nc", "-us", "-uc")
        for tree in sorted((self.hand / "build").iterdir()):
            if tree.is_dir():
                self.run(*argv, cwd=tree, check=True)


Row = tuple[str, Took, str, Took | None]


def rows(bench: Bench) -> Iterator[Row]:
    """The table, row by row."""
    bench.run(SERIES, "fetch", "grizzly", "-q", check=True)
    made = took(bench.prepare_trees, runs=1)
    for command in ("rebase", "status"):
        bench.run(SERIES, command, "grizzly", "-q")
    picked = made + took(bench.cherry_pick, bench.reset_trees)
    hand = "git worktree add, git cherry-pick"
    one = took(bench.series("rebase", "grizzly", "-j1"), bench.forget)
    yield "rebase: 10 patches on 6 bases, -j1", one, hand, picked
    every = took(bench.series("rebase", "grizzly"), bench.forget)
    yield "the same on all cores", every, hand, picked
    again = took(bench.series("rebase", "grizzly"))
    yield "again, nothing changed", again, hand, picked
    pushed = took(bench.quilt, bench.bring_patches)
    applied = took(bench.series("test-apply", "grizzly"))
    yield "test-apply", applied, "quilt push -a in work trees", pushed
    searched = took(bench.log_and_tags)
    status = took(bench.series("status", "grizzly"))
    yield "status", status, "git log --grep, git tag --contains", searched
    bench.run(SERIES, "check", "grizzly", "-q")
    yield "check, nothing changed", took(bench.series("check", "grizzly")), "", None
    build = ("build", "grizzly", "--onto", BUILT, "--allow-unreviewed", "--skip-conflicts")
    built = took(bench.series(*build), bench.forget_packages)
    by_hand = took(bench.build, bench.unpack)
    yield "build: three source packages", built, "dpkg-buildpackage -S, without comparing", by_hand
    shown = took(lambda: bench.run(SERIES, "--help"))
    python = took(lambda: bench.run(sys.executable, "-c", "pass"))
    yield "start: series --help", shown, "python -c pass", python


def machine() -> str:
    """The size of this machine and its load."""
    cores = len(os.sched_getaffinity(0))
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    words = f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"{words}, {git.stdout.strip()}, load {os.getloadavg()[0]:.1f}"


def main() -> int:
    """Print the table, and write it to build/bench/speed.json."""
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(":")[0]
    if not mirrors:
        print("set SERIES_MIRRORS to a directory of mirrors ORG/REPO", file=sys.stderr)
        return 2
    print(machine())
    print("\nseconds of CPU / of the clock\n")
    print("| what | series | otherwise | that | times faster |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        table = []
        for what, ours, other, theirs in rows(Bench(Path(directory), Path(mirrors))):
            times = f"{theirs.clock / ours.clock:.1f}" if theirs else ""
            print(f"| {what} | {ours} | {other} | {theirs or ''} | {times} |", flush=True)
            table.append({"what": what, "series": ours.clock, "otherwise": theirs and theirs.clock})
    place = ROOT / "build/bench"
    place.mkdir(parents=True, exist_ok=True)
    (place / "speed.json").write_text(json.dumps(table, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
