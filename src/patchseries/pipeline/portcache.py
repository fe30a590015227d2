"""What earlier runs found out about ports.

A port is a pure function, so its result is remembered in the cache by a digest of everything it
depends on, this program included. A tree is not: git's merge makes that of a clean result anew, and
a diff that of an adapted one; what is remembered counts only if they give the same tree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import Base64Bytes, TypeAdapter

from patchseries.errors import SeriesError
from patchseries.files import DamagedError, read_sealed, sha256, write_sealed
from patchseries.git import Repository
from patchseries.model import Outcome, TreeId
from patchseries.parsing import parse_json
from patchseries.patches.apply import Applied, apply_patch
from patchseries.pipeline.programdigest import program_digest
from patchseries.port import Change, PortOptions, PortResult
from patchseries.port.engine import port
from patchseries.progress import ProgressCallback, no_progress


@dataclass(frozen=True, slots=True)
class KeptPort:
    """The result of a port; ``diff`` makes the tree of an adapted one."""

    result: PortResult
    diff: Base64Bytes | None = None


@cache
def _form() -> TypeAdapter[dict[str, KeptPort]]:
    return TypeAdapter(dict[str, KeptPort])


def _is_made(repository: Repository, change: Change, onto: TreeId, kept: KeptPort) -> bool:
    """Whether the tree of *kept* is in *repository* now: what it says of it was right."""
    result = kept.result
    if result.tree is None or result.tree == onto:
        return result.outcome is not Outcome.CLEAN
    if kept.diff is not None:
        applied = apply_patch(repository, onto, kept.diff)
        return isinstance(applied, Applied) and applied.tree == result.tree
    merge = repository.merge(change.before, onto, change.after)
    return merge.clean and merge.tree == result.tree


def _is_confirmed(repository: Repository, change: Change, onto: TreeId, kept: KeptPort) -> bool:
    """Whether *kept*, which another machine worked out, can be what the engine would give.

    Its tree is made here. What makes no patch is believed of a conflict alone, which a person sees.
    """
    result = kept.result
    if not all(text.isprintable() for text in result.strategies):  # they go into a header
        return False
    match result.outcome:
        case Outcome.CLEAN:
            is_its = kept.diff is None
        case Outcome.ADAPTED:
            is_its = kept.diff is not None and result.tree != onto
        case Outcome.ALREADY_APPLIED:
            merge = repository.merge(change.before, onto, change.after)
            is_its = result.tree == onto and merge.clean and merge.tree == onto
        case Outcome.EMPTY:
            is_its = result.tree == onto and change.before == change.after
        case _:
            is_its = result.outcome is Outcome.CONFLICT and result.tree is None
    return is_its and _is_made(repository, change, onto, kept)


@dataclass
class PortCache:
    """The remembered ports of one series, in the file *path*; lost without harm.

    ``offered`` are ports that other machines worked out: each counts only if it is confirmed here.
    """

    path: Path
    stored: dict[str, KeptPort] = field(default_factory=dict)
    fresh: dict[str, KeptPort] = field(default_factory=dict)
    offered: Mapping[str, KeptPort] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, warn: ProgressCallback = no_progress) -> PortCache:
        """What *path* remembers; nothing when it is missing, damaged or another program's.

        :param warn: is called with words about damage
        """
        try:
            data = parse_json(read_sealed(path))
            if data["program"] != program_digest():
                return cls(path)
            return cls(path, _form().validate_python(data["ports"]))
        except DamagedError as error:
            warn(f"{error}: the cached result is computed again")
            return cls(path)
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path)

    def port(
        self, repository: Repository, change: Change, onto: TreeId, options: PortOptions
    ) -> PortResult:
        """:func:`patchseries.port.port`, with what is known of the result taken from here."""
        key = sha256(repr((change, onto, options)).encode())
        kept = self.stored.get(key)
        if kept is not None and not _is_made(repository, change, onto, kept):
            kept = None
        if kept is None and (offered := self.offered.get(key)) is not None:
            kept = offered if _is_confirmed(repository, change, onto, offered) else None
        if kept is None:
            result = port(repository, change, onto, options)
            diff = None
            if result.outcome is Outcome.ADAPTED and result.tree is not None:
                diff = repository.patch(onto, result.tree)
            kept = KeptPort(result, diff)
        self.fresh[key] = kept
        return kept.result

    __call__ = port

    def add(self, *fresh: Mapping[str, KeptPort]) -> None:
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
        document = {"program": program_digest(), "ports": _form().dump_python(merged, mode="json")}
        try:
            write_sealed(self.path, json.dumps(document).encode())
        except SeriesError:
            return


Porter = Callable[[Repository, Change, TreeId, PortOptions], PortResult]
"""What ports a change: the engine itself, or a cache before it."""
