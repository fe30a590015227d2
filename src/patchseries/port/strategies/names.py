"""The strategy of names: files whose names the target spells otherwise are ported in its words."""

from __future__ import annotations

from patchseries.git import TreeEntry
from patchseries.port.adaptation import Adaptation
from patchseries.port.hunks.lines import encode
from patchseries.port.names.maps import NameMap, maps_in_use


def look_ahead(adaptation: Adaptation) -> None:
    """Read and learn what will be needed, while git merges."""
    repository, changed = adaptation.repository, adaptation.changed
    repository.prefetch(
        (e.oid for pair in changed.values() for e in pair if e and e.is_file),
        folders=[(adaptation.change.after, path) for path in changed],
        files=[(adaptation.onto, path) for path in changed],
    )
    for path, sides in changed.items():
        files = [e.oid for e in (sides[0], adaptation.here(path), sides[1]) if e and e.is_file]
        if len(files) == 3:
            adaptation.learn(*map(adaptation.text, files))


def rename(adaptation: Adaptation) -> None:
    """Port in the target's names each file that needs it, whether or not git merges it."""
    maps = maps_in_use(adaptation.options.name_maps)
    conflicted = set(adaptation.merge.conflicted_paths)
    for path, (before, after) in adaptation.changed.items():
        if after is None or not after.is_file or (before is not None and not before.is_file):
            continue
        said = f"{path}\n{adaptation.text(after.oid)}"
        lowered = said.lower()
        for names in maps:
            if path in adaptation.done or not names.may_be_in(lowered):
                continue
            if names.source_count(said):
                _by_map(adaptation, path, before, after, names)
        if before is not None and path not in adaptation.done | conflicted:
            _by_history(adaptation, path, before, after)


def _by_map(
    adaptation: Adaptation, path: str, before: TreeEntry | None, after: TreeEntry, names: NameMap
) -> None:
    if before is None:
        _new_file(adaptation, path, after, names)
        return
    target = _target(adaptation, path, before, names)
    here = adaptation.here(target)
    if here is None:
        return
    ancestor, ours, theirs = map(adaptation.text, (before.oid, here.oid, after.oid))
    declared = names.name in adaptation.options.name_maps
    if names.wanted(ancestor, ours, theirs) or (declared and not names.source_count(ours)):
        adaptation.rename_by(f"names:{names.name}", names.apply)
        adaptation.merge_file(path, target, (before, here, after), names.apply)


def _target(adaptation: Adaptation, path: str, before: TreeEntry, names: NameMap) -> str:
    """Where the target has the file: under the mapped path, its own, or where git found it."""
    for candidate in (names.apply(path), path):
        if adaptation.here(candidate) is not None:
            return candidate
    files = adaptation.merge.files.items()
    same = (p for p, sides in files if sides.ancestor and sides.ancestor.oid == before.oid)
    return next(same, path)


def _new_file(adaptation: Adaptation, path: str, after: TreeEntry, names: NameMap) -> None:
    """A new file goes by the folder: the target has the mapped one and not the change's."""
    target = names.apply(path)
    theirs_folder, ours_folder = first_difference(path, target)
    tree = adaptation.onto
    if target == path or adaptation.repository.entry(tree, theirs_folder):
        return
    if not adaptation.repository.entry(tree, ours_folder):
        return
    text = names.apply(adaptation.text(after.oid))
    blob = adaptation.repository.write_blob(encode(text))
    adaptation.edits |= {path: None, target: TreeEntry(after.mode, blob)}
    adaptation.done |= {path, target}
    adaptation.paths[path] = target
    adaptation.rename_by(f"names:{names.name}", names.apply)


def _by_history(adaptation: Adaptation, path: str, before: TreeEntry, after: TreeEntry) -> None:
    """A file that git merges, where the change brings in a name that the target calls otherwise."""
    here = adaptation.here(path)
    if here is None:
        return
    if adaptation.learn(*map(adaptation.text, (before.oid, here.oid, after.oid))):
        adaptation.merge_file(path, path, (before, here, after))


def first_difference(path: str, other: str) -> tuple[str, str]:
    """The shortest leading folders in which two paths of equal depth differ."""
    a, b = path.split("/"), other.split("/")
    depth = next((n for n, (x, y) in enumerate(zip(a, b, strict=False), 1) if x != y), len(a))
    return "/".join(a[:depth]), "/".join(b[:depth])
