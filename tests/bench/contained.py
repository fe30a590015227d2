"""Real changes ported onto their own backports: what is told of what is in already.

    SERIES_MIRRORS=DIR python tests/bench/contained.py PAIRS [OUT]

PAIRS holds one JSON object a line: id, repo (ORG/NAME below DIR), upstream, onto (the commit
before the person's backport) and human (the backport). Each upstream change is ported onto the
backport, where it has nothing to do, by the engine alone and as `series rebase` does it: the
base's history is asked first. Printed are the outcomes of both, how many patches would change
nothing, and the evidence. Then the same question is asked of the commit before the backport:
whatever is called contained there is false, and is printed by name. OUT gets each pair's row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from patchseries.files import write_atomic  # noqa: E402
from patchseries.git import Repository, scratch  # noqa: E402
from patchseries.landed.builder import open_index  # noqa: E402
from patchseries.landed.contains import all_contained, changes_named  # noqa: E402
from patchseries.landed.evidence import PatchId  # noqa: E402
from patchseries.landed.index import HistoryIndex  # noqa: E402
from patchseries.landed.patchid import patch_ids  # noqa: E402
from patchseries.model import CommitId  # noqa: E402
from patchseries.port import Change  # noqa: E402
from patchseries.port.engine import port  # noqa: E402

Row = dict[str, Any]
NONE = "-"


def main() -> int:
    """Ask and print; 1 when a base was said to contain what it does not, 2 for wrong usage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", type=Path)
    parser.add_argument("out", nargs="?", type=Path)
    given = parser.parse_args()
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(os.pathsep)[0]
    if not mirrors:
        parser.error("set SERIES_MIRRORS")
    pairs = [json.loads(line) for line in given.pairs.read_text().splitlines() if line.strip()]
    rows = list(run(pairs, Path(mirrors)))
    if given.out:
        write_atomic(given.out, "".join(json.dumps(row) + "\n" for row in rows).encode())
    show(rows)
    return 1 if any(row["false"] != NONE for row in rows) else 0


def run(pairs: list[Row], mirrors: Path) -> Iterator[Row]:
    """A row for each pair, repository by repository."""
    for repo in dict.fromkeys(pair["repo"] for pair in pairs):
        with (
            tempfile.TemporaryDirectory() as folder,
            Repository(mirrors / repo) as history,
            scratch(Path(folder), [history.objects_directory]) as store,
            open_index(Path(folder) / "index", history) as index,
        ):
            ask = partial(evidence, store, index, patch_ids([history]))
            for pair in (pair for pair in pairs if pair["repo"] == repo):
                started = time.perf_counter()
                found = ask(pair["upstream"], pair["human"])
                milliseconds = 1000 * (time.perf_counter() - started)
                yield {
                    "id": pair["id"],
                    **engine(store, pair),
                    "evidence": found,
                    "ms": round(milliseconds, 2),
                    "false": ask(pair["upstream"], pair["onto"]),
                }


def evidence(
    store: Repository, index: HistoryIndex, patch_id: PatchId, change: str, base: str
) -> str:
    """By which evidence the commit *base* contains the commit *change*."""
    named = changes_named(store.commit(CommitId(change)).text, CommitId(change))
    found = all_contained(index, CommitId(base), named, patch_id)
    return "+".join(dict.fromkeys(str(one.evidence) for one in found)) or NONE


def engine(store: Repository, pair: Mapping[str, str]) -> Row:
    """What the engine alone makes of the change on its own backport."""
    change = Change.of(store, store.commit(CommitId(pair["upstream"])))
    onto = store.commit(CommitId(pair["human"])).tree
    result = port(store, change, onto)
    return {
        "outcome": str(result.outcome),
        "changes_nothing": result.outcome.makes_patch and result.tree == onto,
    }


def show(rows: list[Row]) -> None:
    """The table of outcomes, before and after, the evidence, and what is false."""
    before = Counter(row["outcome"] for row in rows)
    after = Counter(
        "already-applied" if row["evidence"] != NONE else row["outcome"] for row in rows
    )
    print(f"{len(rows)} changes ported onto their own backports")
    print(f"{'outcome':20}{'engine alone':>14}{'history first':>15}")
    for word in sorted(before | after, key=lambda word: -before[word]):
        print(f"{word:20}{before[word]:>14}{after[word]:>15}")
    empty = [row for row in rows if row["changes_nothing"]]
    left = [row for row in empty if row["evidence"] == NONE]
    print(f"{'patches of nothing':20}{len(empty):>14}{len(left):>15}")
    print("\nby evidence:")
    for word, count in Counter(row["evidence"] for row in rows).most_common():
        others = Counter(row["outcome"] for row in rows if row["evidence"] == word)
        told = ", ".join(f"{name} {n}" for name, n in others.most_common())
        print(f"{word:20}{count:>14}   (the engine alone: {told})")
    print("\non the commit before the backport, called contained (all false):")
    false = [row for row in rows if row["false"] != NONE]
    for word, count in Counter(row["false"] for row in false).most_common():
        print(f"{word:20}{count:>14}")
    print(f"{'together':20}{len(false):>14}")
    for row in false:
        print(f"    {row['id']} ({row['false']})")
    times = sorted(row["ms"] for row in rows)
    print(f"\nasking takes {times[len(times) // 2]:.2f} ms in the middle, {times[-1]:.0f} at most")


if __name__ == "__main__":
    sys.exit(main())
