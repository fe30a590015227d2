"""What earlier runs found out about ports that git's own merge settles.

A port is a pure function, and most of its time goes into examining a clean result. So findings
are remembered in the cache by a digest of everything they depend on, this program included; the
merge itself is always made anew, and what is remembered counts only if it gives the same tree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

import patchseries
from patchseries.errors import SeriesError
from patchseries.files import DamagedError, read_sealed, sha256, write_sealed
from patchseries.git import Repository
from patchseries.model import Finding, Outcome, Severity, TreeId
from patchseries.parsing import parse_json
from patchseries.port import Change, PortOptions, PortResult, port
from patchseries.progress import ProgressCallback, no_progress


@dataclass
class PortCache:
    """The remembered ports of one series, in the file *path*; lost without harm."""

    path: Path
    stored: dict[str, PortResult] = field(default_factory=dict)
    fresh: dict[str, PortResult] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, warn: ProgressCallback = no_progress) -> PortCache:
        """What *path* remembers; nothing when it is missing, damaged or another program's.

        :param warn: is called with words about damage
        """
        try:
            data = parse_json(read_sealed(path))
            if data["program"] != program_digest():
                return cls(path)
            return cls(path, {key: _result(row) for key, row in data["ports"].items()})
        except DamagedError as error:
            warn(f"{error}: the cached result is computed again")
            return cls(path)
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path)

    def port(
        self, repository: Repository, change: Change, onto: TreeId, options: PortOptions
    ) -> PortResult:
        """:func:`patchseries.port.port`, with what is known of a clean result taken from here."""
        key = sha256(repr((change, onto, options)).encode())
        known = self.stored.get(key)
        if known is not None:
            merge = repository.merge(change.before, onto, change.after)
            if merge.clean and merge.tree == known.tree:
                self.fresh[key] = known
                return known
        result = port(repository, change, onto, options)
        if result.outcome is Outcome.CLEAN:
            self.fresh[key] = result
        return result

    __call__ = port

    def add(self, *fresh: Mapping[str, PortResult]) -> None:
        """Take what other processes found out with copies of this cache."""
        for results in fresh:
            self.fresh |= results

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Around ports: however that ends, what was found out is kept, and not done again."""
        try:
            yield
        finally:
            self.save()

    def save(self) -> None:
        """Keep what this run used or found out, and what others did; a full disk is no matter."""
        merged = self.stored | self.fresh
        if merged == self.stored:
            return
        ports = {key: _row(result) for key, result in merged.items()}
        document = {"program": program_digest(), "ports": ports}
        try:
            write_sealed(self.path, json.dumps(document).encode())
        except SeriesError:
            return


_LIBRARIES = (
    "gitpython",
    "packaging",
    "patiencediff",
    "pydantic",
    "python-debian",
    "tomlkit",
    "tree-sitter",
    "tree-sitter-c",
    "tree-sitter-go",
    "tree-sitter-python",
    "tree-sitter-ruby",
    "tree-sitter-toml",
    "unidiff",
)
"""What compares and parses: another version may give another result."""


@cache
def program_digest() -> str:
    """A digest of the whole program: what another version worked out does not count."""
    versions = " ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    return package_digest(Path(patchseries.__file__).parent, versions)


def _version(name: str) -> str:
    """The version of a library; a grammar may be missing."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"


def package_digest(root: Path, versions: str) -> str:
    """The SHA-256 of *versions* and of each file below *root*, by its path, without byte code."""
    digest = hashlib.sha256(versions.encode())
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(root)}\0{sha256(path.read_bytes())}".encode())
    return digest.hexdigest()


Porter = Callable[[Repository, Change, TreeId, PortOptions], PortResult]
"""What ports a change: the engine itself, or a cache before it."""


def _row(result: PortResult) -> dict[str, object]:
    findings = [asdict(finding) for finding in result.findings]
    return {"tree": result.tree, "review": result.review, "findings": findings}


def _result(row: dict[str, object]) -> PortResult:
    findings = row["findings"]
    if not isinstance(findings, list):
        raise TypeError("findings: expected a list")
    told = tuple(Finding(**one | {"severity": Severity(one["severity"])}) for one in findings)
    tree = TreeId(str(row["tree"]))
    return PortResult(Outcome.CLEAN, tree, review=bool(row["review"]), findings=told)
