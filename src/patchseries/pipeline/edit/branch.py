"""A target of the series as a git branch: one commit a patch, to be edited with git."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.errors import DeclinedError, ExitCode, ProgramError, SeriesError, UsageError
from patchseries.files import explained, read_file, staging
from patchseries.git import Commit, Repository, Signature, borrowed
from patchseries.git.environment import keep_bytes, make_work_tree
from patchseries.imports.patchqueue import gbp_commands, gbp_file
from patchseries.manifest.filenames import patch_names
from patchseries.model import Target, TreeId
from patchseries.parsing import parse_json
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.dep3 import Header, read_header
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.port import Change

TRAILER = "Series-Patch"
_TRAILER = re.compile(rf"^{TRAILER}: (\S+)[ \t]*(?:\nGbp-Pq: (?:Topic|Name) .*)*$", re.M)
"""The patch of a commit, and what it is called in a packager's debian/patches, for gbp pq."""
_STATE = "series.json"
UNKNOWN = Signature("unknown", "", 0, "+0000")
"""Who made a commit, and when, where its patch file does not say: git requires a value."""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of the branch: the patch it is (None: a new one), message and trees.

    ``header`` is that of the patch file which it was made from, where it was made from one;
    ``change`` what was merged to make it; ``file`` its name in a packager's debian/patches.
    """

    name: str | None
    message: str
    author: Signature
    before: TreeId
    after: TreeId
    header: bytes | None = None
    change: Change | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Checkout:
    """A branch that was checked out: where, of what, and the commit that its patches stand on."""

    directory: Path
    series: str
    project: str
    base: str
    root: str


def target_steps(
    session: Session, given: RebaseInputs, project: str, base: str
) -> tuple[TreeId, list[Step]]:
    """The tree of the base, and the patches and own patches on it as steps.

    :raises SeriesError: a patch conflicts there
    """
    cells = rebase(given, Selection((project,), (base,)), session.progress).cells
    has_own_names = given.manifest.projects[project].quilt is not None
    files = patch_names(given.manifest, project) if has_own_names else {}
    steps: list[Step] = []
    for cell in cells:
        if cell.outcome == "conflict":
            raise SeriesError(
                f"{cell.patch} conflicts on {base}",
                hint="resolve it first: `series resolve`",
                exit_code=ExitCode.FINDINGS,
            )
        tree = cell.before
        entry = given.manifest.patch(cell.patch)
        names = [cell.patch, *(entry.fixups_in_use if entry else ())]
        for index, (name, file) in enumerate(zip(names, cell.files, strict=False)):
            applied = apply_patch(given.repository, tree, file.data, strip=file.strip)
            assert not isinstance(applied, Rejected), "a patch file applies on its own base"
            from_file = index > 0 or cell.source is None
            step = _step(name, file.data, tree, applied.tree, keep=from_file)
            if files:
                step = replace(step, file=files[cell.patch].all[index])
            steps.append(step if index else replace(step, change=cell.change))
            tree = applied.tree
    return given.start_of(Target(project, base)), steps


def _step(name: str, data: bytes, before: TreeId, after: TreeId, *, keep: bool) -> Step:
    """The patch file *data* as a commit, which has an author and a date, known or not."""
    header = read_header(data)
    message = f"{header.subject or name}\n\n{header.body}".strip("\n")
    kept = header.data if keep else None
    return Step(name, message, _signature(header), before, after, kept)


def _signature(header: Header) -> Signature:
    who, mail = header.author or (UNKNOWN.name, UNKNOWN.mail)
    when = header.date
    if when is None:
        return Signature(who, mail, UNKNOWN.time, UNKNOWN.zone)
    return Signature(who, mail, int(when.timestamp()), when.strftime("%z") or "+0000")


def check_out(
    session: Session, series: Series, given: RebaseInputs, target: Target, directory: Path
) -> Checkout:
    """Make *directory* a git work tree with the series on *target* as commits.

    :raises UsageError: the directory is there already
    :raises SeriesError: a patch conflicts there, or the disk is full
    """
    if directory.exists():
        raise UsageError(f"{directory} already exists")
    project, base = target
    start, steps = target_steps(session, given, project, base)
    with explained("set up the work tree"), staging(directory.parent) as stage:
        tree = stage / "tree"
        make_work_tree(tree)
        objects = given.repository.objects_directory
        shutil.copytree(objects, tree / ".git/objects", dirs_exist_ok=True)
        with Repository(tree) as repository:
            program = Signature("patchseries", "", 0, "+0000")
            root = _commit(repository, start, f"{project} {base}", program, None)
            tip = root
            for step in steps:
                message = f"{step.message}\n\n{_trailers(step)}"
                tip = _commit(repository, step.after, message, step.author, tip)
            repository.run("update-ref", "refs/heads/series", tip)
            repository.run("-C", str(tree), f"--work-tree={tree}", "reset", "--quiet", "--hard")
        told = {"series": series.name, "project": project, "base": base, "root": root}
        (tree / ".git" / _STATE).write_text(json.dumps(told))
        tree.rename(directory)
    return Checkout(directory, series.name, project, base, root)


def _trailers(step: Step) -> str:
    """The name of the patch of *step*, and below it that of its file, as gbp pq import has it."""
    lines = [f"{TRAILER}: {step.name}"]
    if step.file:
        topic, _, name = step.file.rpartition("/")
        lines += [f"Gbp-Pq: Topic {topic}"] if topic else []
        lines.append(f"Gbp-Pq: Name {name}")
    return "\n".join(lines)


def read_checkout(directory: Path) -> Checkout:
    """The checkout in *directory*.

    :raises UsageError: there is none
    """
    try:
        told = parse_json(read_file(directory / ".git" / _STATE))
        made = Checkout(directory, **told)
        if not all(isinstance(word, str) for word in told.values()):
            raise ValueError("a value is not a string")
        if not re.fullmatch(r"[0-9a-f]{40,64}", made.root):
            raise ValueError("its root is not a commit id")
        return made
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{directory} was not made by `series checkout`", cause=str(error)
        ) from error


def branch_steps(given: RebaseInputs, checkout: Checkout) -> list[Step]:
    """The commits of the branch now, their objects brought into the scratch repository.

    :raises SeriesError: uncommitted changes, a merge, or a branch that left its root
    """
    with borrowed(checkout.directory) as branch:
        if _is_dirty(branch, checkout.directory):
            raise DeclinedError(f"{checkout.directory} has changes that are not committed")
        head = branch.resolve("HEAD")
        listed = branch.run("rev-list", "--reverse", f"{checkout.root}..HEAD").stdout
        commits = listed.decode().split()
        if branch.run("merge-base", "--is-ancestor", checkout.root, "HEAD", accept=(0, 1)).status:
            raise DeclinedError(f"{head} is not based on the base of the checkout")
        wanted = f"HEAD\n^{checkout.root}\n".encode()
        pack = branch.run("pack-objects", "--revs", "--stdout", "-q", stdin=wanted).stdout
        root = branch.read(checkout.root)[1]
    given.repository.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=root)
    given.repository.run("unpack-objects", "-q", stdin=pack)
    return _steps(given.repository, commits)


def untracked_files(checkout: Checkout) -> list[str]:
    """Files of the work tree that are in no commit and not ignored: no patch takes them in."""
    with borrowed(checkout.directory) as branch:
        lines = _status(branch, checkout.directory, "normal")
    return [os.fsdecode(line[2:]) for line in lines if line.startswith(b"? ")]


def _is_dirty(branch: Repository, directory: Path) -> bool:
    """Whether the work tree *directory* differs from its HEAD, apart from untracked files.

    :raises ProgramError: git sees no HEAD: without one, all is new
    """
    lines = _status(branch, directory, "no")
    if b"# branch.oid (initial)" in lines:
        raise ProgramError(f"git cannot read the HEAD of {directory}", hint="run it again")
    return any(line and not line.startswith(b"# ") for line in lines)


def _status(branch: Repository, directory: Path, untracked: str) -> list[bytes]:
    """What git says of the work tree *directory*, in lines of porcelain v2.

    Nothing of the directory's own git directory counts but its index. Submodules are not looked
    into: git would run in them by their own configuration.
    """
    keep_bytes(branch.git_dir)
    there = ("-C", str(directory), f"--work-tree={directory}")
    status = ("status", "--porcelain=v2", "--branch", "-z", f"--untracked-files={untracked}")
    env = {"GIT_INDEX_FILE": str(directory / ".git" / "index")}
    done = branch.run(*there, *status, "--ignore-submodules=all", env=env)
    return done.stdout.split(b"\0")


def patch_id(repository: Repository, step: Step) -> bytes:
    """What git calls the same change: the diff without line numbers and white space."""
    diff = repository.diff(step.before, step.after)
    return repository.run("patch-id", "--stable", stdin=diff).stdout.split(b" ")[0]


def _steps(repository: Repository, commits: Sequence[str]) -> list[Step]:
    steps = []
    for commit in map(repository.commit, commits):
        if len(commit.parents) != 1:
            raise DeclinedError(f"{commit.id[:12]} is a merge: the branch must be one line")
        found = _TRAILER.findall(commit.text)
        message = _TRAILER.sub("", commit.text).strip("\n")
        before = repository.commit(commit.parents[0]).tree
        name, file = (found[-1] if found else None), None
        if name is None:
            file, message = _gbp_file(commit, message)
        steps.append(Step(name, message, commit.author, before, commit.tree, file=file))
    return steps


def _gbp_file(commit: Commit, message: str) -> tuple[str | None, str]:
    """What the new *commit* says its file is called, as gbp pq's do, and *message* without that.

    :raises SeriesError: no file can be called so
    """
    subject, _, body = message.partition("\n")
    words, rest = gbp_commands(body)
    file = gbp_file(words, commit)
    return file, f"{subject}\n{rest}".strip("\n") if file else message


def _commit(
    repository: Repository, tree: str, message: str, author: Signature, parent: str | None
) -> str:
    env = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (
            ("NAME", author.name or UNKNOWN.name),
            ("EMAIL", author.mail),
            ("DATE", f"@{author.time} {author.zone}"),
        )
    }
    on = ("-p", parent) if parent else ()
    done = repository.run("commit-tree", tree, *on, stdin=f"{message}\n".encode(), env=env)
    return done.stdout.decode().strip()
