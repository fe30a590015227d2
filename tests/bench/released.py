"""Which release has which change, as plain git says it and as `series status` does.

    SERIES_MIRRORS=DIR python tests/bench/released.py [--changes N] [--seed S] REPO…

Each REPO is ORG/NAME below DIR. N changes (300) are drawn from the histories since 2019, a third of
them from branches of releases and a sixth from those that were reverted. They become the patches of
one manifest: by Change-Id where they have one, else by commit. The truth is computed here, from
`git log`, `git patch-id` and `git for-each-ref --contains` alone, for each change and each release
line: which commits are the change, which of them are reverted, and since which tag a line has it
to stay. Then some releases are asked for by their names (a line's version or branch, tags), and
compared with what those refs contain. Each difference is printed; the exit status is 1 when there
is one. Minutes of it are git's: `status` takes seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SINCE = "2019-01-01"
_NAMES = tomllib.loads((ROOT / "src/patchseries/landed/openstack.toml").read_text())
LINES: dict[str, str] = {
    line.get("version", line["name"]): line["name"] for line in _NAMES["openstack"]["lines"]
}
"""OpenStack's lines by what their branches are called, in their order."""
_BEFORE = [".0a", ".0b", ".0rc", ".dev", "-alpha", "-beta", "-rc", ".alpha", ".beta", ".rc", "_RC"]
_BEFORE += ["a", "b", "rc"]
"""What git is told to sort before a release."""
_CHANGE = re.compile(r"^Change-Id: *(I[0-9a-f]{40}) *$", re.MULTILINE)
_PICK = re.compile(r"cherry[ -]picked from (?:commit )?([0-9a-f]{7,40})")
_REVERT = re.compile(r"^This reverts commit ([0-9a-f]{7,40})", re.MULTILINE)


@dataclass
class Logged:
    """A commit and what its message says."""

    id: str
    subject: str
    message: str

    @cached_property
    def changes(self) -> list[str]:
        """Its Change-Ids."""
        return _CHANGE.findall(self.message)


