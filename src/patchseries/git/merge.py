"""git's own three-way merge of trees, by one ``git merge-tree --stdin`` process for many merges.

The trees are dressed as commits (a common ancestor and two children), so neither a work tree nor
any history is needed, and a merge or root commit is no special case. Started once, a merge takes
about 1 ms instead of the 6 ms of a process for each (measured on nova, git 2.39).

git 2.39 flushes its output only when it has shown a conflict's messages, and before the NUL
that ends the answer. So each request is followed by a tiny merge that does conflict (the
*flusher*): its answer pushes ours out, and its last NUL is read before the next request's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import IO, Protocol

from patchseries import process
from patchseries.git.coprocess import Channel, Future
from patchseries.git.objects import TreeEntry
from patchseries.model import CommitId, Conflict, Sides, TreeId

FileSides = Sides[TreeEntry | None]
"""What a path is on the three sides; None where there is none."""


@dataclass(frozen=True, slots=True)
class MergeMessage:
    """What git says of a path: its kind (``CONFLICT (contents)``) and its words."""

    paths: tuple[str, ...]
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge: the tree (with conflict markers where it is not clean) and what conflicts.

    :ivar files: the paths that conflict, with what they are on the three sides, in git's order
    """

    clean: bool
    tree: TreeId
    files: Mapping[str, FileSides] = field(default_factory=dict)
    messages: tuple[MergeMessage, ...] = ()

    @property
    def conflicted_paths(self) -> tuple[str, ...]:
        """The paths that conflict, in git's order."""
        return tuple(self.files)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """A conflict for each path, with git's words as the reason."""
        return tuple(Conflict(path, 1, self._reason(path)) for path in self.conflicted_paths)

    def _reason(self, path: str) -> str:
        kinds = (m.kind for m in self.messages if path in m.paths and "CONFLICT" in m.kind)
        return next(kinds, "CONFLICT")


class MergeProcess:
    """A running ``git merge-tree --stdin``: ask with :meth:`submit`, end with :meth:`close`."""

    def __init__(self, git_dir: Path, env: dict[str, str], flusher: Callable[[], str]) -> None:
        """Prepare to merge in *git_dir*; *flusher* gives two commits (``A B``) that conflict."""
        argv = [
            "git",
            f"--git-dir={git_dir}",
            "-c",
            "merge.conflictStyle=diff3",
            "merge-tree",
            "--write-tree",
            "-z",
            "--stdin",
        ]
        git = process.CoProcess(argv, cwd=git_dir, env=env)
        self._channel = Channel(git, "merge-tree", self._read)
        self._flusher = flusher
        self._flush_line = ""
        self._owing: IO[bytes] | None = None

    def submit(self, ours: str, theirs: str) -> Future[Merge]:
        """Begin to merge two commits over their one common parent.

        :raises ProgramError: git cannot be started
        """
        self._flush_line = self._flush_line or self._flusher()
        request = f"{ours} {theirs}\n{self._flush_line}\n".encode()
        return self._channel.submit(request, f"merging {ours[:12]} and {theirs[:12]}")

    def close(self) -> None:
        """End the process, if it runs."""
        self._channel.close()

    def _read(self, stream: IO[bytes]) -> Merge:
        if stream is self._owing:
            stream.read(1)
        self._owing = None
        answer = _read_merge(stream)
        _skip_flusher(stream)
        self._owing = stream
        return answer


def _read_merge(stream: IO[bytes]) -> Merge:
    """One whole answer, with the NUL that ends it."""
    clean, tree, files = _read_head(stream)
    messages = []
    while not clean and (count := _token(stream)):
        messages.append(_read_message(stream, int(count)))
    if clean:
        stream.read(1)
    return Merge(clean, tree, files, tuple(messages))


def _skip_flusher(stream: IO[bytes]) -> None:
    """The flusher's answer up to its one conflict message: what is flushed of it."""
    _read_head(stream)
    while "CONFLICT" not in _read_message(stream, int(_token(stream))).kind:
        pass


def _read_head(stream: IO[bytes]) -> tuple[bool, TreeId, dict[str, FileSides]]:
    clean = _token(stream) == "1"
    tree = TreeId(_token(stream))
    stages: dict[str, dict[str, TreeEntry]] = {}
    while not clean and (info := _token(stream)):
        meta, _, path = info.partition("\t")
        mode, oid, stage = meta.split(" ")
        stages.setdefault(path, {})[stage] = TreeEntry(mode, oid)
    files = {path: Sides(*map(found.get, "123")) for path, found in stages.items()}
    return clean, tree, files


def _read_message(stream: IO[bytes], paths: int) -> MergeMessage:
    return MergeMessage(
        tuple(_token(stream) for _ in range(paths)), _token(stream), _token(stream).strip()
    )


def _token(stream: IO[bytes]) -> str:
    """The next NUL-ended word; paths are kept lossless by surrogate escapes."""
    word = b""
    while not word.endswith(b"\0"):
        ready = stream.peek() if isinstance(stream, BufferedReader) else b""
        part = stream.read(ready.find(b"\0") + 1 or len(ready) or 1)
        if not part:
            raise EOFError("merge-tree: the stream ended")
        word += part
    return word[:-1].decode("utf-8", "surrogateescape")


class _ObjectWriter(Protocol):
    """What stores objects of git."""

    def write_blob(self, data: bytes) -> str:
        """Store a blob; its id."""

    def write_tree(self, entries: Mapping[bytes, TreeEntry]) -> TreeId:
        """Store one level of a tree; its id."""

    def write_commit(self, tree: str, parents: Iterable[str] = ()) -> CommitId:
        """Store a commit; its id."""


def conflicting_commits(store: _ObjectWriter) -> str:
    """Two commits, ``A B``, whose merge conflicts in one file and does nothing else."""
    root = store.write_commit(store.write_tree({}))
    sides = (
        store.write_tree({b"f": TreeEntry("100644", store.write_blob(data))})
        for data in (b"a\n", b"b\n")
    )
    return " ".join(store.write_commit(tree, [root]) for tree in sides)
