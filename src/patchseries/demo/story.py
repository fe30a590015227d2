"""The history of a small upstream as a story that can be read: who changed what, and when.

A story is text in, a ``git fast-import`` stream out: the same text gives the same commit ids
on every machine, so that a manifest and a lock can name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

Tree = Mapping[str, bytes]
"""Every file of a commit: path → bytes. Files below ``bin/`` are executable."""


class TextEdit(Protocol):
    """One step from a tree to the next."""

    def apply(self, tree: Tree) -> Tree:
        """*tree* after the edit; ValueError when it does not fit."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first tree of a project."""

    files: Tree

    def apply(self, tree: Tree) -> Tree:
        return {**tree, **self.files}


@dataclass(frozen=True, slots=True)
class Replace:
    """In one file, the one place that says *old* says *new*."""

    path: str
    old: str
    new: str

    def apply(self, tree: Tree) -> Tree:
        text = tree.get(self.path, b"").decode()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.path} does not say exactly once: {self.old!r}")
        return {**tree, self.path: text.replace(self.old, self.new).encode()}


@dataclass(frozen=True, slots=True)
class Write:
    """One file, whole."""

    path: str
    text: str

    def apply(self, tree: Tree) -> Tree:
        return {**tree, self.path: self.text.encode()}


@dataclass(frozen=True, slots=True)
class Remove:
    """One file goes away."""

    path: str

    def apply(self, tree: Tree) -> Tree:
        if self.path not in tree:
            raise ValueError(f"there is no {self.path}")
        return {path: data for path, data in tree.items() if path != self.path}


@dataclass(frozen=True, slots=True)
class RenameProject:
    """A new name everywhere, in paths and in text: quantum, Quantum and QUANTUM."""

    old: str
    new: str

    def apply(self, tree: Tree) -> Tree:
        return {self._text(path): self._text(data.decode()).encode() for path, data in tree.items()}

    def _text(self, text: str) -> str:
        for case in (str.lower, str.title, str.upper):
            text = text.replace(case(self.old), case(self.new))
        return text


@dataclass(frozen=True, slots=True)
class StoryCommit:
    """One commit on *branch*, on the day *date* (``2013-04-04``, noon UTC).

    ``since`` names the tag where a new branch starts. ``committer`` is the author unless the
    change went through review.
    """

    branch: str
    date: str
    author: str
    message: str
    edits: tuple[TextEdit, ...]
    since: str = ""
    committer: str = ""


@dataclass(frozen=True, slots=True)
class StoryTag:
    """A release: the tip of *branch* at this point of the story gets an annotated tag."""

    name: str
    branch: str
    date: str


@dataclass(frozen=True, slots=True)
class Story:
    """One repository, ``ORG/NAME``, from its first commit to its last."""

    repository: str
    steps: tuple[StoryCommit | StoryTag, ...]


def stream(steps: Iterable[StoryCommit | StoryTag], tagger: str) -> bytes:
    """The ``git fast-import`` stream (git-fast-import(1)) that makes *steps* a repository.

    :param tagger: who tags, as ``Name <mail>``
    """
    trees: dict[int, Tree] = {}
    tips: dict[str, int] = {}  # a branch or tag, and the mark of its commit
    parts: list[bytes] = []
    for mark, step in enumerate(steps, 1):
        if isinstance(step, StoryTag):
            tips[step.name] = tips[step.branch]
            parts.append(_tag(step, tips[step.branch], tagger))
            continue
        parent = tips.get(step.since or step.branch, 0)
        before = trees.get(parent, {})
        trees[mark] = _edited(before, step)
        tips[step.branch] = mark
        parts += [_commit(step, mark, parent), *_changes(before, trees[mark])]
    return b"".join([b"feature done\n", *parts, b"done\n"])


def _edited(tree: Tree, commit: StoryCommit) -> Tree:
    for edit in commit.edits:
        tree = edit.apply(tree)
    return tree


def _commit(commit: StoryCommit, mark: int, parent: int) -> bytes:
    when = _stamp(commit.date)
    lines = [
        f"commit refs/heads/{commit.branch}",
        f"mark :{mark}",
        f"author {commit.author} {when}",
        f"committer {commit.committer or commit.author} {when}",
    ]
    head = "".join(line + "\n" for line in lines).encode() + _data(commit.message.encode())
    return head + (f"from :{parent}\n".encode() if parent else b"")


def _changes(before: Tree, after: Tree) -> Iterator[bytes]:
    for path in sorted(before.keys() - after.keys()):
        yield f"D {path}\n".encode()
    for path, data in sorted(after.items()):
        if before.get(path) != data:
            mode = "100755" if path.startswith("bin/") else "100644"
            yield f"M {mode} inline {path}\n".encode() + _data(data)


def _tag(tag: StoryTag, mark: int, tagger: str) -> bytes:
    head = f"tag {tag.name}\nfrom :{mark}\ntagger {tagger} {_stamp(tag.date)}\n"
    return head.encode() + _data(f"Release {tag.name}\n".encode())


def _data(data: bytes) -> bytes:
    return f"data {len(data)}\n".encode() + data + b"\n"


def _stamp(date: str) -> str:
    noon = datetime.fromisoformat(date).replace(hour=12, tzinfo=UTC)
    return f"{int(noon.timestamp())} +0000"
