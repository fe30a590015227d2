"""Whether the tests notice small faults in the source: what lived, and the rate of each room.

    python tests/bench/mutants.py [--count N] [--seed S] [--rooms "files port/verify"] [--jobs J]

N faults (see mutations.py) are drawn evenly over the rooms: the packages and modules right below
src/patchseries. Each is put into a copy of the tree, and the tests that cover its line are run
there: first those of its own test file, then of its room, then others, of many files. A fault is
found when a test fails or does not end in time; what lived is printed. The seed draws the faults
and Hypothesis' examples.

For time's sake each of these three ends after BUDGET seconds, and tests slower than SLOW seconds
are left out where quicker ones cover the line: one that lived may be found by a slow test. A test
that fails on the copy without a fault counts for nothing. What lived and is in equivalents.toml is
no fault: it is printed with the reason there, and the rates are of the others.

The first run measures which lines each test runs, which takes longer than the whole suite; see
covering.py. The tests run where all but the copy is read-only, and see no process but their own
(`unshare` of util-linux): a fault in what removes files or ends processes does no harm.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench.covering import PACKAGE, Distance, covering_tests, distance_of  # noqa: E402
from bench.equivalents import LIST, equivalents, place_of, printed  # noqa: E402
from bench.mutations import Mutation, mutations  # noqa: E402
from bench.treecopies import Copy, copies  # noqa: E402

NO_SOURCE = "demo/upstreams"
"""Files of the demonstration's upstreams: data, though Python."""

SLOW = 15.0
"""Seconds of a test that is run only where no quicker one covers the line."""

BUDGET = 20.0
"""Seconds of tests of its own file, of its room, and of others, each."""

FILE = 0.2
"""Seconds that collecting a file of tests takes, about."""

PATIENCE = 6.0
"""How often longer than usual tests may take before they count as not ending."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault in a file of the source (path in the tree), and the room that it was drawn for."""

    module: str
    fault: Mutation
    room: str

    def __str__(self) -> str:
        before, after = printed(self.fault.before), printed(self.fault.after)
        return f"{self.module}:{self.fault.line}: {before} → {after}"


def room_of(module: str, rooms: Sequence[str]) -> str | None:
    """Which of *rooms* (``port/verify``) a file of the source is in; of none: the topmost."""
    path = Path(module).relative_to(PACKAGE).with_suffix("")
    if not rooms:
        return path.parts[0]
    return next((room for room in rooms if path.is_relative_to(room)), None)


def drawn(
    sources: dict[str, bytes], count: int, seed: int, rooms: Sequence[str] = ()
) -> list[Mutant]:
    """So many mutants of *sources* (path → bytes): evenly many of each room that has as many.

    :param rooms: those drawn from, or packages in them; none: all
    """
    waiting: defaultdict[str, list[Mutant]] = defaultdict(list)
    for module, source in sorted(sources.items()):
        room = room_of(module, rooms)
        if room is not None:
            chance = random.Random(f"{seed} {module}")
            places = mutations(source)
            waiting[room] += [Mutant(module, chance.choice(faults), room) for faults in places]
    for room, mutants in waiting.items():
        random.Random(f"{seed} {room}").shuffle(mutants)
    taken: list[Mutant] = []
    order = sorted(waiting)
    random.Random(seed).shuffle(order)
    while len(taken) < count and any(waiting.values()):
        for room in order:
            if waiting[room] and len(taken) < count:
                taken.append(waiting[room].pop())
    return taken


def chosen(names: Sequence[str], seconds: dict[str, float], budget: float) -> list[str]:
    """Of the tests *names* as many as *budget* seconds allow: of many files, and quick ones."""
    by_file: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda name: seconds[name]):
        by_file[name.partition("::")[0]].append(name)
    turns = sorted(
        (turn, seconds[name], name)
        for of_file in by_file.values()
        for turn, name in enumerate(of_file)
    )
    quick = [name for _, took, name in turns if took <= SLOW] or [t[2] for t in turns[:1]]
    picked: list[str] = []
    opened: set[str] = set()
    for name in quick:
        file = name.partition("::")[0]
        budget -= seconds[name] + (0 if file in opened else FILE)
        if budget < 0 and picked:
            break
        picked.append(name)
        opened.add(file)
    return picked


class Covering(Protocol):
    """Tells which tests run a line, and how long each takes."""

    seconds: dict[str, float]

    def of(self, module: str, line: int | None, /) -> list[str]:
        """The tests that run *line* of *module*; None: any line."""


