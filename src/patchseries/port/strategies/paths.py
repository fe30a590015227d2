"""The strategies of paths and hunks: what git's merge left open is settled file by file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchseries.git import FileSides, TreeEntry
from patchseries.model import Conflict
from patchseries.port.adaptation import Adaptation
from patchseries.port.hunks.lines import compare, split_lines
from patchseries.port.names import paths


def settle(adaptation: Adaptation) -> None:
    """Settle each path that conflicts and that no strategy before has done."""
    for path, sides in adaptation.merge.files.items():
        if path not in adaptation.done:
            _settle(adaptation, path, sides)


def _settle(adaptation: Adaptation, path: str, sides: FileSides) -> None:
    ancestor, ours, theirs = sides
    if not all(entry.is_file for entry in sides if entry):
        adaptation.conflicts.append(Conflict(path, 1, "CONFLICT (not a regular file)"))
    elif ancestor and ours and theirs:
        adaptation.merge_file(path, path, (ancestor, ours, theirs))
    elif ancestor and theirs:
        _find_home(adaptation, path, ancestor, theirs)
    else:
        reasons = (c.reason for c in adaptation.merge.conflicts if c.path == path)
        adaptation.conflicts.append(Conflict(path, 1, next(reasons, "CONFLICT")))


def _find_home(adaptation: Adaptation, path: str, ancestor: TreeEntry, theirs: TreeEntry) -> None:
    """The target has no such file: its change goes to where the file lives there, or nowhere."""
    target = _declared(adaptation, path) or _found(adaptation, path, ancestor, theirs)
    here = adaptation.here(target) if target else None
    if target is None or here is None:
        adaptation.drop_file(path, "the target has no such file")
        return
    adaptation.strategies.append("paths")
    adaptation.edits[path] = None
    adaptation.merge_file(path, target, (ancestor, here, theirs))


def _declared(adaptation: Adaptation, path: str) -> str | None:
    for old, new in adaptation.options.path_map:
        if path == old:
            return new
        if path.startswith(old.rstrip("/") + "/"):
            return new.rstrip("/") + path[len(old.rstrip("/")) :]
    return None


def _found(adaptation: Adaptation, path: str, ancestor: TreeEntry, theirs: TreeEntry) -> str | None:
    lines = split_lines(adaptation.text(ancestor.oid))
    changes = compare(lines, split_lines(adaptation.text(theirs.oid)))

    def read(targets: Sequence[str]) -> Iterator[str]:
        adaptation.repository.prefetch(files=[(adaptation.onto, target) for target in targets])
        for target in targets:
            here = adaptation.here(target)
            yield adaptation.text(here.oid) if here else ""

    return paths.home(path, paths.surroundings(lines, changes), adaptation.newcomers, read)
