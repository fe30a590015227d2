"""Histories made for a test: commits, tags and branches written without running git each time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from patchseries import process
from patchseries.git import Repository
from patchseries.model import CommitId

AUTHOR = "Ada Example <ada@example.org>"
_TIME = 1_370_000_000


class History:
    """A bare repository at *path* that grows commit by commit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        process.run(["git", "init", "--quiet", "--bare", "--initial-branch=master", path])
        self._clock = _TIME

    def repository(self) -> Repository:
        """The repository, opened anew."""
        return Repository(self.path)

    def commit(
        self,
        message: str,
        *parents: str,
        files: Mapping[str, str] | None = None,
        author: str = AUTHOR,
    ) -> CommitId:
        """A commit with this message on top of *parents*; its tree holds just *files*."""
        self._clock += 60
        entries = b"".join(
            f"100644 {name}\0".encode() + bytes.fromhex(self._write("blob", text.encode()))
            for name, text in sorted((files or {}).items())
        )
        lines = [f"tree {self._write('tree', entries)}", *(f"parent {p}" for p in parents)]
        lines += [f"{role} {author} {self._clock} +0000" for role in ("author", "committer")]
        return CommitId(self._write("commit", ("\n".join(lines) + f"\n\n{message}").encode()))

    def branch(self, name: str, commit: str) -> None:
        """Point the branch at *commit*."""
        self.ref(f"refs/heads/{name}", commit)

    def tag(self, name: str, commit: str) -> None:
        """Point the tag at *commit*."""
        self.ref(f"refs/tags/{name}", commit)

    def ref(self, name: str, commit: str) -> None:
        """Point any ref, by its full name, at *commit*."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{commit}\n")

    def _write(self, kind: str, data: bytes) -> str:
        whole = f"{kind} {len(data)}\0".encode() + data
        oid = hashlib.sha1(whole).hexdigest()
        path = self.path / "objects" / oid[:2] / oid[2:]
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(zlib.compress(whole))
        return oid
