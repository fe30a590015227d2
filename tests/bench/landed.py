"""How fast histories are indexed, and how many real backport pairs are found.

    SERIES_MIRRORS=DIR python tests/bench/landed.py PAIRS.jsonl

PAIRS.jsonl holds one JSON object a line: ``repo`` (ORG/REPO), ``line``, ``upstream``, ``human``.
It is asked blind: given only the upstream commit, which commit of the line brought it there? A
claim of another commit than the person's is false. As a control it is asked of every commit of the
main branch that was made in the release after the line: to claim a person's backport for another
upstream than theirs is false too.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.evidence import PatchId, origins
from patchseries.landed.index import HistoryIndex
from patchseries.landed.pairs import backport
from patchseries.landed.patchid import patch_ids
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.model import ChangeId, CommitId
from patchseries.sources.mirrors import mirror_of


@dataclass(frozen=True, slots=True)
class Pair:
    """One real backport."""

    repo: str
    line: str
    upstream: CommitId
    human: CommitId


@dataclass(frozen=True, slots=True)
class History:
    """An indexed history."""

    index: HistoryIndex
    lines: ReleaseLines
    patch_id: PatchId


@dataclass(frozen=True, slots=True)
class Answers:
    """What was claimed: counts by (question, right/false/none), and the false ones."""

    counts: Counter[tuple[str, str]]
    wrong: list[str]

    @property
    def false_claims(self) -> int:
        """Claims that are not what the person did."""
        return len(self.wrong)


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a JSON lines file."""
    rows = (json.loads(line) for line in path.read_text().splitlines())
    return [
        Pair(
            r["repo"], r["line"].removesuffix("-rc"), CommitId(r["upstream"]), CommitId(r["human"])
        )
        for r in rows
    ]


def open_history(folder: Path, repo: str, repository: Repository) -> History:
    """The index of one repository, made in *folder*."""
    index = open_index(folder / f"{repo.replace('/', '-')}.sqlite", repository)
    return History(
        index, lines_of(scheme_for(repo, repo), index.named_refs), patch_ids([repository])
    )


def ask(pairs: Iterable[Pair], histories: Callable[[str], History]) -> Answers:
    """Which backport each upstream commit is given."""
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for pair in pairs:
        h = histories(pair.repo)
        found = backport(h.index, h.lines, pair.upstream, pair.line, h.patch_id)
        claimed = found.entry.commit if found else None
        answer = "none" if claimed is None else "right" if claimed == pair.human else "false"
        counts["backport", answer] += 1
        if claimed and answer == "false":
            wrong.append(f"backport {pair.line} {pair.human[:10]}: claimed {claimed[:10]}")
    return Answers(counts, wrong)


def control(pairs: Sequence[Pair], histories: Callable[[str], History]) -> Answers:
    """Every main-branch commit around the lines: is it given a backport that is another's?"""
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for repo, line in sorted({(pair.repo, pair.line) for pair in pairs}):
        h = histories(repo)
        theirs = {p.human: p.upstream for p in pairs if (p.repo, p.line) == (repo, line)}
        for commit in _main_commits(h, {p.upstream for p in pairs if p.repo == repo}):
            found = backport(h.index, h.lines, commit, line)
            counts["control", "claim" if found else "none"] += 1
            truth = theirs.get(found.entry.commit) if found else None
            if found and truth not in (None, commit):
                named = origins(h.index, found.entry)  # a backport may be of several
                if commit not in [origin.commit for origin in named]:
                    wrong.append(f"{repo} {line} {commit[:10]}: {found.entry.commit[:10]}")
    return Answers(counts, wrong)


def _main_commits(history: History, known: Iterable[CommitId]) -> Iterator[CommitId]:
    """The commits between the oldest and the youngest of *known* on the main branch."""
    numbers = [entry.number for commit in known if (entry := history.index.get(commit))]
    for entry in history.index.between(min(numbers), max(numbers)):
        # A pick of a merge is one of what it merged, which is asked about itself.
        if entry.refs & history.lines.main and history.index.merged_tip(entry) is None:
            yield entry.commit


def _some_change_id(history: History, pairs: Sequence[Pair], repo: str) -> ChangeId:
    """The first Change-Id that an upstream commit of the pairs carries."""
    entries = (history.index.get(pair.upstream) for pair in pairs if pair.repo == repo)
    return next(c for entry in entries if entry for c in history.index.change_ids(entry))


def _timed(name: str, call: Callable[[], object], times: int = 1) -> None:
    start = time.perf_counter()
    for _ in range(times):
        call()
    spent = (time.perf_counter() - start) / times
    print(f"{name:46} {spent * 1e6:12.1f} µs" if spent < 0.001 else f"{name:46} {spent:12.3f} s")


def _index(opened: dict[str, History], folder: Path, repo: str, repository: Repository) -> None:
    if repo in opened:
        opened[repo].index.close()
    opened[repo] = open_history(folder, repo, repository)


def main() -> int:
    """Print the figures; 1 when a claim is false, 2 when a mirror is missing."""
    pairs = read_pairs(Path(sys.argv[1]))
    mirrors = [Path(p) for p in os.environ.get("SERIES_MIRRORS", "").split(os.pathsep) if p]
    opened: dict[str, History] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for repo in sorted({pair.repo for pair in pairs}):
            path = mirror_of(f"https://example.org/{repo}", mirrors)
            if path is None:
                print(f"no mirror of {repo}: set SERIES_MIRRORS", file=sys.stderr)
                return 2
            repository = stack.enter_context(Repository(path))

            index = partial(_index, opened, folder, repo, repository)
            _timed(f"{repo}: index the whole history", index)
            _timed(f"{repo}: refresh with nothing new", index, 5)
            asked = opened[repo].index
            change_id = _some_change_id(opened[repo], pairs, repo)
            _timed(f"{repo}: look a Change-Id up", partial(asked.by_change, change_id), 1000)
            print(f"{repo}: {len(asked)} commits, {len(asked.refs)} refs")
        answers, others = ask(pairs, opened.__getitem__), control(pairs, opened.__getitem__)
    print(f"{len(pairs)} pairs")
    for (question, answer), number in sorted((answers.counts + others.counts).items()):
        print(f"  {question:10} {answer:8} {number:6}")
    print(f"false claims: {answers.false_claims}, in the control: {others.false_claims}")
    for line in [*answers.wrong, *others.wrong]:
        print(f"  {line}")
    return 1 if answers.wrong or others.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
