"""What each threshold of the port engine is worth on real backports.

    SERIES_MIRRORS=DIR python tests/bench/thresholds.py PAIRS... [--only NAME]

PAIRS are files in the form of ``backports.py``. They are cut into two halves: by their key ``half``
("a" to tune on, "b" to report), else by the hash of their id. Each threshold is set to several
values in turn, the others stay as they are. Printed for each value: how many results of the first
half are identical to the person's tree, how many files differ in the others, how many results are
trusted (no review asked for) and how many of those differ. The value in use is marked with ``*``.
Then the same of the second half, which chose nothing: with the value in use, and with the value
that did best on the first half. Pairs that need no decision (git's merge is clean) count only for
thresholds of the checks.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench.backports import Row, read_rows  # noqa: E402
from patchseries.git import Repository, scratch  # noqa: E402
from patchseries.port import Change, PortOptions  # noqa: E402
from patchseries.port.engine import port  # noqa: E402


@dataclass(frozen=True)
class Threshold:
    """A constant of a module of the engine, and the values that are tried."""

    module: str
    name: str
    values: tuple[float, ...]
    checks: bool = False

    @property
    def title(self) -> str:
        """How it is printed, and named to ``--only``."""
        return f"{self.module}.{self.name}"

    def get(self) -> float:
        """The value in use."""
        value: float = getattr(
            importlib.import_module(f"patchseries.port.{self.module}"), self.name
        )
        return value


@contextmanager
def replaced(module: str, name: str, value: object) -> Iterator[None]:
    """Another value for *name* (dotted, in a class) of a module of the engine, for a while."""
    home: object = importlib.import_module(f"patchseries.port.{module}")
    *owners, last = name.split(".")
    for owner in owners:
        home = getattr(home, owner)
    before = getattr(home, last)
    setattr(home, last, value)
    try:
        yield
    finally:
        setattr(home, last, before)


THRESHOLDS = (
    Threshold("hunks.ranking", "_REWRITTEN", (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)),
    Threshold("hunks.ranking", "_FEW", (0, 1, 2, 3, 4, 6, 9)),
    Threshold("hunks.ranking", "_SAME", (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01)),
    Threshold("hunks.ranking", "_OTHER", (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)),
    Threshold("hunks.ranking", "_STRANGE", (0.3, 0.4, 0.5, 0.6, 0.7)),
    Threshold("hunks.ranking", "_NEARLY", (0.8, 0.85, 0.9, 0.95, 1.01)),
    Threshold("hunks.words", "_LEAST_ALIKE", (0.4, 0.5, 0.6, 0.7, 0.8)),
    Threshold("hunks.moved", "_CONTEXT", (1, 2, 3, 4, 6)),
    Threshold("hunks.moved", "_TELLING", (12, 18, 24, 36, 48)),
    Threshold("names.paths", "_AROUND", (3, 6, 12, 24)),
    Threshold("names.paths", "_LEAST_MOVED", (0.1, 0.25, 0.4, 0.6)),
    Threshold("names.paths", "_LEAST_ELSEWHERE", (0.3, 0.45, 0.6, 0.75)),
    Threshold("names.renames", "_SHORTEST", (2, 3, 4, 5, 6)),
    Threshold("names.phrases", "_PLACES", (1, 2, 3, 4)),
    Threshold("verify.names", "_HABIT", (2, 3, 5, 8), checks=True),
    Threshold("verify.names", "_PROSE", (1, 2, 3, 5), checks=True),
    Threshold("verify.leftovers", "_BLOCK", (3, 4, 5, 6, 8), checks=True),
)


@dataclass(frozen=True)
class Score:
    """How many results are identical to the person's, how many files are not in the others, how
    many results are trusted, and how many of those are not identical."""

    identical: int
    files: int
    trusted: int
    wrong: int

    def __str__(self) -> str:
        return f"{self.identical:>10}{self.files:>7}{self.trusted:>9}{self.wrong:>7}"


class Bench:
    """Pairs and the stores that they are ported in."""

    def __init__(self, mirrors: Path, stack: ExitStack) -> None:
        self._mirrors, self._stack = mirrors, stack
        self._stores: dict[str, Repository] = {}

    def store(self, repo: str) -> Repository:
        """A scratch store that reads the objects of a mirror; one for each."""
        if repo not in self._stores:
            directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            with Repository(self._mirrors / repo) as source:
                objects = source.objects_directory
            self._stores[repo] = self._stack.enter_context(scratch(directory, [objects]))
        return self._stores[repo]

    def ported(self, pair: Row, options: PortOptions | None = None) -> tuple[str | None, bool]:
        """The tree that a pair comes out as, and whether it is trusted."""
        store = self.store(pair["repo"])
        change = Change.of(store, store.commit(pair["upstream"]))
        onto = store.commit(pair["onto"]).tree
        result = port(store, change, onto, options or PortOptions())
        return result.tree, result.tree is not None and not result.review

    def undecided(self, pairs: Sequence[Row]) -> list[Row]:
        """The pairs that git's own merge leaves a conflict in."""
        return [p for p in pairs if self.ported(p, PortOptions(git_only=True))[0] is None]

    def score(self, pairs: Sequence[Row]) -> Score:
        """Port all and count."""
        identical = files = trusted = wrong = 0
        for pair in pairs:
            tree, trust = self.ported(pair)
            human = pair["human_tree"]
            identical += tree == human
            store = self.store(pair["repo"])
            files += len(store.changes(tree or store.commit(pair["onto"]).tree, human))
            trusted += trust
            wrong += trust and tree != human
        return Score(identical, files, trusted, wrong)


