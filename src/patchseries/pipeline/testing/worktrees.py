"""A tree of a project as files, in a place of its own, for its tests to run in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchseries.files import explained, staging
from patchseries.git import Repository
from patchseries.git.environment import keep_bytes
from patchseries.model import TreeId

_PREFIX = "tests-"


@contextmanager
def work_tree(repository: Repository, tree: TreeId, parent: Path) -> Iterator[Path]:
    """A place below *parent* with the files of *tree* in its directory ``tree``; gone afterwards.

    git writes them: it refuses paths that lead elsewhere, and writes through no link.
    """
    with explained("write a tree"), staging(parent, _PREFIX) as place:
        where = place / "tree"
        where.mkdir()
        keep_bytes(repository.git_dir)
        env = {"GIT_INDEX_FILE": str(place / "index")}
        repository.run("read-tree", tree, env=env)
        at = ("-C", str(where), f"--work-tree={where}")
        repository.run(*at, "checkout-index", "--all", "--force", "--quiet", env=env)
        yield place
