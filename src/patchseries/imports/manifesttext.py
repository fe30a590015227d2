"""The manifest of what was imported, as a person would write it, with the evidence in comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import tomlkit

from patchseries.imports.origin import UpstreamOrigin
from patchseries.visible import visible

_ENDING = re.compile(r"\.(?:patch|diff|dpatch|dif|txt)$", re.I)


@dataclass(frozen=True, slots=True)
class ImportedPatch:
    """A patch as the manifest lists it.

    :param name: its name there
    :param shown: what the source calls it: a file, or a subject
    :param source: the keys of its ``source``
    :param origin: where it came from, if that was found
    """

    name: str
    shown: str
    source: Mapping[str, str]
    origin: UpstreamOrigin | None = None


@dataclass(frozen=True)
class ManifestContents:
    """All that is written to a manifest.

    :param label: what was imported
    :param project: the project's keys in order, besides ``bases``; None: left out
    :param packaging: the keys of its ``packaging``, if any
    :param orig: the keys of the base's tarball, if any
    :param notes: what a person should know, a sentence each
    """

    name: str
    label: str
    project_name: str
    base: str
    project: Mapping[str, str | None]
    patches: Sequence[ImportedPatch]
    packaging: Mapping[str, str] | None = None
    orig: Mapping[str, str] | None = None
    notes: Sequence[str] = ()


def manifest_text(series: ManifestContents) -> str:
    """The manifest's text."""
    lines = [_comment(f"Imported from {series.label}.")]
    lines += [_comment(note) for note in series.notes]
    lines += ["schema = 1", "", "[series]", f"name = {_value(series.name)}", ""]
    lines += [f"[project.{_key(series.project_name)}]"]
    keys = dict(series.project)
    if repository := keys.pop("repository", None):
        lines.append(f"repository = {_value(repository)}")
    lines.append(f"bases = [{_value(series.base)}]")
    lines += [f"{key} = {_value(value)}" for key, value in keys.items() if value]
    if series.packaging:
        lines.append(f"packaging = {_table(series.packaging)}")
    if series.orig:
        lines.append(f"orig = {{ {_value(series.base)} = {_table(series.orig)} }}")
    for patch in series.patches:
        lines += ["", *_patch_lines(series, patch)]
    return "\n".join(lines) + "\n"


def slugs(names: Iterable[str]) -> list[str]:
    """A name in the manifest for each of *names*, no two the same.

    >>> slugs(["CVE-2024-32498_1_nova.patch", "a/b.diff", "A_b.patch", "é.patch"])
    ['cve-2024-32498-1-nova', 'a-b', 'a-b-2', 'patch']
    """
    taken: set[str] = set()
    made = []
    for name in names:
        slug = re.sub(r"[^a-z0-9.+]+", "-", _ENDING.sub("", name).lower())
        slug = slug.lstrip("-.+").rstrip("-.+")[:120].rstrip("-.+") or "patch"
        fresh, number = slug, 1
        while fresh in taken:
            number += 1
            fresh = f"{slug}-{number}"
        taken.add(fresh)
        made.append(fresh)
    return made


# Private -----------------------------------------------------------------------------------------


def _patch_lines(series: ManifestContents, patch: ImportedPatch) -> Iterator[str]:
    yield "[[patch]]"
    yield f"name = {_value(patch.name)}"
    yield f"project = {_value(series.project_name)}"
    if patch.origin is not None:
        yield from _origin_lines(patch.origin)
    yield f"source = {_table(patch.source)}"


def _origin_lines(origin: UpstreamOrigin) -> Iterator[str]:
    """The keys that an origin gives; of a doubtful one only a comment, for a person to decide."""
    key = f'change-id = "{origin.change_id}"' if origin.change_id else ""
    if not key and origin.commit:
        key = f'upstream = "{origin.commit}"'
    if origin.is_doubtful or not key:
        yield _comment(f"doubtful, please decide: {key or 'no id'} ({origin.evidence})")
        return
    yield key + "  " + _comment(_evidence(origin))


def _evidence(origin: UpstreamOrigin) -> str:
    commit = f"commit {origin.commit[:12]}: " if origin.commit and origin.change_id else ""
    return f"{commit}{origin.evidence}"


def _comment(words: str) -> str:
    return "# " + re.sub(r"\s+", " ", visible(words))[:300]


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _value(text)


def _value(text: str) -> str:
    return tomlkit.item(text).as_string()


def _table(values: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + " }"
