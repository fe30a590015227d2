"""A git repository: reading and writing objects, naming commits, comparing and merging trees.

GitPython opens the repository; objects are read by one ``cat-file`` process. The user's git
configuration is never read here: results depend on objects alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from patchseries import process
from patchseries.errors import ProgramError, SeriesError, UpstreamError
from patchseries.files import explained, staging, swap_in, write_atomic
from patchseries.git.coprocess import MENDING, Future, check_alternates
from patchseries.git.diff import (
    PLAIN,
    Difference,
    DiffProcess,
    Entries,
    parse_difference,
    parse_entries,
)
from patchseries.git.environment import ISOLATED, find_git_dir
from patchseries.git.loose import make_bare, object_format, write_object
from patchseries.git.merge import Merge, MergeProcess, conflicting_commits
from patchseries.git.objects import (
    Commit,
    Tree,
    TreeEntry,
    decode_path,
    encode_path,
    format_tree,
    parse_commit,
)
from patchseries.git.reader import ObjectReader
from patchseries.git.textmerge import Lines, Region, merge_text
from patchseries.git.treeedit import edited
from patchseries.model import CommitId, TreeId

_DRESS = b"patchseries <> 0 +0000"
"""Who made the commits that only dress a tree for a merge; they are never published."""


_DEEPEST = 50
"""The directories above a file that are read ahead."""


class Repository:
    """One git repository (its git directory) that we made. Not for several threads at once.

    Any other is read with :func:`patchseries.git.borrowed`.
    """

    def __init__(
        self,
        path: Path,
        *,
        intact: bool = False,
        borrowed: Path | None = None,
        shown: Path | None = None,
    ) -> None:
        """Open the repository at *path*: a bare one, a git directory or a work tree.

        :param intact: a bare one that we just made, or found as we left it: it is not looked at
        :param borrowed: the objects directory that it only reads; its own has none
        :param shown: what to call it in messages (default: its git directory)
        :raises SeriesError: there is none
        """
        process.require("git")
        self.git_dir = path if intact else find_git_dir(path)
        self._algorithm = object_format(self.git_dir)
        self.shown = shown or self.git_dir
        self._borrowed = borrowed
        self._compression = 1
        self._reader = ObjectReader(self.git_dir, ISOLATED)
        self._merger = MergeProcess(self.git_dir, ISOLATED, lambda: conflicting_commits(self))
        self._entries = DiffProcess(self.git_dir, ISOLATED, parse_entries, "--raw")
        self._lines = DiffProcess(self.git_dir, ISOLATED, parse_difference, "--raw", "-p", "-U0")
        self._patches = DiffProcess(
            self.git_dir, ISOLATED, b"".join, "-p", "-U3", "--binary", "--stat=80", "--summary"
        )
        self.tree = lru_cache(maxsize=4096)(self._read_tree)
        self.commit = lru_cache(maxsize=4096)(self._read_commit)
        self.begin_difference = lru_cache(maxsize=8)(self._lines.submit)

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the helper processes."""
        self._reader.close()
        self._merger.close()
        self._entries.close()
        self._lines.close()
        self._patches.close()

    @classmethod
    def init(cls, path: Path, alternates: Sequence[Path] = ()) -> Repository:
        """Make a bare repository at *path* that also reads the object directories *alternates*.

        It appears whole or not at all, in the place of whatever stands there.

        :raises SeriesError: it cannot be written
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with staging(path.parent) as stage:
            fresh = stage / "repo.git"
            with explained("make a repository"):
                make_bare(fresh)
            swap_in(fresh, path)
        repository = cls(path, intact=True)
        repository.set_alternates(alternates)
        return repository

    def set_alternates(self, object_directories: Sequence[Path]) -> None:
        """Read *object_directories* too (git's alternates); they are never written to.

        Another command may be reading there: a git that saw half of the list would miss objects.

        :raises SeriesError: it cannot be written
        """
        info = self.git_dir / "objects" / "info"
        info.mkdir(parents=True, exist_ok=True)
        resolved = [directory.resolve() for directory in object_directories]
        if any("\n" in str(directory) for directory in resolved):  # git would read two paths
            raise SeriesError("the path of a repository may not contain a line break")
        lines = "".join(f"{directory}\n" for directory in resolved)
        write_atomic(info / "alternates", os.fsencode(lines))

    def reopened(self) -> Repository:
        """The same repository with git processes of its own, for another process."""
        repository = Repository(self.git_dir, borrowed=self._borrowed, shown=self.shown)
        repository._compression = self._compression
        return repository

    def leave_uncompressed(self) -> None:
        """Write new objects as they are: to compress those of a port takes a twentieth of it."""
        self._compression = 0
        with (self.git_dir / "config").open("a") as config:
            config.write("[core]\n\tlooseCompression = 0\n")

    @property
    def objects_directory(self) -> Path:
        """The directory of its objects, for another repository's alternates."""
        return self._borrowed or (self.git_dir / "objects").resolve()

    @property
    def is_shallow(self) -> bool:
        """Whether its history is cut off somewhere."""
        return (self.git_dir / "shallow").is_file()

    # Running git -----------------------------------------------------------------------------

    def run(
        self,
        *args: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
    ) -> process.Result:
        """Run a local git command on this repository, isolated from any user configuration.

        :raises ProgramError: its status is not in *accept*; or it went on without its alternates
        """
        done = process.run(
            ["git", f"--git-dir={self.git_dir}", *args],
            cwd=self.git_dir,
            stdin=stdin,
            env=ISOLATED | dict(env or {}),
            accept=accept,
        )
        check_alternates(args[0], done)
        return done

    # Names -----------------------------------------------------------------------------------

    def resolve(self, rev: str) -> CommitId | None:
        """The commit that *rev* (an id, a tag, a branch, ``HEAD~3``) names, or None."""
        if rev.startswith("-"):
            raise SeriesError(f"not a revision: {rev!r}")
        wanted = ("--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        done = self.run("rev-parse", *wanted, accept=(0, 1, 128))
        return CommitId(done.stdout.decode().strip()) if done.status == 0 else None

    def refs(self, *patterns: str) -> dict[str, CommitId]:
        """Refs that match *patterns* (``refs/tags/``), by full name, peeled to commits."""
        form = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
        done = self.run("for-each-ref", f"--format={form}", *patterns)
        found: dict[str, CommitId] = {}
        for line in filter(None, done.stdout.decode("utf-8", "surrogateescape").split("\n")):
            name, kind, oid, peeled_kind, peeled = line.split("\0")
            if "commit" in (kind, peeled_kind):
                found[name] = CommitId(oid if kind == "commit" else peeled)
        return found

    # Objects ---------------------------------------------------------------------------------

    def read(self, oid: str) -> tuple[str, bytes]:
        """The type and bytes of the object *oid*.

        :raises UpstreamError: it is not here
        """
        found = self._reader.read(oid)
        if found is None:
            raise UpstreamError(f"object {oid} is not in {self.shown}, or is damaged", hint=MENDING)
        return found

    def prefetch(
        self,
        oids: Iterable[str] = (),
        *,
        directories: Sequence[tuple[str, str]] = (),
        files: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Read in one go what will be asked for one by one.

        :param oids: objects
        :param directories: (tree, path): the directories on the way to the path
        :param files: (tree, path): those, and what stands there
        """
        wanted: dict[tuple[str, str], None] = {}
        for tree, path in (*directories, *files):
            parts = path.split("/")
            if len(parts) > _DEEPEST:
                continue  # git walks down anew for each place: read later, one by one
            wanted |= {(tree, "/".join(parts[:depth])): None for depth in range(len(parts))}
        wanted |= dict.fromkeys(place for place in files if place[1].count("/") < _DEEPEST)
        missing = [place for place in wanted if not self._is_kept(*place)]
        self._reader.prefetch(oids, missing)

    def _is_kept(self, tree: str, path: str) -> bool:
        """Whether nothing has to be read any more to know what *path* is in *tree*."""
        oid = tree
        for part in encode_path(path).split(b"/") if path else ():
            if not self._reader.has(oid):
                return False
            entry = self.tree(oid).get(part)
            if entry is None:
                return True
            oid = entry.oid
            if not entry.is_tree:  # a file, or a directory on one side alone: nothing is below it
                break
        return self._reader.has(oid)

    def has(self, oid: str) -> bool:
        """Whether the object is here.

        :raises ProgramError: git ended instead of answering, or cannot read its alternates
        """
        try:
            if self._reader.is_there(oid):
                return True
        except EOFError as error:
            words = f"git ended unexpectedly in {self.shown}"
            hint = "run the command again"
            raise ProgramError(words, cause=f"is {oid} missing?", hint=hint) from error
        # as long as it runs, a git that could not read its alternates says so of all they have
        self._reader.close()
        return self.run("cat-file", "-e", oid, accept=(0, 1, 128)).status == 0

    def blob(self, oid: str) -> bytes:
        """The bytes of a blob."""
        return self.read(oid)[1]

    def _read_commit(self, oid: str) -> Commit:
        """The commit *oid* (cached)."""
        kind, data = self.read(oid)
        if kind != "commit":
            raise SeriesError(f"{oid} is a {kind}, not a commit")
        return parse_commit(oid, data)

    def _read_tree(self, oid: str) -> Mapping[bytes, TreeEntry]:
        """The entries of the tree *oid*, one level (cached; do not change it)."""
        kind, data = self.read(oid)
        if kind != "tree":
            raise SeriesError(f"{oid} is a {kind}, not a tree")
        return Tree(data, len(oid) // 2)

    def entry(self, tree: str, path: str) -> TreeEntry | None:
        """What *path* is in *tree*, or None."""
        entry = TreeEntry("40000", tree)
        for part in encode_path(path).split(b"/"):
            if not entry.is_tree:
                return None
            found = self.tree(entry.oid).get(part)
            if found is None:
                return None
            entry = found
        return entry

    def file(self, tree: str, path: str) -> bytes | None:
        """The bytes of the file or link *path* in *tree*, or None when there is none."""
        entry = self.entry(tree, path)
        if entry is None or entry.is_tree or entry.is_submodule:
            return None
        return self.blob(entry.oid)

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, TreeEntry]]:
        """Every path below *tree* that is no directory, with what it is."""
        for name, entry in self.tree(tree).items():
            path = prefix + decode_path(name)
            if entry.is_tree:
                yield from self.walk(entry.oid, path + "/")
            else:
                yield path, entry

    def write_blob(self, data: bytes) -> str:
        """Store a blob; its id."""
        return self._store("blob", data)

    def write_tree(self, entries: Mapping[bytes, TreeEntry]) -> TreeId:
        """Store one level of a tree; its id."""
        return TreeId(self._store("tree", format_tree(entries.items())))

    def edit_tree(self, tree: str, edits: Mapping[str, TreeEntry | None]) -> TreeId:
        """*tree* with each path of *edits* set (None: removed); directories left empty go away."""
        self.prefetch(directories=[(tree, path) for path in edits])
        return edited(self, tree, {encode_path(p): e for p, e in edits.items()})

    def write_commit(self, tree: str, parents: Iterable[str] = ()) -> CommitId:
        """Store a nameless commit that dresses *tree* for git; the same input, the same id."""
        head = f"tree {tree}\n" + "".join(f"parent {p}\n" for p in parents)
        data = head.encode() + b"author " + _DRESS + b"\ncommitter " + _DRESS + b"\n\n"
        return CommitId(self._store("commit", data))

    # Trees against trees ---------------------------------------------------------------------

    def merge(self, ancestor: str, ours: str, theirs: str) -> Merge:
        """git's own merge (ort, renames followed) of two trees that were made from *ancestor*."""
        return self.begin_merge(ancestor, ours, theirs).result()

    def begin_merge(self, ancestor: str, ours: str, theirs: str) -> Future[Merge]:
        """The same, but git merges while the caller does something else."""
        root = self.write_commit(ancestor)
        return self._merger.submit(
            self.write_commit(ours, [root]), self.write_commit(theirs, [root])
        )

    def merge_text(self, ancestor: bytes, ours: bytes, theirs: bytes) -> tuple[Lines | Region, ...]:
        """git's merge of three texts: the lines agreed on and the regions left open, in order."""
        return merge_text(ancestor, ours, theirs, ISOLATED)

    def diff(self, old: str, new: str, *, context: int = 3, text: bool = False) -> bytes:
        """The patch from tree *old* to *new*; with *text* of any file as text, never as binary."""
        options = ("-p", "--text" if text else "--binary", f"-U{context}")
        return self.run("diff-tree", *PLAIN, *options, old, new, "--").stdout

    def patch(self, old: str, new: str) -> bytes:
        """The patch from tree *old* to *new*, three lines of context, under a diffstat.

        The diffstat has 80 columns, and a summary of new and deleted files below it.
        """
        return self._patches.submit(old, new).result()

    def changes(self, old: str, new: str) -> Entries:
        """The paths whose mode or content differs between two trees: (before, after)."""
        return self._entries.submit(old, new).result() if old != new else {}

    def difference(self, old: str, new: str) -> Difference:
        """The paths and the runs of lines that differ between two trees; no renames.

        After ``begin_difference`` git compares while the caller does something else.
        """
        return self.begin_difference(old, new).result()

    def range_diff(self, old: tuple[str, str], new: tuple[str, str]) -> bytes:
        """How one change of trees (before, after) differs from another; empty: in nothing."""
        ranges = []
        for before, after in (old, new):
            root = self.write_commit(before)
            ranges.append(f"{root}..{self.write_commit(after, [root])}")
        # a factor that high pairs the two however much they differ
        done = self.run("range-diff", "--no-color", "--creation-factor=10000", *ranges)
        # the first line only names two commits that were made up for the comparison
        return done.stdout.partition(b"\n")[2]

    # Private ---------------------------------------------------------------------------------

    def _store(self, kind: str, data: bytes) -> str:
        try:
            directory = self.git_dir / "objects"
            oid = write_object(directory, kind, data, self._algorithm, self._compression)
        except OSError as error:
            raise ProgramError(
                f"cannot write a git object below {self.git_dir}",
                cause=error.strerror,
                hint="free some space or make the directory writable",
            ) from error
        self._reader.keep(oid, (kind, data))
        return oid