@dataclass
class Clone:
    """A repository, asked with git alone."""

    name: str
    path: Path
    _containing: dict[str, frozenset[str]] = field(default_factory=dict)

    def git(self, *words: str) -> str:
        """What git prints."""
        argv = ["git", "-c", "core.commitGraph=true", f"--git-dir={self.path}"]
        for suffix in _BEFORE:
            argv += ["-c", f"versionsort.suffix={suffix}"]
        done = subprocess.run([*argv, *words], capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{self.name}: git {words[0]}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "replace")

    @cached_property
    def commits(self) -> dict[str, Logged]:
        """The commits, by id."""
        out = self.git("log", "--branches", "--tags", "--format=%H%x00%s%x00%B%x01")
        parts = (entry.strip("\n").split("\0") for entry in out.split("\x01"))
        return {part[0]: Logged(*part) for part in parts if len(part) == 3}

    @cached_property
    def picks(self) -> dict[str, list[str]]:
        """The commits that say what they were picked from."""
        named = {c.id: _PICK.findall(c.message) for c in self.commits.values()}
        return {commit: ids for commit, ids in named.items() if ids}

    @cached_property
    def reverts(self) -> dict[str, list[str]]:
        """The commits that revert others, with the ids that they name."""
        named = {c.id: _REVERT.findall(c.message) for c in self.commits.values()}
        subjects = {c.id for c in self.commits.values() if c.subject.startswith('Revert "')}
        return {commit: ids for commit, ids in named.items() if ids or commit in subjects}

    @cached_property
    def patch_ids(self) -> dict[str, str]:
        """The patch-id of each commit since :data:`SINCE` that is no merge."""
        log = [
            "log",
            "--branches",
            "--tags",
            f"--since={SINCE}",
            "--no-merges",
            "-p",
            "--full-index",
        ]
        argv = ["git", f"--git-dir={self.path}", *log, "--no-renames", "--format=commit %H"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as source:
            words = ["git", "patch-id", "--stable"]
            done = subprocess.run(words, stdin=source.stdout, capture_output=True, check=True)
        rows = (line.split() for line in done.stdout.decode().splitlines())
        return {row[1]: row[0] for row in rows}

    @cached_property
    def refs(self) -> list[str]:
        """The full names of its tags and branches, tags in the order of their versions."""
        out = self.git("for-each-ref", "--sort=v:refname", "--format=%(refname)", *_KINDS)
        return out.split()

    def containing(self, commit: str) -> frozenset[str]:
        """The tags and branches that contain *commit*."""
        if commit not in self._containing:
            out = self.git("for-each-ref", "--format=%(refname)", f"--contains={commit}", *_KINDS)
            self._containing[commit] = frozenset(out.split())
        return self._containing[commit]

    def is_on_top(self, later: str, commit: str) -> bool:
        """Whether *later* has *commit* in its history."""
        argv = ["git", f"--git-dir={self.path}", "merge-base", "--is-ancestor", commit, later]
        return subprocess.run(argv, check=False).returncode == 0

    @cached_property
    def lines(self) -> dict[str, list[str]]:
        """The release lines and their refs in order, the branch of each last."""
        namer = self._openstack_line if self._ends else _numbered_line
        found: dict[str, list[str]] = defaultdict(list)
        for ref in self.refs:
            if ref.startswith("refs/tags/") and (line := namer(ref)):
                found[line].append(ref)
        if self._ends:
            self._candidates_with_their_releases(found)
        for line, ends in self._ends.items():
            ordered = sorted(ends, key=lambda ref: (ref.startswith("refs/heads"), ref[-1] == "l"))
            found[line] += ordered
        for ref in self.refs:
            if ref.startswith("refs/heads/") and not self._ends and (line := _numbered_branch(ref)):
                found[line].append(ref)
        found["unreleased"] = [self.main]
        return dict(found)

    @cached_property
    def main(self) -> str:
        """The main branch."""
        return next(r for r in map("refs/heads/{}".format, _MAINS) if r in self.refs)

    @cached_property
    def _ends(self) -> dict[str, list[str]]:
        """The refs at the end of each of OpenStack's lines."""
        found: dict[str, list[str]] = defaultdict(list)
        for ref in self.refs:
            for name, line in LINES.items():
                if re.fullmatch(rf"refs/(?:tags/{name}-(?:em|eom|eol)|heads/.*/{name})", ref):
                    found[line].append(ref)
        return found

    def _openstack_line(self, ref: str) -> str | None:
        """The first line that contains a version."""
        if not re.fullmatch(r"refs/tags/\d{1,2}\.\d.*", ref):
            return None
        holding = self.containing(f"{ref}^{{commit}}")
        order = list(LINES.values())
        first = next((n for n in order if holding.intersection(self._ends.get(n, ()))), None)
        if first is None and self.main in holding:
            return order[max(order.index(name) for name in self._ends) + 1]
        return first

    def _candidates_with_their_releases(self, lines: dict[str, list[str]]) -> None:
        home = {ref: line for line, refs in lines.items() for ref in refs}
        for ref, line in home.items():
            other = home.get(re.sub(r"\.0(?:a|b|rc)\d+$", "", ref), line)
            if other != line:
                lines[line].remove(ref)
                lines[other] = sorted([*lines[other], ref], key=self.refs.index)


_KINDS = ("refs/tags", "refs/heads")
_MAINS = ("main", "master", "unstable")


def _numbered_line(ref: str) -> str | None:
    found = re.match(r"refs/tags/v?(\d+\.\d+)", ref)
    return found[1] if found else None


def _numbered_branch(ref: str) -> str | None:
    found = re.fullmatch(r"refs/heads/(?:[a-z]+[-/])?(\d+[.-]\d+)(?:\.x|-stable)?", ref)
    return found[1].replace("-", ".") if found else None


# The truth ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A change that is tracked: its name in the manifest, and the commit that it was drawn by."""

    name: str
    clone: Clone
    commit: str

    @property
    def change_id(self) -> str | None:
        """Its Change-Id, where it has one."""
        ids = self.clone.commits[self.commit].changes
        return ids[0] if ids else None


def copies(change: Change) -> list[str]:
    """The commits that are the change: by Change-Id, by cherry-pick, by patch-id."""
    commits = change.clone.commits
    found = {change.commit}
    if change.change_id:
        found |= {c.id for c in commits.values() if change.change_id in c.changes}
    while True:
        more = _picked(change.clone, found) - found
        more |= {c for c in _same_diff(change.clone, found) if c not in found}
        if not more:
            break
        found |= more
    subjects = {commits[c].subject for c in found}
    reverts = {
        c
        for c in found
        if any(commits[c].subject == f'Revert "{subject}"' for subject in subjects)
        or any(o.startswith(t) for t in _REVERT.findall(commits[c].message) for o in found - {c})
    }
    return sorted(found - reverts)


def _picked(clone: Clone, commits: Iterable[str]) -> set[str]:
    """What was picked from *commits*, and what they were picked from."""
    wanted = set(commits)
    found: set[str] = set()
    for commit, named in clone.picks.items():
        if any(c.startswith(n) for n in named for c in wanted):
            found.add(commit)
        if commit in wanted and len(clone.commits[commit].changes) < 2:
            origins = {c for n in named for c in clone.commits if c.startswith(n)}
            changes = {tuple(clone.commits[c].changes) or c for c in origins}
            found |= origins if len(changes) == 1 else set()
    return found


def _same_diff(clone: Clone, commits: Iterable[str]) -> set[str]:
    ids = {clone.patch_ids[c] for c in commits if c in clone.patch_ids}
    return {c for c, patch_id in clone.patch_ids.items() if patch_id in ids}


def live(clone: Clone, commit: str, same: Sequence[str]) -> frozenset[str]:
    """The refs that contain *commit* and no revert of it that is in force."""
    refs = clone.containing(commit)
    for revert, named in clone.reverts.items():
        by_id = any(c.startswith(n) for n in named for c in same)
        subject = f'Revert "{clone.commits[commit].subject}"'
        by_subject = not named and clone.commits[revert].subject == subject
        if (by_id or by_subject) and revert != commit and clone.is_on_top(revert, commit):
            refs -= live(clone, revert, [revert])
    return refs


def truth(change: Change) -> dict[str, str | None]:
    """For each line that has the change to stay, the first tag; None: only its branch has it."""
    same = copies(change)
    there = [(change.clone.containing(c), live(change.clone, c, same)) for c in same]
    found: dict[str, str | None] = {}
    for line, refs in change.clone.lines.items():
        firsts = [refs.index(ref) for pair in there if (ref := _since(refs, *pair))]
        if firsts:
            ref = refs[min(firsts)]
            found[line] = ref.removeprefix("refs/tags/") if "/tags/" in ref else None
    return found


def _since(refs: Sequence[str], contained: frozenset[str], live: frozenset[str]) -> str | None:
    since = None
    for ref in refs:
        if ref in live:
            since = since or ref
        elif ref in contained:
            since = None
    return since


# What is asked -----------------------------------------------------------------------------------


def drawn(clone: Clone, count: int, chance: random.Random) -> Iterator[str]:
    """Some commits: of reverted ones, of the branches of releases, and of the main branch."""
    since = ("--no-merges", f"--since={SINCE}", "--format=%H")
    branches = [r for refs in clone.lines.values() for r in refs if r.startswith("refs/heads/")]
    named = {n for ids in clone.reverts.values() for n in ids if len(n) == 40}
    kinds = [
        (named & clone.commits.keys(), count // 6),
        (clone.git("log", *since, *branches, "--not", clone.main).split(), count // 3),
        (clone.git("log", *since, clone.main).split(), count),
    ]
    taken: set[str] = set()
    for commits, share in kinds:
        fit = [c for c in sorted(commits) if c in clone.patch_ids and c not in taken]
        fit = [c for c in fit if len(clone.commits[c].changes) < 2]
        taken |= set(chance.sample(fit, min(share, len(fit), count - len(taken))))
    yield from sorted(taken)


def manifest(changes: Sequence[Change]) -> str:
    """A series with all of *changes*."""
    lines = ['schema = 1\n[series]\nname = "bench"']
    for clone in {change.clone.name: change.clone for change in changes}.values():
        tags = [ref for ref in clone.refs if ref.startswith("refs/tags/") and ref[-1].isdigit()]
        url = f"https://host.invalid/{clone.name}.git"
        lines.append(f"[project.{_project(clone.name)}]\nrepository = {json.dumps(url)}")
        lines.append(f"bases = [{json.dumps(tags[-1].removeprefix('refs/tags/'))}]")
    for change in changes:
        lines.append(f'[[patch]]\nname = "{change.name}"\nproject = {_project(change.clone.name)}')
        if change.change_id:
            lines.append(f'change-id = "{change.change_id}"')
        else:
            lines.append(f'upstream = "{change.commit}"')
    return "\n".join(lines) + "\n"


def _project(name: str) -> str:
    return json.dumps(name.rpartition("/")[2])


def status(root: Path, *words: str) -> dict[str, dict[str, Any]]:
    """The rows of `series status`, by patch."""
    argv = [sys.executable, "-m", "patchseries", "status", "--json", *words]
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "SERIES_STATE": str(root.parent / "state"),
        "SERIES_CACHE": str(root.parent / "cache"),
    }
    done = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"series status: {done.stderr}")
    return {row["name"]: row for row in json.loads(done.stdout)["patches"]}


def compare(changes: Sequence[Change], root: Path) -> list[str]:
    """The differences in verdicts, and in the tag since which each line has each change."""
    rows = status(root)
    different, cells = [], 0
    for change in changes:
        row, expected = rows[change.name], truth(change)
        ours = {at["line"]: at["tag"] for at in [*row["landed"], *row["inherited"]]}
        where = f"{change.clone.name} {change.change_id or change.commit}"
        if (row["verdict"] == "landed") != bool(expected):
            different.append(f"{where}: {row['verdict']}; git: {expected or 'nowhere'}")
        for line in change.clone.lines:
            cells += 1
            told, right = (x.get(line, "not there") for x in (ours, expected))
            if told != right:
                different.append(f"{where}: {line} {told}; git: {right}")
        strange = ours.keys() - change.clone.lines.keys()
        different += [f"{where}: {line}: git has no such line" for line in strange]
    print(f"{len(changes)} changes, {cells} cells of change and line: {len(different)} differ")
    return different


def compare_names(changes: Sequence[Change], root: Path, chance: random.Random) -> list[str]:
    """The differences where releases are asked for by their names."""
    different, cells = [], 0
    for clone in {change.clone.name: change.clone for change in changes}.values():
        mine = [change for change in changes if change.clone is clone]
        for name, ref in names_of(clone, chance):
            words = ["--release", name, "--project", clone.name.rpartition("/")[2]]
            rows = status(root, *words)
            for change in mine:
                cells += 1
                same = copies(change)
                right = any(ref in live(clone, commit, same) for commit in same)
                told = rows[change.name]["release"]["contained"]
                if told != right:
                    different.append(f"{clone.name} {change.name} in {name}: {told}; git: {right}")
    print(f"{cells} cells of change and named release: {len(different)} differ")
    return different


def names_of(clone: Clone, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Names of releases, each with the ref at its end."""
    lines = [(line, refs) for line, refs in clone.lines.items() if line != "unreleased"]
    versions = {line: version for version, line in LINES.items()}
    for line, refs in chance.sample(lines[-12:], min(3, len(lines))):
        yield versions.get(line, line), refs[-1]
        branches = [ref for ref in refs if ref.startswith("refs/heads/")]
        if branches:
            yield branches[-1].removeprefix("refs/heads/"), refs[-1]
        tags = [ref for ref in refs if ref.startswith("refs/tags/")]
        if tags:
            tag = chance.choice(tags)
            yield tag.removeprefix("refs/tags/"), tag


def opened(repository: str, directory: Path) -> Clone:
    """A clone that shares its objects with the mirror, with a commit graph of its own."""
    mirrors = [Path(p) for p in os.environ["SERIES_MIRRORS"].split(os.pathsep) if p]
    source = next((m / repository for m in mirrors if (m / repository).exists()), None)
    if source is None:
        raise SystemExit(f"no mirror of {repository}: set SERIES_MIRRORS")
    path = directory / repository.replace("/", "-")
    argv = ["git", "clone", "-q", "--mirror", "--shared", str(source.resolve()), str(path)]
    subprocess.run(argv, check=True)
    clone = Clone(repository, path)
    clone.git("commit-graph", "write", "--reachable", "--no-progress")
    return clone


def main() -> int:
    """Print the differences; 1 when there is one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as directory:
        top = Path(directory)
        changes: list[Change] = []
        for repository in given.repositories:
            clone = opened(repository, top)
            each = -(-given.changes // len(given.repositories))
            commits = list(drawn(clone, each, chance))
            short = repository.rpartition("/")[2].replace(".", "-")
            changes += [Change(f"{short}-{n}", clone, c) for n, c in enumerate(commits, 1)]
            print(f"{repository}: {len(commits)} of {len(clone.commits)} commits", flush=True)
        root = top / "project"
        (root / "series").mkdir(parents=True)
        (root / "series/bench.toml").write_text(manifest(changes))
        different = compare(changes, root) + compare_names(changes, root, chance)
    print("\n".join(different))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
