"""What each commit of a stretch of history did to the lines of some files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchseries.git.diff import PLAIN, parse_patch
from patchseries.git.repository import Repository
from patchseries.model import CommitId


@dataclass(frozen=True, slots=True)
class PathChange:
    """The lines that one commit added to a file, and those that it took out."""

    commit: CommitId
    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]


def path_histories(
    repository: Repository, since: str, commit: str, paths: Iterable[str], most: int
) -> dict[str, list[PathChange]]:
    """What the commits of ``since..commit`` did to *paths*, oldest first; no merges.

    :param most: of how many commits at most; the newest are taken
    :return: a list for each of *paths*; a binary file has no lines
    """
    histories: dict[str, list[PathChange]] = {path: [] for path in paths}
    if not histories:
        return histories
    done = repository.run(
        "log",
        "--format==%H",  # no line of a patch begins with "="
        "--no-merges",
        "--full-history",
        "--topo-order",
        "--reverse",
        f"--max-count={most}",
        "-p",
        "-U0",
        *PLAIN,
        f"{since}..{commit}",
        "--",
        *histories,
        env={"GIT_LITERAL_PATHSPECS": "1"},
        accept=(0, 128),
    )
    for record in (b"\n" + done.stdout).split(b"\n=")[1:]:
        head, _, patch = record.partition(b"\n")
        lines = [line + b"\n" for line in patch.strip(b"\n").split(b"\n")]
        for path, runs in parse_patch(lines).items():
            added = tuple(line for run in runs for line in run.added)
            removed = tuple(line for run in runs for line in run.removed)
            if path in histories:  # one that became a directory has others below it
                histories[path].append(PathChange(CommitId(head.decode()), added, removed))
    return histories
