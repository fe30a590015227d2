"""Fuzz every parser for some minutes; print for each how many inputs it had, and what failed.

    python tests/bench/fuzz.py MINUTES [SEED]

The targets are those of the suite (tests/fuzz), in turns, each time with another seed.
"""

from __future__ import annotations

import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import NoReturn

from hypothesis import HealthCheck, Phase, given, seed, settings

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fuzz.targets import TARGETS, Target  # noqa: E402

EXAMPLES = 500
"""Inputs of a target in one turn."""

HANG = 20.0
"""Seconds of processor time after which an input counts as one that hangs."""


def main() -> int:
    """Fuzz until the time is over; 0 when no law was broken, else 1."""
    minutes, turn = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    signal.signal(signal.SIGVTALRM, _hangs)
    until = time.monotonic() + minutes * 60
    tried: Counter[str] = Counter()
    broken: dict[str, str] = {}
    while time.monotonic() < until:
        for target in TARGETS:
            if (
                time.monotonic() < until
                and target.name not in broken
                and (words := run(target, turn, tried))
            ):
                broken[target.name] = words
                print(f"{target.name}, seed {turn}:\n{words}", flush=True)
        turn += 1
    for target in TARGETS:
        result = "FAILED" if target.name in broken else "ok"
        print(f"{target.name:15} {tried[target.name]:9} inputs  {result}")
    print(f"{sum(tried.values())} inputs, {len(broken)} broken, last seed {turn - 1}")
    return 1 if broken else 0


def run(target: Target, turn: int, tried: Counter[str]) -> str | None:
    """One turn of *target*; how its law was broken, if it was."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @seed(turn)
    @given(target.inputs)
    def law(value: object) -> None:
        tried[target.name] += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG)
        try:
            target.law(value)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    try:
        law()
    except Exception:
        return traceback.format_exc()
    return None


def _hangs(*_: object) -> NoReturn:
    raise TimeoutError(f"not read within {HANG:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