def found_by(mutant: Mutant, covering: Covering, copy: Copy) -> str:
    """What found *mutant*, in words; empty when it lived."""
    fault = mutant.fault
    names = covering.of(mutant.module, None if fault.at_import else fault.line)
    names = [name for name in names if name not in copy.unfit]
    for distance in Distance:
        some = [name for name in names if distance_of(name, mutant.module) is distance]
        picked = chosen(some, covering.seconds, BUDGET)
        while picked:
            limit = 30 + PATIENCE * sum(covering.seconds[name] + FILE for name in picked)
            with copy.with_fault(mutant.module, fault):
                outcome = copy.run(picked, limit)
            if not outcome.failure:
                break
            suspects = [outcome.test] if outcome.test else picked
            if _pass_without(copy, suspects, limit, bool(outcome.test)):
                return outcome.test or outcome.failure
            if not outcome.test:
                sys.exit(f"the tests do not run without a fault:\n{copy.run(picked, limit).output}")
            picked.remove(outcome.test)
            copy.unfit.add(outcome.test)
    return ""


def _pass_without(copy: Copy, names: Sequence[str], limit: float, is_test: bool) -> bool:
    """Whether tests pass on the copy as it is; where none failed by name, they all must."""
    if is_test and names[0] in copy.good:
        return True
    passed = not copy.run(names, limit).failure
    if passed:
        copy.good.update(names)
    return passed


def main() -> int:
    """Draw, run, print; 0 whatever lived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rooms", default="", help="names of rooms, with spaces between them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words = parser.parse_args()
    paths = {str(p.relative_to(ROOT)): p for p in sorted((ROOT / PACKAGE).rglob("*.py"))}
    sources = {name: p.read_bytes() for name, p in paths.items() if NO_SOURCE not in name}
    mutants = drawn(sources, words.count, words.seed, words.rooms.split())
    none = _equivalent(mutants, sources)
    covering = covering_tests(words.jobs)
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as place:
        queue = copies(words.jobs, Path(place), words.seed, sorted(covering.seconds))
        lived = _lived(mutants, none, covering, queue)
        unfit = sorted({test for _ in range(words.jobs) for test in queue.get().unfit})
    for test in unfit:
        print(f"not counted, it fails without a fault in a copy: {test}")
    print(table(mutants, lived, none))
    return 0


def _equivalent(mutants: Sequence[Mutant], sources: Mapping[str, bytes]) -> dict[Mutant, str]:
    """Those of *mutants* that are listed as no fault, and why."""
    known = equivalents(LIST.read_text(encoding="utf-8"))
    places = ((m, place_of(m.module, sources[m.module], m.fault)) for m in mutants)
    return {mutant: known[place] for mutant, place in places if place in known}


def _lived(
    mutants: Sequence[Mutant],
    equivalent: Mapping[Mutant, str],
    covering: Covering,
    queue: SimpleQueue[Copy],
) -> list[Mutant]:
    """Those that no test found, printed as soon as that is known."""

    def one(mutant: Mutant) -> str:
        copy = queue.get()
        try:
            return found_by(mutant, covering, copy)
        finally:
            queue.put(copy)

    lived = []
    with ThreadPoolExecutor(queue.qsize()) as pool:
        waiting = {pool.submit(one, mutant): mutant for mutant in mutants}
        for number, done in enumerate(as_completed(waiting), 1):
            by = done.result()
            if not by:
                lived.append(waiting[done])
            sign = "equivalent" if waiting[done] in equivalent else "LIVED"
            sign = f"found by {by}" if by else sign
            print(f"{number}/{len(mutants)} {waiting[done]}: {sign}", flush=True)
    return lived


def table(
    mutants: Sequence[Mutant], lived: Sequence[Mutant], equivalent: Mapping[Mutant, str]
) -> str:
    """What lived, and for each room how many of how many faults were found.

    :param equivalent: what is listed as no fault, and why: not counted, unless a test found it
    """
    none = [mutant for mutant in lived if mutant in equivalent]
    faults = [mutant for mutant in lived if mutant not in equivalent]
    wrong = {mutant for mutant in mutants if mutant in equivalent} - {*none}
    lines = [f"equivalent: {mutant}: {equivalent[mutant]}" for mutant in sorted(none, key=str)]
    lines += [f"wrongly in {LIST.name}, a test finds it: {m}" for m in sorted(wrong, key=str)]
    lines += [f"lived: {mutant}" for mutant in sorted(faults, key=str)]
    for room in [*sorted({mutant.room for mutant in mutants}), "all"]:
        counts = (sum(room in (m.room, "all") for m in some) for some in (mutants, none, faults))
        lines.append(_rate(room, *counts))
    return "\n".join(lines)


def _rate(name: str, drawn: int, equivalent: int, lived: int) -> str:
    count = drawn - equivalent
    rate = f"{count - lived:4} of {count:4} found, {100 * (count - lived) / max(1, count):5.1f} %"
    return f"{name:12} {rate} ({drawn} drawn, {equivalent} equivalent)"


if __name__ == "__main__":
    sys.exit(main())
