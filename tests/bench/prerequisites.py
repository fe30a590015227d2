"""Do the prerequisites that are found make real backports clean, and did people take them too?

    SERIES_MIRRORS=DIR python tests/bench/prerequisites.py PAIRS OUT [--every N] [--branch-point]

PAIRS holds one JSON object a line, as for backports.py. Tried are the pairs where git's merge
conflicts or the port has findings; with ``--every N`` each Nth of them. OUT gets one object a line.

``--branch-point`` ports onto the commit where the line was branched off, and not onto the parent of
the person's commit: there the line's own backports of before this one are prerequisites that
people took.

What can be known of a commit that was found:

- *later*: the line took it with this backport or after it; *before*: between the branch point and
  this backport (without ``--branch-point`` the target then has it, perhaps in another form).
  A commit of the line is the same by its id, its Change-Id, a cherry-pick line, or author, date
  and subject. That the line did not take it does not show that it is wrong: most people rewrite the
  change, or bring a part along.
- *same tree*: with it the result is the person's tree.
- *lines*: the share of the lines that the set adds which the person's commit adds too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from patchseries.git import Repository, scratch  # noqa: E402
from patchseries.git.blame import merge_base  # noqa: E402
from patchseries.model import CommitId, Outcome, TreeId  # noqa: E402
from patchseries.port import Change  # noqa: E402
from patchseries.port.engine import port  # noqa: E402
from patchseries.port.prerequisites import CherryPick, why  # noqa: E402

Row = dict[str, Any]
_CHANGE = re.compile(r"^\s*Change-Id: (I[0-9a-f]{40})", re.M)
_PICKED = re.compile(r"cherry[ -]picked from commit ([0-9a-f]{40})", re.I)
_SUBJECT_TAIL = re.compile(r"\s*\(#\d+\)$")
_LINES = ("{}", "origin/{}", "stable/{}", "origin/stable/{}", "{}-eol")
"""How the branch of a line is called, or the tag at its end."""
COLUMNS = (
    "tried",
    "found",
    "clean",
    "members",
    "longest",
    "adapted",
    "later",
    "before",
    "same tree",
    "lines",
    "median ms",
    "p95 ms",
)


def main() -> int:
    """Run; 0, or 2 for wrong usage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--branch-point", action="store_true")
    given = parser.parse_args()
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(os.pathsep)[0]
    if not mirrors:
        parser.error("set SERIES_MIRRORS")
    pairs = [json.loads(line) for line in given.pairs.read_text().splitlines() if line.strip()]
    rows = []
    with tempfile.TemporaryDirectory() as folder, given.out.open("w") as out:
        for row in run(pairs, Path(mirrors), Path(folder), given.every, given.branch_point):
            rows.append(row)
            print(json.dumps(row), file=out, flush=True)
    show(rows)
    return 0


def run(
    pairs: Sequence[Row], mirrors: Path, folder: Path, every: int, branch_point: bool
) -> Iterator[Row]:
    """What is found for each pair that needs something."""
    number = 0
    for repo in dict.fromkeys(pair["repo"] for pair in pairs):
        with (
            Repository(mirrors / repo) as source,
            scratch(folder, [source.objects_directory]) as store,
        ):
            for pair in (one for one in pairs if one["repo"] == repo):
                target = CommitId(pair["onto"])
                if branch_point:
                    target = merge_base(store, pair["upstream"], pair["onto"]) or target
                if needs_something(store, pair, target):
                    if number % every == 0:
                        yield tried(source, store, pair, target)
                    number += 1


def needs_something(store: Repository, pair: Row, target: CommitId) -> bool:
    """Whether git's merge conflicts, or the port has findings."""
    change = Change.of(store, store.commit(pair["upstream"]))
    onto = store.commit(target).tree
    if not store.merge(change.before, onto, change.after).clean:
        return True
    return bool(port(store, change, onto).findings)


def tried(source: Repository, store: Repository, pair: Row, target: CommitId) -> Row:
    """What is found for one pair, and what is known of it."""
    onto = store.commit(target).tree
    pick = CherryPick(store.commit(pair["upstream"]), target, onto)
    started = time.perf_counter()
    result = why(store, pick)
    took = 1000 * (time.perf_counter() - started)
    chosen = result.sets[0].commits if result.sets else ()
    row: Row = {
        "id": pair["id"],
        "repo": pair["repo"],
        "ms": round(took, 1),
        "merges": result.tried,
        "commits": list(chosen),
    }
    if chosen:
        row |= known_of(source, store, pair, chosen)
        row |= outcome(store, pair, onto, chosen)
    return row


