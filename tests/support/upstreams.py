"""Small real git repositories for tests: the same calls give the same commit ids everywhere.

with Upstream(tmp_path / "org" / "nova.git") as nova:
    first = nova.commit({"nova/api.py": b"A = 1\\n"}, "Start")
    nova.tag("2013.1")
    nova.commit({"nova/api.py": b"A = 2\\n"}, "Fix\\n\\nChange-Id: I…", branch="stable/grizzly",
                parent=first)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from patchseries.git import Repository, TreeEntry
from patchseries.model import CommitId

START = 1365033600  # 2013-04-04 00:00 UTC; each commit of a repository is one hour later
_HOUR = 3600
AUTHOR = "Test Author <author@test.invalid>"


class Upstream:
    """A bare repository at ``path``, made or there already, that grows commit by commit."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.repository = Repository(path) if path.exists() else Repository.init(path)
        self._clock = START

    def __enter__(self) -> Upstream:
        return self

    def __exit__(self, *_: object) -> None:
        self.repository.close()

    def commit(
        self,
        files: Mapping[str, bytes | None],
        message: str = "Change",
        *,
        branch: str = "master",
        parent: CommitId | None = None,
        modes: Mapping[str, str] | None = None,
        author: str = AUTHOR,
    ) -> CommitId:
        """Commit *files* (path → bytes, None: removed) to *branch*; the new commit's id.

        :param parent: where to start or move *branch* to first (default: its tip, if any)
        :param modes: git modes of paths that are not 100644; "120000" makes a link of the bytes
        """
        git = self.repository
        parent = parent or git.resolve(f"refs/heads/{branch}")
        tree = git.commit(parent).tree if parent else git.write_tree({})
        edits = {
            path: None
            if data is None
            else TreeEntry((modes or {}).get(path, "100644"), git.write_blob(data))
            for path, data in files.items()
        }
        tree = git.edit_tree(tree, edits)
        parents = [parent] if parent else []
        return self.commit_tree(tree, parents, message, branch=branch, author=author)

    def commit_tree(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        *,
        branch: str = "master",
        author: str = AUTHOR,
    ) -> CommitId:
        """Commit *tree* on any *parents* (a merge has several) as the tip of *branch*."""
        words = [word for parent in parents for word in ("-p", parent)]
        env = self._dated(author)
        stdin = message.encode() + b"\n"
        done = self.repository.run("commit-tree", tree, *words, stdin=stdin, env=env)
        made = CommitId(done.stdout.decode().strip())
        self.repository.run("update-ref", f"refs/heads/{branch}", made)
        return made

    def tag(self, name: str, commit: str = "refs/heads/master", *, message: str = "") -> None:
        """Tag *commit* as *name*; with a *message* it is an annotated tag, as releases have."""
        annotate = ["-a", "-m", message] if message else []
        env = self._dated("Release Manager <release@test.invalid>")
        self.repository.run("tag", "--force", *annotate, name, commit, env=env)

    def _dated(self, who: str) -> dict[str, str]:
        name, _, mail = who.rstrip(">").partition(" <")
        self._clock += _HOUR
        return {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", name), ("EMAIL", mail), ("DATE", f"{self._clock} +0000"))
        }
