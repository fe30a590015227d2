"""What a refresh changes in the manifest: files of one's own, patches that are dropped or new."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

import tomlkit

from patchseries import manifest as manifests
from patchseries.errors import DeclinedError, SeriesError
from patchseries.manifest import patch_names
from patchseries.patches.compose import compose, keep_header, patch_diff
from patchseries.patches.dep3 import person, read_header
from patchseries.patches.header import PatchHeader
from patchseries.pipeline.edit.branch import UNKNOWN, Step
from patchseries.pipeline.edit.refreshplan import RefreshInputs, RefreshPlan
from patchseries.sources.plan import repository_of


def own_source(inputs: RefreshInputs, plan: RefreshPlan, name: str, data: bytes, how: str) -> None:
    """From now on the patch is, on this base, a file of one's own."""
    file = f"own/{name}-{inputs.base.replace('/', '-')}.patch"
    plan.own[file] = data
    plan.words.append(f"{how} {name}: patches/{file} on {inputs.base}")
    document = tomlkit.parse(plan.manifest)
    table = _patch_table(document, name)
    holder = table["variants"][table["choose"]] if "choose" in table else table
    new = tomlkit.inline_table()
    new.append("bases", f"=={inputs.base}")
    new.append("file", file)
    if inputs.given.manifest.projects[inputs.project].made_for:
        new.append("made-for", inputs.base)
    sources = holder.get("source") or _implied(inputs, name)
    found = sources if isinstance(sources, list) else [sources] if sources else []
    if any(one.get("file") == file for one in found):
        return
    if isinstance(sources, tomlkit.items.AoT):
        entry = tomlkit.table()
        entry.update(new)
        sources.insert(0, entry)
    else:
        array = tomlkit.array().multiline(True)
        for one in (new, *found):
            array.append(one)
        holder["source"] = array
    plan.manifest = tomlkit.dumps(document)


def drop(inputs: RefreshInputs, plan: RefreshPlan, step: Step) -> None:
    document = tomlkit.parse(plan.manifest)
    assert step.name is not None
    if step.name.endswith(".patch"):
        patches: Any = document["patch"]
        for table in patches:
            holders = [table, *table.get("variants", {}).values()]
            for holder in holders:
                if step.name in holder.get("fixups", []):
                    holder["fixups"].remove(step.name)
        plan.words.append(f"dropped {step.name} on all bases")
    else:
        table = _patch_table(document, step.name)
        bounds = table.get("bases")
        table["bases"] = ",".join(filter(None, [bounds, f"!={inputs.base}"]))
        try:
            manifests.parse(tomlkit.dumps(document))
        except SeriesError:  # it was for no other base
            document["patch"].remove(table)
        plan.words.append(f"dropped {step.name} on {inputs.base}")
    plan.manifest = tomlkit.dumps(document)


def add(inputs: RefreshInputs, plan: RefreshPlan, step: Step, after: str | None) -> str:
    """A new patch behind the one called *after*; its name."""
    name, file = _new_name(inputs, plan, step)
    plan.own[file] = composed(inputs, step)
    plan.words.append(f"new {name}: patches/{file} on {inputs.base}")
    document = tomlkit.parse(plan.manifest)
    source = tomlkit.inline_table()
    source.append("file", file)
    entry = tomlkit.table()
    values = {"name": name, "project": inputs.project, "bases": f"=={inputs.base}"}
    entry.update(values | {"source": source})
    patches: Any = document["patch"]
    names = [one["name"] for one in patches]
    at = names.index(after) + 1 if after else _first_of(patches, inputs.project)
    if at < len(patches):
        entry.add(tomlkit.nl())
    patches.insert(at, entry)
    plan.manifest = tomlkit.dumps(document)
    return name


def composed(inputs: RefreshInputs, step: Step, was: Step | None = None) -> bytes:
    """The patch file of *step*; the header of the patch file that it *was* is kept."""
    diff = patch_diff(inputs.repository, step.before, step.after)
    if was and was.header is not None and step.message == was.message:
        return keep_header(was.header, diff)
    subject, _, body = step.message.partition("\n")
    author = step.author if step.author.name != UNKNOWN.name or step.author.mail else None
    fields = _fields(was.header, step) if was and was.header is not None else ()
    dated = step.author.time != UNKNOWN.time
    return compose(PatchHeader(author, subject, body.strip("\n"), fields, dated), diff)


def _implied(inputs: RefreshInputs, name: str) -> Any:
    """What is ported on the other bases where the manifest names no source: that very commit."""
    entry = inputs.given.manifest.patch(name)
    assert entry is not None
    project = inputs.given.manifest.projects[entry.project]
    source = tomlkit.inline_table()
    where = repository_of(project, entry.sources[0]), entry.sources[0].rev
    source.append("commit", str(inputs.given.pins[where]))
    return source


def _new_name(inputs: RefreshInputs, plan: RefreshPlan, step: Step) -> tuple[str, str]:
    """The name of a new patch, and its file below patches/.

    A commit that names its file gets it in the packager's directory, where the project has one.

    :raises DeclinedError: there is such a file
    """
    manifest = manifests.parse(plan.manifest)
    taken = {patch.name for patch in manifest.patches}
    words = PurePosixPath(step.file).stem if step.file else step.message.split("\n", 1)[0]
    name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40].strip("-") or "new"
    while name in taken:
        name += "-2"
    quilt = manifest.projects[inputs.project].quilt
    if not (quilt and step.file):
        return name, f"own/{name}.patch"
    files = [*inputs.given.quilt_files(inputs.project)]
    files += (path.removeprefix(f"{quilt}/") for path in plan.own)
    for names in patch_names(manifest, inputs.project).values():
        files += names.all
    for path in files:
        if f"{path}/".startswith(f"{step.file}/") or step.file.startswith(f"{path}/"):
            raise DeclinedError(
                f"the new patch {step.file} would take the place of {path}",
                hint="give the commit another Gbp-Pq: Name",
            )
    return name, f"{quilt}/{step.file}"


def _first_of(patches: Any, project: str) -> int:
    return next((n for n, one in enumerate(patches) if one["project"] == project), len(patches))


def _fields(header: bytes, step: Step) -> tuple[tuple[str, str], ...]:
    """The fields of *header* that a reworded message leaves as they are."""
    said = ("From", "Date", "Subject", "Description")
    return tuple(
        (field.name, field.value)
        for field in read_header(header).fields
        if field.name not in said
        and not (field.name == "Author" and person(field.value)[1] == step.author.mail)
    )


def _patch_table(document: tomlkit.TOMLDocument, name: str) -> Any:
    patches: Any = document["patch"]
    return next(one for one in patches if one["name"] == name)