def outcome(store: Repository, pair: Row, onto: TreeId, chosen: Sequence[CommitId]) -> Row:
    """What the engine makes of the whole: the last result, and whose lines the set adds."""
    tree = onto
    adapted = 0
    for commit in chosen:
        step = port(store, Change.of(store, store.commit(commit)), tree)
        assert step.tree is not None, "a set was tried"
        tree = step.tree
        adapted += step.outcome is not Outcome.CLEAN
    result = port(store, Change.of(store, store.commit(pair["upstream"])), tree)
    theirs = added(store, onto, pair["human_tree"])
    mine = added(store, onto, tree)
    return {
        "adapted": adapted,
        "outcome": str(result.outcome),
        "findings": [found.code for found in result.findings],
        "same": result.tree == pair["human_tree"],
        "lines": round(len(mine & theirs) / len(mine), 3) if mine else 0.0,
    }


def added(store: Repository, old: str, new: str) -> set[tuple[str, bytes]]:
    """The lines of some length that *new* has more, by path."""
    lines = store.difference(old, new).lines
    return {
        (path, line.strip())
        for path, runs in lines.items()
        for one in runs
        for line in one.added
        if len(line.strip()) > 3
    }


def known_of(source: Repository, store: Repository, pair: Row, chosen: Sequence[CommitId]) -> Row:
    """How many of *chosen* the line took, before this backport and with it or later."""
    base = merge_base(store, pair["upstream"], pair["onto"])
    before = keys_of(source, f"{base}..{pair['onto']}")
    with_it = keys_of(source, f"{pair['onto']}..{pair['human']}")
    later = with_it | keys_of(source, *line_tips(source, pair), f"^{pair['onto']}")
    mine = [own_keys(store, commit) for commit in chosen]
    own = own_keys(store, CommitId(pair["upstream"]))
    return {
        "before": sum(bool(keys & (before - own)) for keys in mine),
        "later": sum(bool(keys & (later - own)) for keys in mine),
    }


def line_tips(source: Repository, pair: Row) -> list[CommitId]:
    """The end of the person's line, by the names that such branches and tags have."""
    line = pair["line"].removesuffix("-rc")
    names = (form.format(line) for form in _LINES)
    found = [commit for name in names if (commit := source.resolve(name))]
    return [*found, CommitId(pair["human"])]


def keys_of(source: Repository, *revisions: str) -> set[object]:
    """By what the commits of a part of the history are known."""
    form = "%H%x00%an%x00%at%x00%s%x00%B%x01"
    done = source.run("log", f"--format={form}", "--no-merges", *revisions, accept=(0, 128))
    keys: set[object] = set()
    for record in done.stdout.decode("utf-8", "replace").split("\x01")[:-1]:
        oid, author, date, subject, text = record.strip("\n").split("\0", 4)
        keys |= {oid, (author, date, _SUBJECT_TAIL.sub("", subject))}
        keys |= set(_CHANGE.findall(text)) | set(_PICKED.findall(text))
    return keys


def own_keys(store: Repository, oid: CommitId) -> set[object]:
    """By what one upstream commit is known."""
    commit = store.commit(oid)
    subject = _SUBJECT_TAIL.sub("", commit.subject)
    named = (commit.author.name, str(commit.author.time), subject)
    return {oid, named, *_CHANGE.findall(commit.text)}


def show(rows: Sequence[Row]) -> None:
    """The table: each repository, and all."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["repo"]].append(row)
    groups["all"] = list(rows)
    print(f"{'':20}" + "".join(f"{name:>11}" for name in COLUMNS))
    for name, members in groups.items():
        print(f"{name:20}" + "".join(f"{cell:>11}" for cell in cells(members)))


def cells(rows: Sequence[Row]) -> list[str]:
    """The columns of one group; ``clean`` is without a finding."""
    found = [row for row in rows if row["commits"]]
    members = sum(len(row["commits"]) for row in found)
    times = sorted(row["ms"] for row in rows)
    return [
        str(len(rows)),
        str(len(found)),
        str(sum(row["outcome"] == "clean" and not row["findings"] for row in found)),
        str(members),
        str(max((len(row["commits"]) for row in found), default=0)),
        str(sum(row["adapted"] > 0 for row in found)),
        str(sum(row["later"] for row in found)),
        str(sum(row["before"] for row in found)),
        str(sum(row["same"] for row in found)),
        f"{100 * sum(row['lines'] for row in found) / len(found):.0f} %" if found else "-",
        *(f"{times[min(int(len(times) * q), len(times) - 1)]:.0f}" for q in (0.5, 0.95) if times),
    ]


if __name__ == "__main__":
    sys.exit(main())
