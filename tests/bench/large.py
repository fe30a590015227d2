"""What a long series costs: real commits of nova, Grizzly to Havana, as patches on its releases.

    SERIES_MIRRORS=DIR python tests/bench/large.py [COUNT[xBASES] ...]

For each COUNT (default: 125 250 500 1000 2000 500x10) the first COUNT commits after 2013.1, in
their order and without merges and translations, are a series on 2013.1.3, or on so many releases
(ten at most), with a cache of its own. A package of 2013.1.3 is built without what conflicts;
commits with an empty file or a binary one are not taken, since dpkg-source carries neither. Each
command is shown with its seconds of CPU (git's among them) and of the clock, and the most memory of
one process in MB. The last column is what each patch on each base took, in milliseconds: it stays
about the same where time is linear.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERIES = ROOT / ".venv/bin/series"
COUNTS = ("125", "250", "500", "1000", "2000", "500x10")
BASE = "2013.1.3"
BASES = (
    *(BASE, "2013.1", "2013.1.1", "2013.1.2", "2013.1.4", "2013.1.5"),
    *("2012.2", "2012.2.1", "2012.2.2", "2012.2.3"),
)
EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""git's name of the empty file."""

HEAD = """\
schema = 1

[series]
name = "large"

[project.nova]
repository = "https://opendev.org/openstack/nova.git"
bases = BASES
"""
COMMANDS = (
    ("rebase", ("rebase", "-q")),
    ("rebase again", ("rebase", "-q")),
    ("rebase, last patch changed", ("rebase", "-q")),
    ("test-apply", ("test-apply", "-q")),
    ("status", ("status", "-q")),
    ("status again", ("status", "-q")),
    ("check", ("check", "-q")),
    ("check again", ("check", "-q")),
    ("report", ("report", "-q")),
    ("report again", ("report", "-q")),
    ("build", ("build", "-q", "--onto", BASE, "--allow-unreviewed", "--skip-conflicts")),
)


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of CPU, and of the clock; the most memory, in MB.

    ``status`` is its exit status: above 1 it came to no end, and was quick for that.
    """

    cpu: float
    clock: float
    memory: float
    status: int

    @property
    def failure(self) -> str:
        """Words for a command that failed, to stand in its row."""
        return f"  failed: exit status {self.status}" if self.status > 1 else ""


def measured(argv: list[str], directory: Path, env: dict[str, str]) -> Cost:
    """Run *argv* by a shell of its own, so that the children that it measures are its alone."""
    script = (
        "import os, resource, subprocess, sys, time\n"
        "start = time.monotonic()\n"
        "quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}\n"
        "status = subprocess.run(sys.argv[1:], **quiet).returncode\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "took = used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1000\n"
        "print(*took, status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *argv],
        cwd=directory,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    cpu, clock, memory, status = done.stdout.split()
    return Cost(float(cpu), float(clock), float(memory), int(status))


def commits(mirror: Path, count: int) -> list[str]:
    """The first *count* commits of nova after 2013.1 up to 2013.2 that dpkg-source can carry."""
    git = ["git", f"--git-dir={mirror}", "log", "--reverse", "--topo-order", "--no-merges"]
    shown = ["--format=%x00%H", "--raw", "--numstat", "--abbrev=40", "--no-renames"]
    asked = [*git, *shown, "2013.1..2013.2", "--", ".", ":!nova/locale"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True)
    logs = [log.splitlines() for log in listed.stdout.split("\0")[1:]]
    return [log[0] for log in logs if not any(map(_is_dropped, log))][:count]


def _is_dropped(line: str) -> bool:
    """Whether *line* of git's log is of a file that dpkg-source drops or refuses."""
    raw = line.split()
    is_empty = line.startswith(":") and raw[3] == EMPTY
    return is_empty or line.startswith("-\t-")  # no count of lines: binary


def write_manifest(project: Path, chosen: list[str], bases: Sequence[str] = (BASE,)) -> None:
    """The series of *chosen* commits on *bases*, in the project directory."""
    entries = (
        f'\n[[patch]]\nname = "c{n:04}"\nproject = "nova"\nsource = {{ commit = "{commit}" }}\n'
        for n, commit in enumerate(chosen)
    )
    (project / "series").mkdir(exist_ok=True)
    (project / "series/large.toml").write_text(
        HEAD.replace("BASES", json.dumps(list(bases))) + "".join(entries)
    )


def run(mirror: Path, count: int, bases: Sequence[str]) -> None:
    """Print a row for each command."""
    chosen = commits(mirror, count + 1)
    count = min(count, len(chosen) - 1)  # 2013.1..2013.2 has no 2,000 such
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "cache").mkdir(mode=0o700)
        env = os.environ | {
            "SERIES_CACHE": str(directory / "cache"),
            "SERIES_STATE": str(directory / "state"),
            "DEBFULLNAME": "A Packager",
            "DEBEMAIL": "packager@example.invalid",
        }
        write_manifest(directory, chosen[:count], bases)
        subprocess.run([SERIES, "fetch", "-q"], cwd=directory, env=env, check=True)
        for words, command in COMMANDS:
            if "changed" in words:
                write_manifest(directory, [*chosen[: count - 1], *chosen[count:]], bases)
            cost = measured([str(SERIES), *command], directory, env)
            each = 1000 * cost.cpu / count / len(bases)
            name = f"{count}x{len(bases)}"
            print(
                f"{name:>8} {words:28} {cost.cpu:8.2f} {cost.clock:8.2f}"
                f" {cost.memory:7.0f} {each:8.1f}{cost.failure}",
                flush=True,
            )


def main() -> int:
    """Print the table."""
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(":")[0]
    if not mirrors:
        print("set SERIES_MIRRORS to a directory of mirrors ORG/REPO", file=sys.stderr)
        return 2
    nova = next(Path(mirrors).glob("openstack/nova*"))
    mirror = nova / ".git" if (nova / ".git").is_dir() else nova
    asked = [word.partition("x") for word in sys.argv[1:] or COUNTS]
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'series':>8} {'command':28} {'CPU s':>8} {'clock s':>8} {'MB':>7} {'ms each':>8}")
    for count, _, bases in asked:
        run(mirror, int(count), sorted(BASES[: int(bases or 1)]))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"the most memory of a process: {most:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
