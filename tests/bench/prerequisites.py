"""For how many real backports that lacked something does a found prerequisite make the port clean?

    SERIES_MIRRORS=DIR python tests/bench/prerequisites.py PAIRS [ID…]

PAIRS is a file in the form of backports.jsonl; those with obstacle iv are tried. A prerequisite
counts as a person's when its Change-Id stands in the backport's own message, or in the stable
line's history after the backport's parent.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from patchseries.git import Repository, scratch
from patchseries.model import CommitId
from patchseries.port.prerequisites import CherryPick, Why, why

_CHANGE = re.compile(r"^\s*Change-Id: (I[0-9a-f]{40})", re.M)
_ENDS = {"grizzly": "grizzly-eol", "havana": "havana-eol"}


def pairs(path: Path, wanted: list[str]) -> Iterator[dict[str, str]]:
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if row.get("obstacle") == "iv" and (not wanted or row["id"] in wanted):
            yield row


def change_ids(repository: Repository, commit: str) -> set[str]:
    return set(_CHANGE.findall(repository.commit(commit).text))


def of_persons(upstream: Repository, row: dict[str, str]) -> set[str]:
    """The Change-Ids that the person named, or that somebody picked onto the line later."""
    end = _ENDS.get(row["line"], row["human"])
    done = upstream.run("log", "--format=%B", f"{row['onto']}..{end}", accept=(0, 128))
    later = set(_CHANGE.findall(done.stdout.decode("utf-8", "replace")))
    return (later | change_ids(upstream, row["human"])) - change_ids(upstream, row["upstream"])


def tried(upstream: Repository, row: dict[str, str]) -> Why:
    with tempfile.TemporaryDirectory() as folder:
        parent = Path(folder)
        with scratch(parent, [upstream.objects_directory]) as repository:
            onto = repository.commit(row["onto"])
            pick = CherryPick(repository.commit(row["upstream"]), onto.id, onto.tree)
            return why(repository, pick)


def main() -> None:
    mirrors = Path(os.environ["SERIES_MIRRORS"].split(os.pathsep)[0])
    total = found = human = 0
    print(f"{'pair':32} {'set':>3} {'lines':>6} {'tried':>5} {'s':>5}  person  commits")
    for row in pairs(Path(sys.argv[1]), sys.argv[2:]):
        with Repository(mirrors / row["repo"]) as upstream:
            start = time.monotonic()
            result = tried(upstream, row)
            took = time.monotonic() - start
            best = result.sets[0] if result.sets else None
            theirs = of_persons(upstream, row)
            same = [bool(change_ids(upstream, c) & theirs) for c in best.commits] if best else []
            total, found, human = total + 1, found + bool(best), human + any(same)
            print(
                f"{row['id']:32} {len(best.commits) if best else '-':>3} "
                f"{best.lines if best else '-':>6} {result.tried:>5} {took:5.1f}  "
                f"{sum(same)}/{len(same)}     {shown(best.commits if best else ())}",
                flush=True,
            )
    print(f"{total} pairs; {found} clean with what was found; {human} of them with a person's")


def shown(commits: tuple[CommitId, ...]) -> str:
    return " ".join(commit[:10] for commit in commits)


if __name__ == "__main__":
    main()
