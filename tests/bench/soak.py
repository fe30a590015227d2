"""A soak of the merge core: random triples of texts, and the laws that must hold for each.

    python tests/bench/soak.py N [SEED]

Half of the triples are random lines, half are random edits of one text, as real changes are.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from patchseries.port.hunks.lines import Lines, decode, edits, encode, split_lines  # noqa: E402
from patchseries.port.hunks.resolve import resolve  # noqa: E402

LINES = (
    "",
    "import a",
    "from b import c",
    "def f(x):",
    "def g(y, z=1):",
    "    return f(x, y)",
    "    x = 1",
    "    y = [1, 2]",
    "class C(D):",
    "key = value",
    "# words",
    "\xff\r",
    "}",
)


def main() -> int:
    """Run N triples; 0 when every law holds, else 1 with the first triple that breaks one."""
    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance = random.Random(seed)
    started = time.perf_counter()
    regions = 0
    for number in range(1, count + 1):
        base, ours, theirs = triple(chance)
        broken, found = check(base, ours, theirs)
        regions += found
        if broken:
            print(f"triple {number} of seed {seed}: {broken}\n{base}\n{ours}\n{theirs}")
            return 1
    seconds = time.perf_counter() - started
    print(f"{count} triples of seed {seed}, {regions} regions, {seconds:.0f} s: every law holds")
    return 0


def triple(chance: random.Random) -> tuple[Lines, Lines, Lines]:
    """A base and its two sides."""
    base = lines(chance, chance.randrange(24))
    if chance.random() < 0.5:
        return base, lines(chance, chance.randrange(24)), lines(chance, chance.randrange(24))
    return base, edited(chance, base), edited(chance, base)


def lines(chance: random.Random, count: int) -> Lines:
    """Random lines; now and then the last has no line feed."""
    made = [chance.choice(LINES) + "\n" for _ in range(count)]
    if made and chance.random() < 0.2:
        made[-1] = made[-1].rstrip("\n") or "x"
    return tuple(made)


def edited(chance: random.Random, base: Lines) -> Lines:
    """*base* with a few ranges replaced."""
    made = list(base)
    for _ in range(chance.randrange(1, 4)):
        low = chance.randrange(len(made) + 1)
        made[low : low + chance.randrange(3)] = lines(chance, chance.randrange(4))
    return split_lines("".join(made))


def check(base: Lines, ours: Lines, theirs: Lines) -> tuple[str, int]:
    """The first law that is broken (else ""), and how many regions there were."""
    resolution = resolve(base, ours, theirs)
    text = "".join(resolution.lines)
    laws = {
        "bytes survive": decode(encode(text)) == text,
        "an untouched target takes the change": _text(base, base, theirs) == "".join(theirs),
        "a change that changes nothing leaves the target": _text(base, ours, base) == "".join(ours),
        "a change that is in leaves the target": _text(base, theirs, theirs) == "".join(theirs),
        "the same triple gives the same text": _text(base, ours, theirs) == text,
        "edits rebuild": _rebuilt(base, theirs) == theirs,
        "no lines but blank ones from nowhere": resolution.choices
        or not _counted(resolution.lines) - _counted((*base, *ours, *theirs)),
    }
    broken = next((name for name, holds in laws.items() if not holds), "")
    return broken, len(resolution.choices)


def _counted(lines: Iterable[str]) -> Counter[str]:
    """How often each line is there, but for blank ones: those keep blocks apart."""
    return Counter(line for line in lines if line.strip("\r\n"))


def _text(base: Lines, ours: Lines, theirs: Lines) -> str:
    return "".join(resolve(base, ours, theirs).lines)


def _rebuilt(old: Lines, new: Lines) -> Lines:
    made: Lines = ()
    at = 0
    for edit in edits(old, new):
        made += old[at : edit.low] + new[edit.start : edit.end]
        at = edit.high
    return made + old[at:]


if __name__ == "__main__":
    sys.exit(main())
