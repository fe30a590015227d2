"""What each rule and strategy of the port engine is worth on real backports.

    SERIES_MIRRORS=DIR python tests/bench/ablation.py PAIRS... [--only NAME]

PAIRS are files in the form of ``backports.py``. Each part of the engine is switched off in turn,
the others stay. Printed for each: how many results are identical to the person's tree, how many are
trusted (no review asked for) and how many of those differ; then which pairs are lost without the
part, and which are won. Only pairs that the whole engine adapts or leaves open count: in the others
nothing but git's merge is at work. A part that does not pay goes.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench.backports import Row  # noqa: E402
from bench.thresholds import Bench, arguments, replaced  # noqa: E402
from patchseries.port import PortOptions  # noqa: E402
from patchseries.port.hunks.resolve import anything  # noqa: E402
from patchseries.port.hunks.rules import RULES  # noqa: E402


@dataclass(frozen=True)
class Part:
    """A name of a module of the engine, and what stands for it when it is switched off."""

    title: str
    module: str
    name: str
    instead: object


def _without(title: str, module: str, name: str) -> Part:
    """A strategy out of a tuple of the engine."""
    all_of = getattr(importlib.import_module(f"patchseries.port.{module}"), name)
    left = tuple(strategy for strategy in all_of if strategy.__name__ != title)
    assert len(left) < len(all_of), f"no strategy {title}"
    return Part(title, "engine", name, left)


def _first(value: object, *_: object) -> object:
    return value


def _third(_: object, __: object, value: object) -> object:
    return value


PARTS = (
    *(
        Part(f"hunks:{name}", "hunks.rules", "RULES", tuple(r for r in RULES if r[0] != name))
        for name in dict.fromkeys(name for name, _ in RULES[:-2])
    ),
    Part("ranking", "hunks.ranking", "order", lambda *_: []),
    Part("soundness", "filemerge", "soundness", lambda *_: anything),
    Part("moved code", "hunks.resolve", "follow_moves", _first),
    Part("imports known", "hunks.imports", "without_known", _third),
    Part("imports apart", "hunks.imports", "with_gap", _third),
    Part("imports sorted", "hunks.imports", "in_order", _first),
    Part("blank lines", "hunks.resolve", "close_gaps", _first),
    Part("blank lines own", "hunks.resolve", "own_gaps", _first),
    Part("style kept", "hunks.resolve", "keep_style", _first),
    Part("the block goes on", "hunks.rules", "_goes_on", lambda _: False),
    Part("lost items", "hunks.rules", "RULES", RULES[:-3] + RULES[-2:]),
    Part("blank line kept", "hunks.rules", "_gap", lambda *_: []),
    Part("rewording", "hunks.rules", "reworded", lambda _, lines: lines),
    Part("missing block", "hunks.interleave", "Interleaving._in_missing_block", lambda *_: False),
    Part("long lines", "hunks.wrap", "_broken", _first),
    Part("aligned lines", "hunks.rules", "aligned", lambda merged, _: list(merged)),
    Part("names:calls", "names.renames", "calls", lambda *_: {}),
    Part("names:phrases", "names.renames", "phrases", lambda *_: {}),
    Part("names:modules", "names.renames", "_names", lambda *_: {}),
    _without("mapped", "strategies", "EVERY_FILE"),
    _without("learned", "strategies", "EVERY_FILE"),
    _without("elsewhere", "strategies", "OPEN_FILES"),
    Part("beside others", "strategies.elsewhere", "_beside_others", lambda *_: None),
    Part("moved into", "strategies.elsewhere", "_where_the_code_went", lambda *_: None),
    Part("imports added", "completion", "_completed", lambda _: ()),
    Part("imports moved", "completion", "moved_imports", lambda _: ()),
    Part("imports unread", "completion", "_without_unread", _first),
    Part("members renamed", "completion", "_with_members", _first),
)


def main() -> int:
    """Switch off; 0, or 2 for wrong usage."""
    mirrors, pairs, only = arguments()
    with ExitStack() as stack:
        bench = Bench(mirrors, stack)
        pairs = [pair for pair in pairs if bench.ported(pair)[0] != merged(bench, pair)]
        print(f"{len(pairs)} pairs\n{'':26}{'identical':>10}{'trusted':>9}{'wrong':>7}")
        whole = results(bench, pairs)
        show("the whole engine", whole, whole)
        for part in PARTS:
            if not only or part.title in only:
                with replaced(part.module, part.name, part.instead):
                    show(f"without {part.title}", results(bench, pairs), whole)
    return 0


def merged(bench: Bench, pair: Row) -> str | None:
    """The tree of git's own merge; None for a conflict."""
    return bench.ported(pair, PortOptions(git_only=True))[0]


Results = Mapping[str, tuple[bool, bool]]
"""For each pair's id: whether the result is the person's tree, and whether it is trusted."""


def results(bench: Bench, pairs: Sequence[Row]) -> Results:
    """What the engine makes of the pairs as it is now."""
    made = ((pair, *bench.ported(pair)) for pair in pairs)
    return {pair["id"]: (tree == pair["human_tree"], trusted) for pair, tree, trusted in made}


def show(title: str, made: Results, whole: Results) -> None:
    """A line for one part, and the pairs that it decides."""
    identical, trusted = (sum(each) for each in zip(*made.values(), strict=True))
    wrong = sum(trust and not same for same, trust in made.values())
    print(f"{title:26}{identical:>10}{trusted:>9}{wrong:>7}", flush=True)
    for word, was in (("lost", True), ("won", False)):
        ids = [i for i, (same, _) in made.items() if whole[i][0] == was != same]
        if ids:
            print(f"    {word}: {' '.join(ids)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
