"""A patch queue branch of gbp: commits on a packaging branch, as ``gbp pq export`` writes them.

``Gbp-Pq: Name`` and ``Gbp-Pq: Topic`` of a commit message say the file's name and directory
(gbp-pq(1)). The diffs have full object ids, as those of ``gbp pq export --abbrev=40`` have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from posixpath import join, normpath, splitext

from patchseries.errors import SeriesError
from patchseries.git import Commit, Repository
from patchseries.imports.branch import read_packaging_branch, read_range
from patchseries.imports.directory import TOOLS_OWN, check_plain, made_directory
from patchseries.imports.package import PackageSource
from patchseries.manifest.filenames import not_a_quilt_name
from patchseries.patches.compose import compose, patch_diff
from patchseries.patches.header import PatchHeader

PREFIX = "patch-queue/"
"""The queue of the branch B is the branch ``patch-queue/B``."""

_COMMAND = re.compile(r"gbp(?P<pq>-pq)?:\s*(?P<command>[a-z-]+)(?:\s+(?P<value>\S.*))?", re.I)
_LONGEST = 63
"""Characters of a file name that gbp makes of a subject, with its number and ``.patch``."""


def packaging_branch(revision: str) -> str | None:
    """The branch whose patch queue *revision* is; None: it is none.

    >>> packaging_branch("patch-queue/debian/sid"), packaging_branch("debian/sid")
    ('debian/sid', None)
    """
    branch = revision.removeprefix(PREFIX)
    return branch if branch and branch != revision else None


def read_patch_queue(
    repository: Repository, branch: str, label: str, vendor: str = "debian"
) -> PackageSource:
    """The packaging of *branch*, with the commits of its queue for a debian/patches.

    :raises SeriesError: one of the two branches is missing, the queue is empty, or a name in it is
        not one of a patch
    """
    package = read_packaging_branch(repository, branch, label, vendor)
    queue = read_range(repository, branch, PREFIX + branch, label)
    problems = [*package.problems, *queue.problems]
    patches: dict[str, tuple[bytes, int]] = {}
    for commit in queue.commits:
        words, body = gbp_commands(commit.text.strip("\n").partition("\n\n")[2])
        before = repository.commit(commit.parents[0]).tree
        changed = repository.changes(before, commit.tree)
        if "ignore" in words or not changed:
            why = "is marked Gbp-Pq: Ignore" if changed else "changes nothing"
            problems.append(f"{commit.id[:12]} {why}: it is left out")
            continue
        if any(path.startswith("debian/") for path in changed):
            problems.append(f"{commit.id[:12]} changes debian/: that is no patch of upstream's")
        name = _file_name(repository, commit, words, patches)
        header = PatchHeader(commit.author, commit.subject, body)
        patches[name] = compose(header, patch_diff(repository, before, commit.tree)), 1
    directory = made_directory(patches)
    if other := sorted(package.directory.files.keys() - directory.files.keys() - _patches(package)):
        problems.append(f"left out, as gbp pq export does: {', '.join(other)} of debian/patches")
    return replace(package, directory=directory, problems=tuple(problems))


def _patches(package: PackageSource) -> set[str]:
    return {line.name for line in package.directory.lines}


def gbp_commands(text: str) -> tuple[dict[str, str], str]:
    """gbp's commands in the body *text* of a message, and *text* without names and topics.

    >>> gbp_commands("Why.\\nGbp-Pq: Topic fixes\\nGbp-Pq: Name one.diff")
    ({'topic': 'fixes', 'name': 'one.diff'}, 'Why.')
    """
    words: dict[str, str] = {}
    body = []
    for line in text.split("\n"):
        found = _COMMAND.match(line)
        command = found["command"].lower() if found else ""
        if found and found["pq"] and (found["value"] or command == "ignore"):
            words[command] = (found["value"] or "").rstrip()
        if command not in ("name", "topic"):
            body.append(line)
    return words, "\n".join(body).rstrip()


def gbp_file(words: Mapping[str, str], commit: Commit) -> str | None:
    """The file below debian/patches that gbp's commands in *commit* name; None: they name none.

    :raises SeriesError: no series file can name it, or it leads elsewhere
    """
    if "name" not in words:
        return None
    path = normpath(join(words.get("topic", ""), words["name"]))
    _check_name(path, commit)
    return path


def _check_name(path: str, commit: Commit) -> None:
    check_plain(path)
    if not_a_quilt_name(path) or TOOLS_OWN.search(path):
        raise SeriesError(
            f"{commit.id[:12]} has a Gbp-Pq: Name that no series file can name: {path[:200]!r}",
            hint="reword the commit",
        )


def _file_name(
    repository: Repository, commit: Commit, words: dict[str, str], taken: Collection[str]
) -> str:
    """The file of *commit* below debian/patches; one that is *taken* gets a number, as gbp does.

    :raises SeriesError: its name is not one of a patch file
    """
    name = words.get("name") or _name_of_subject(repository, commit, len(taken) + 1)
    path = normpath(join(words.get("topic", ""), name))
    if path in taken:
        stem, suffix = splitext(path)
        path = f"{stem}-{sum(one.startswith(stem) for one in taken)}{suffix}"
    _check_name(path, commit)
    return path


def _name_of_subject(repository: Repository, commit: Commit, number: int) -> str:
    shown = repository.run("log", "-1", "--no-show-signature", "--format=%f", commit.id, "--")
    stem = shown.stdout.decode("utf-8", "replace").strip()
    start = f"{number:04d}-"
    return f"{start}{stem[: _LONGEST - len(start) - len('.patch')]}.patch"