def main() -> int:
    """Sweep; 0, or 2 for wrong usage."""
    mirrors, pairs, only = arguments()
    chosen = [t for t in THRESHOLDS if not only or t.title in only]
    with ExitStack() as stack:
        bench = Bench(mirrors, stack)
        for threshold in chosen:
            threshold.get()  # a constant that is gone is told at once, not after an hour
        every = halves(pairs)
        conflicts = halves(bench.undecided(pairs))
        for name, (tuned, reported) in {"all": every, "conflicts": conflicts}.items():
            print(f"{name}: {len(tuned)} pairs to tune on, {len(reported)} to report", flush=True)
        print(f"\n{'':34}{'identical':>10}{'files':>7}{'trusted':>9}{'wrong':>7}")
        for threshold in chosen:
            sweep(bench, threshold, *(every if threshold.checks else conflicts))
    return 0


def arguments() -> tuple[Path, list[Row], list[str]]:
    """The mirrors, the pairs, and what alone is to be tried; the program ends for wrong usage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    given = parser.parse_args()
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(os.pathsep)[0]
    if not mirrors:
        parser.error("set SERIES_MIRRORS")
    return Path(mirrors), [pair for path in given.pairs for pair in read_rows(path)], given.only


def halves(pairs: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The pairs to tune on and the pairs to report, the same in every run."""
    cut: tuple[list[Row], list[Row]] = ([], [])
    for pair in pairs:
        by_hash = "ab"[hashlib.sha256(pair["id"].encode()).digest()[0] % 2]
        cut[pair.get("half", by_hash) != "a"].append(pair)
    return cut


def sweep(
    bench: Bench, threshold: Threshold, tuned: Sequence[Row], reported: Sequence[Row]
) -> None:
    """Print what each value of one threshold does."""
    used = threshold.get()
    scores: dict[float, Score] = {}
    print(threshold.title, flush=True)
    for value in sorted({*threshold.values, used}):
        with replaced(threshold.module, threshold.name, value):
            scores[value] = bench.score(tuned)
        mark = "*" if value == used else ""
        print(f"  {value:>8}{mark:<24}{scores[value]}", flush=True)
    for value in dict.fromkeys((used, best(scores, used))):
        with replaced(threshold.module, threshold.name, value):
            print(f"  {value:>8} on the other half   {'':4}{bench.score(reported)}", flush=True)


def best(scores: Mapping[float, Score], used: float) -> float:
    """The value with most identical results, then fewest files; in a tie the one in use."""
    worth = {
        value: (score.identical, -score.files, -score.wrong) for value, score in scores.items()
    }
    highest = max(worth.values())
    return used if worth[used] == highest else next(v for v in worth if worth[v] == highest)


if __name__ == "__main__":
    sys.exit(main())
