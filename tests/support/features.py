"""A history whose trees say what each release has: the truth that a verdict is compared with.

Each feature is a file that is there from the start, and on when it has one line more. So a commit
that switches features on has the same diff on every branch, and whether a release has a feature
is read from its tree, without a look at any message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchseries.git import Repository
from patchseries.landed.builder import open_index
from patchseries.landed.contains import contained
from patchseries.landed.evidence import PatchId, Tracked
from patchseries.landed.index import HistoryIndex
from patchseries.landed.patchid import patch_ids
from patchseries.landed.releaselines import ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.landed.verdict import Landings, PatchStatus, PatchToTrack, landings, status
from patchseries.model import CommitId
from support.upstreams import AUTHOR, Upstream

_OFF = b"one = 1\ntwo = 2\nthree = 3\nfour = 4\n"
_ON = b"one = 1\ntwo = 2\nenabled = True\nthree = 3\nfour = 4\n"


class FeatureHistory:
    """A master and stable branches (1.0, 2.0 …) on which features are switched on and off."""

    def __init__(self, upstream: Upstream, features: str = "abc") -> None:
        self.upstream = upstream
        self._count = 0
        files = {f"{name}.py": _OFF for name in features}
        self.start = upstream.commit(files, "Start")

    def commit(
        self,
        message: str,
        *,
        on: str = "",
        off: str = "",
        branch: str = "master",
        author: str = AUTHOR,
    ) -> CommitId:
        """Switch the features *on* and *off* (a letter each) in one commit of *branch*."""
        files = {f"{name}.py": _ON for name in on} | {f"{name}.py": _OFF for name in off}
        return self.upstream.commit(files, message, branch=branch, author=author)

    def other(self, branch: str = "master") -> CommitId:
        """A commit that has nothing to do with any feature."""
        self._count += 1
        files = {f"other{self._count}": b"x\n"}
        return self.upstream.commit(files, f"Other {self._count}", branch=branch)

    def branch(self, name: str, at: str = "master") -> None:
        """Start the branch *name* where *at* is."""
        self.upstream.repository.run("branch", name, at)

    def merge(self, message: str, branch: str, into: str = "master") -> CommitId:
        """Merge *branch*, which must touch other files than *into* did since."""
        git = self.upstream.repository
        ours, theirs = (git.resolve(f"refs/heads/{name}") for name in (into, branch))
        assert ours is not None
        assert theirs is not None
        tree = git.run("merge-tree", "--write-tree", ours, theirs).stdout.split()[0].decode()
        return self.upstream.commit_tree(tree, [ours, theirs], message, branch=into)

    def tag(self, name: str, branch: str = "master") -> None:
        """Release the tip of *branch*."""
        self.upstream.tag(name, f"refs/heads/{branch}")

    def has(self, release: str, features: str) -> bool:
        """Whether the tree of the tag *release* has all *features* on."""
        git = self.upstream.repository
        commit = git.resolve(f"refs/tags/{release}")
        assert commit is not None
        tree = git.commit(commit).tree
        return all(git.file(tree, f"{name}.py") == _ON for name in features)

    def landings(self, tracked: Tracked) -> Landings:
        """What is said of *tracked*."""
        with self.asked() as (index, lines, patch_id):
            return landings(index, lines, tracked, patch_id)

    def status(self, tracked: Tracked) -> PatchStatus:
        """What is said of a patch that tracks *tracked*."""
        with self.asked() as (index, lines, patch_id):
            return status(index, lines, PatchToTrack("p", "x", tracked), patch_id)

    def releases_with(self, tracked: Tracked) -> list[str]:
        """The tags that are said to contain *tracked*, each asked as a base."""
        git = self.upstream.repository
        with self.asked() as (index, _, patch_id):
            tags = [name.removeprefix("refs/tags/") for name in git.refs("refs/tags/")]
            tips = {tag: git.resolve(f"refs/tags/{tag}") for tag in tags}
            return sorted(
                tag for tag, tip in tips.items() if tip and contained(index, tip, tracked, patch_id)
            )

    @contextmanager
    def asked(self) -> Iterator[tuple[HistoryIndex, ReleaseLines, PatchId]]:
        """The index of the history as it is now, its lines, and the patch-ids of its commits."""
        path: Path = self.upstream.path
        with Repository(path) as repository, open_index(path.parent / "i", repository) as index:
            lines = lines_of(scheme_for("x", "https://host.invalid/o/x"), index.named_refs)
            yield index, lines, patch_ids([repository])
