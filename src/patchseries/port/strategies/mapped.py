"""The strategy of name maps: files whose names the target spells otherwise, in its words."""

from __future__ import annotations

from patchseries.git import TreeEntry
from patchseries.model import Sides
from patchseries.port.adaptation import Adapted
from patchseries.port.context import ChangedFile, Context
from patchseries.port.filemerge import FilePlace, merge_file
from patchseries.port.hunks.lines import encode
from patchseries.port.names.maps import NameMap, maps_in_use


def mapped(context: Context, file: ChangedFile) -> Adapted | None:
    """A file that uses the names of a map's one side, where the target uses the other's."""
    ancestor, _, theirs = file.sides
    assert theirs is not None, "the change has the file"
    said = f"{file.path}\n{context.text(theirs.oid)}"
    lowered = said.lower()
    for names in maps_in_use(context.options.name_maps):
        if not names.may_be_in(lowered) or not names.source_count(said):
            continue
        if ancestor is None:
            part = _new_file(context, file.path, theirs, names)
        else:
            part = _edited_file(context, file.path, ancestor, theirs, names)
        if part is not None:
            return part
    return None


def _edited_file(
    context: Context, path: str, ancestor: TreeEntry, theirs: TreeEntry, names: NameMap
) -> Adapted | None:
    target = _target(context, path, ancestor, names)
    here = context.here(target)
    if here is None:
        return None
    sides = Sides(ancestor, here, theirs)
    texts = sides.map(lambda entry: context.text(entry.oid))
    declared = names.name in context.options.name_maps
    if names.wanted(*texts) or (declared and not names.source_count(texts.ours)):
        renaming = f"names:{names.name}", names.apply
        return merge_file(context, FilePlace(path, target, sides), renaming)
    return None


def _target(context: Context, path: str, ancestor: TreeEntry, names: NameMap) -> str:
    """Where the target has the file: under the mapped path, its own, or where git found it."""
    for candidate in (names.apply(path), path):
        if context.here(candidate) is not None:
            return candidate
    files = context.merge.files.items()
    same = (p for p, sides in files if sides.ancestor and sides.ancestor.oid == ancestor.oid)
    return next(same, path)


def _new_file(context: Context, path: str, theirs: TreeEntry, names: NameMap) -> Adapted | None:
    """A new file goes by the directory: the target has the mapped one and not the change's."""
    target = names.apply(path)
    their_directory, our_directory = first_difference(path, target)
    tree = context.onto
    if target == path or context.repository.entry(tree, their_directory):
        return None
    if not context.repository.entry(tree, our_directory):
        return None
    text = names.apply(context.text(theirs.oid))
    blob = context.repository.write_blob(encode(text))
    return Adapted(
        frozenset({path, target}),
        {path: None, target: TreeEntry(theirs.mode, blob)},
        (f"names:{names.name}",),
        moved={path: target},
        renamers=(names.apply,),
    )


def first_difference(path: str, other: str) -> tuple[str, str]:
    """The shortest leading directories in which two paths of equal depth differ."""
    a, b = path.split("/"), other.split("/")
    depth = next((n for n, (x, y) in enumerate(zip(a, b, strict=False), 1) if x != y), len(a))
    return "/".join(a[:depth]), "/".join(b[:depth])
