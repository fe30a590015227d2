"""How the port engine does on real backports, against what people committed.

    SERIES_MIRRORS=DIR python tests/bench/backports.py PAIRS OUT [--cherry-pick N] [--pyflakes]
    python tests/bench/backports.py --compare A B

PAIRS holds one JSON object a line: id, repo (ORG/NAME below DIR), line, upstream, onto and
human_tree. OUT gets one object a line with what came of each pair. Printed for each repository
and line: how many pairs; git's own merge: clean, identical to the person's tree; the engine's:
clean, adapted, conflict, identical, identical in source files (tests, docs and locale left out);
of results without review, how many and how many of them differ; of adapted ones, how many differ;
median and 95th percentile of milliseconds. With --pyflakes: what pyflakes finds in the results that
neither the target nor upstream's file has, and that no finding of the engine tells. The cost of a
real cherry-pick with its checkout is measured on N pairs of each repository in the same run.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench.pyflakes_beside import untold  # noqa: E402
from patchseries import process  # noqa: E402
from patchseries.__main__ import NEW_OBJECTS  # noqa: E402
from patchseries.files import write_atomic  # noqa: E402
from patchseries.git import Repository, scratch  # noqa: E402
from patchseries.port import Change, PortOptions, PortResult  # noqa: E402
from patchseries.port.engine import port  # noqa: E402

Row = dict[str, Any]
NOT_SOURCE = re.compile(r"(^|/)(tests?|docs?|locale)(/|$)|\.pot?$")
COLUMNS = (
    "n",
    "git clean",
    "git same",
    "clean",
    "adapted",
    "conflict",
    "same",
    "source",
    "unreviewed",
    "wrong",
    "adapted wrong",
    "median ms",
    "p95 ms",
)


def main() -> int:
    """Run or compare; 0, or 2 for wrong usage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"))
    parser.add_argument("--cherry-pick", type=int, default=5, metavar="N")
    parser.add_argument("--pyflakes", action="store_true")
    parser.add_argument("pairs", nargs="?", type=Path)
    parser.add_argument("out", nargs="?", type=Path)
    given = parser.parse_args()
    if given.compare:
        compare(*map(read_rows, given.compare))
        return 0
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(os.pathsep)[0]
    if not (mirrors and given.pairs and given.out):
        parser.error("set SERIES_MIRRORS, and name PAIRS and OUT")
    pairs = read_rows(given.pairs)
    rows = run(pairs, Path(mirrors), given.pyflakes)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(given.out, "".join(json.dumps(row) + "\n" for row in rows).encode())
    show(rows)
    if given.pyflakes:
        show_untold(rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MB; each pair's result: {given.out}")
    for repo, times in cherry_pick(pairs, Path(mirrors), given.cherry_pick).items():
        print(
            f"git cherry-pick and checkout, {repo}: median {quantile(times, 0.5):.0f} ms "
            f"over {len(times)} pairs"
        )
    return 0


def read_rows(path: Path) -> list[Row]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def run(pairs: Sequence[Row], mirrors: Path, pyflakes: bool = False) -> list[Row]:
    """Port every pair, in the order given, with one scratch store for each repository."""
    rows = []
    gc.set_threshold(NEW_OBJECTS)  # as the commands do
    with tempfile.TemporaryDirectory() as folder:
        for repo in dict.fromkeys(pair["repo"] for pair in pairs):
            with Repository(mirrors / repo) as source:
                objects = source.objects_directory
            mine = [pair for pair in pairs if pair["repo"] == repo]
            with scratch(Path(folder), [objects]) as store:
                # All are ported before anything else is asked of git: this is what is timed.
                ported = [timed(store, pair) for pair in mine]
                rows += [row(store, *each, pyflakes) for each in zip(mine, ported, strict=True)]
    order = {pair["id"]: at for at, pair in enumerate(pairs)}
    return sorted(rows, key=lambda row: order[row["id"]])


def timed(store: Repository, pair: Row) -> tuple[PortResult, float]:
    """What came of one pair, and in how many milliseconds."""
    started = time.perf_counter()
    change = Change.of(store, store.commit(pair["upstream"]))
    result = port(store, change, store.commit(pair["onto"]).tree)
    return result, 1000 * (time.perf_counter() - started)


def row(store: Repository, pair: Row, ported: tuple[PortResult, float], pyflakes: bool) -> Row:
    """What came of one pair, and how that compares with the person's tree."""
    result, milliseconds = ported
    change = Change.of(store, store.commit(pair["upstream"]))
    plain = port(store, change, store.commit(pair["onto"]).tree, PortOptions(git_only=True))
    human = pair["human_tree"]
    onto = store.commit(pair["onto"]).tree
    return {
        "id": pair["id"],
        "repo": pair["repo"],
        "line": pair["line"],
        "git_clean": plain.tree is not None,
        "git_same": plain.tree == human,
        "outcome": str(result.outcome),
        "tree": result.tree,
        "strategies": list(result.strategies),
        "review": result.review,
        "findings": [f.code for f in result.findings],
        "same": result.tree == human,
        "source_same": result.tree is not None and same_source(store, result.tree, human),
        "differs": sorted(store.changes(result.tree, human)) if result.tree else [],
        "ms": round(milliseconds, 2),
        "untold": [*untold(store, change, onto, result)] if pyflakes else [],
    }


def same_source(store: Repository, tree: str, human: str) -> bool:
    """Whether two trees differ in nothing but tests, documentation and translations."""
    return all(NOT_SOURCE.search(path) for path in store.changes(tree, human))


def show(rows: Sequence[Row]) -> None:
    """The table: each repository and line, each line, and all."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[f"{row['repo']} {row['line']}"].append(row)
    for row in rows:
        groups[f"all {row['line']}"].append(row)
    groups["all"] = list(rows)
    print(f"{'':28}" + "".join(f"{name:>14}" for name in COLUMNS))
    for name, members in groups.items():
        print(f"{name:28}" + "".join(f"{cell:>14}" for cell in cells(members)))


def show_untold(rows: Sequence[Row]) -> None:
    """What pyflakes found that the engine did not tell; the trusted results first."""
    unread = [words for row in rows for kind, words in row["untold"] if kind == "unread"]
    print(f"\npyflakes beside the engine ({len(unread)} files it cannot read):")
    for row in sorted(rows, key=lambda row: bool(row["review"])):
        for kind, words in row["untold"]:
            if kind != "unread":
                state = "review" if row["review"] else "trusted"
                same = "the person's tree" if row["same"] else "another tree"
                print(f"{row['id']} ({state}, {same}): {kind}: {words}")


def cells(rows: Sequence[Row]) -> list[str]:
    """The columns of one group."""
    unreviewed = [r for r in rows if r["tree"] and not r["review"]]
    adapted = [r for r in rows if r["outcome"] == "adapted"]
    times = [r["ms"] for r in rows]
    return [
        str(len(rows)),
        *(str(count(rows, key)) for key in ("git_clean", "git_same")),
        *(str(count(rows, "outcome", word)) for word in ("clean", "adapted", "conflict")),
        str(count(rows, "same")),
        share(count(rows, "source_same"), len(rows)),
        share(len(unreviewed), len(rows)),
        share(len(unreviewed) - count(unreviewed, "same"), len(unreviewed)),
        str(len(adapted) - count(adapted, "same")),
        f"{quantile(times, 0.5):.1f}",
        f"{quantile(times, 0.95):.1f}",
    ]


def count(rows: Iterable[Row], key: str, value: object = True) -> int:
    """How many rows have *value* under *key*."""
    return sum(row[key] == value for row in rows)


def share(part: int, whole: int) -> str:
    """A part in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def quantile(values: Sequence[float], q: float) -> float:
    """The value below which the share *q* of *values* lies."""
    return sorted(values)[min(int(len(values) * q), len(values) - 1)] if values else 0.0


def compare(before: Sequence[Row], after: Sequence[Row]) -> None:
    """What two runs did otherwise, pair by pair, then the sums."""
    old = {row["id"]: row for row in before}
    keys = ("outcome", "same", "source_same", "review", "tree")
    for row in after:
        was = old.get(row["id"])
        changed = [key for key in keys if was and was[key] != row[key]]
        if was and changed:
            words = (f"{k} {_short(was[k])} -> {_short(row[k])}" for k in changed)
            print(f"{row['id']}: {', '.join(words)}")
    for key in ("same", "source_same"):
        print(f"{key}: {count(before, key)} -> {count(after, key)}")
    both = [[r["ms"] for r in rows] for rows in (before, after)]
    for name, q in (("median", 0.5), ("p95", 0.95)):
        print(f"{name} ms: {quantile(both[0], q):.1f} -> {quantile(both[1], q):.1f}")


def _short(value: object) -> str:
    return str(value)[:10]


def cherry_pick(pairs: Sequence[Row], mirrors: Path, n: int) -> Mapping[str, list[float]]:
    """Milliseconds of ``git cherry-pick`` and putting the work tree back, on *n* pairs a repo."""
    found: dict[str, list[float]] = {}
    for repo in dict.fromkeys(pair["repo"] for pair in pairs) if n else ():
        chosen = [pair for pair in pairs if pair["repo"] == repo][:n]
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            process.run(["git", "clone", "-q", "--shared", "--no-checkout", mirrors / repo, tree])

            def git(*words: str, at: Path = tree) -> None:
                process.run(
                    ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", *words],
                    cwd=at,
                    accept=(0, 1),
                )

            found[repo] = [_picked(git, pair) for pair in chosen]
    return found


def _picked(git: Callable[..., None], pair: Row) -> float:
    git("checkout", "-q", "-f", "--detach", pair["onto"])
    started = time.perf_counter()
    git("cherry-pick", pair["upstream"])
    git("reset", "-q", "--hard", pair["onto"])
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
