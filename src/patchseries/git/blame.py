"""Who brought lines in: git blame and its like, over a bounded stretch of history."""

from __future__ import annotations

import re
from collections import Counter

from patchseries.git.repository import Repository
from patchseries.model import CommitId

_HEAD = re.compile(rb"^([0-9a-f]{40}) \d+ \d+(?: (\d+))?$", re.M)


def merge_base(repository: Repository, one: str, other: str) -> CommitId | None:
    """The best common ancestor of two commits; None when there is none, or history is missing."""
    done = repository.run("merge-base", one, other, accept=(0, 1, 128))
    return CommitId(done.stdout.decode().split("\n")[0]) if done.status == 0 else None


def introduced(
    repository: Repository, since: str, commit: str, path: str, *spans: tuple[int, int]
) -> Counter[CommitId]:
    """Which commits of ``since..commit`` brought in some lines of *path*.

    :param spans: the first and the last line of each stretch, from 1
    :return: the number of lines by commit; lines that are older are not in it
    """
    wanted = [f"-L{first},{last}" for first, last in spans if first <= last]
    if not wanted:
        return Counter()
    done = repository.run(
        "blame",
        "--no-textconv",
        "--porcelain",
        *wanted,
        f"{since}..{commit}",
        "--",
        path,
        accept=(0, 128),
    )
    found: Counter[CommitId] = Counter()
    old: set[CommitId] = set()
    current = CommitId("")
    for line in done.stdout.split(b"\n"):
        head = _HEAD.match(line)
        if head:
            current = CommitId(head[1].decode())
            found[current] += 1
        elif line == b"boundary":
            old.add(current)
    return Counter({c: n for c, n in found.items() if c not in old})


def creators(repository: Repository, since: str, commit: str, path: str) -> list[CommitId]:
    """The commits of ``since..commit`` that made *path*, the last first."""
    done = repository.run(
        "log",
        "--format=%H",
        "--no-merges",
        "--diff-filter=A",
        f"{since}..{commit}",
        "--",
        path,
        accept=(0, 128),
    )
    return [CommitId(line) for line in done.stdout.decode().split()]


def touching(repository: Repository, since: str, commit: str, *paths: str) -> list[CommitId]:
    """The commits of ``since..commit`` that change one of *paths*, oldest first; no merges."""
    done = repository.run(
        "log",
        "--format=%H",
        "--no-merges",
        "--full-history",
        "--topo-order",
        "--reverse",
        f"{since}..{commit}",
        "--",
        *paths,
        accept=(0, 128),
    )
    return [CommitId(line) for line in done.stdout.decode().split()]


def first_tag(repository: Repository, commit: str) -> str | None:
    """A name for *commit* by the nearest tag that contains it: ``2013.2.b1~12``; None without."""
    done = repository.run("describe", "--contains", "--tags", commit, accept=(0, 128))
    return done.stdout.decode().strip() or None if done.status == 0 else None
