"""Patches as other distributions list them: an RPM spec, SUSE's series.conf.

Only lists are read: no macro is run, no shell. What depends on a condition is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename

from patchseries.imports.directory import PatchDirectory, RawFile, made_directory, read_directory

_MACRO = re.compile(r"%\{\??([A-Za-z_][A-Za-z0-9_]*)\}|%([A-Za-z_][A-Za-z0-9_]+)")
_DEFINE = re.compile(r"%(?:global|define)\s+([A-Za-z_]\w*)\s+(\S.*)")
_TAG = re.compile(r"(Name|Version|URL|VCS|Patch(\d*))\s*:\s*(\S.*)", re.I)
_APPLY = re.compile(r"%patch(\d+)?\b(.*)")
_DEEPEST = 10
_LONGEST = 1000
"""Of a macro and of what it stands for: a macro may name itself twice."""


@dataclass
class Spec:
    """What a spec file says: its tags, its patches by number, how they are applied."""

    tags: dict[str, str] = field(default_factory=dict)
    patches: dict[int, str] = field(default_factory=dict)
    order: list[tuple[int, int]] = field(default_factory=list)
    """(number, strip level), as %patch lines have them; empty: all, by their numbers."""
    strip: int = 0
    problems: list[str] = field(default_factory=list)


def read_spec(text: str, files: Mapping[str, bytes], label: str) -> tuple[Spec, PatchDirectory]:
    """The patches of the spec *text*, whose files lie beside it.

    :param files: by name; those that no ``Patch`` line names are not taken
    """
    spec = parse_spec(text)
    order = spec.order or [(number, spec.strip) for number in sorted(spec.patches)]
    patches: dict[str, tuple[bytes, int]] = {}
    for number, strip in order:
        name = spec.patches.get(number)
        if name is None or name not in files:
            spec.problems.append(f"Patch{number}: {name or 'no such line'} is not beside {label}")
        else:
            patches[name] = (files[name], strip)
    for number in sorted(spec.patches.keys() - {number for number, _ in order}):
        spec.problems.append(f"Patch{number}: {spec.patches[number]} is not applied")
    return spec, made_directory(patches, f"from {label}")


def parse_spec(text: str) -> Spec:
    """What the spec *text* says, without running a macro of it.

    >>> spec = parse_spec("Name: a\\nPatch1: %{name}-fix.patch\\n%prep\\n%autosetup -p1\\n")
    >>> spec.patches, spec.strip
    ({1: 'a-fix.patch'}, 1)
    """
    spec = Spec()
    macros: dict[str, str] = {}
    listed = False
    depth = 0
    for raw in text.splitlines():
        line = raw.strip()
        depth += line.startswith("%if") - line.startswith("%endif")
        if line.startswith("%patchlist"):
            listed = True
        elif listed and line.startswith("%"):
            listed = False
        elif listed and line and not line.startswith("#"):
            _add(spec, str(len(spec.patches)), _expanded(line, macros), depth)
        elif found := _DEFINE.match(line):
            macros[found[1]] = found[2].strip()[:_LONGEST]
        elif found := _TAG.match(line):
            value = _expanded(found[3].strip(), macros)
            if found[1].lower().startswith("patch"):
                _add(spec, found[2], value, depth)
            elif "%" not in value:  # a macro that only rpm knows
                macros.setdefault(found[1].lower(), value)
                spec.tags.setdefault(found[1].lower(), value)
        else:
            _setup(spec, line, depth)
    return spec


def read_series_conf(text: str, files: Mapping[str, RawFile], label: str) -> PatchDirectory:
    """The patches that SUSE's series.conf names, below the directory that holds it.

    Everything below the directories that it names is kept; a line that a guard switches on is not
    applied, and is named.
    """
    lines: list[str] = []
    problems: list[str] = []
    for name, guard in guarded(text):
        if guard.startswith("+"):
            problems.append(f"{name} is not applied: only where {guard} is")
            continue
        lines.append(name)
        if guard:
            problems.append(f"{name} is applied: except where {guard} is not")
    tops = {name.split("/")[0] for name, _ in guarded(text) if "/" in name}
    named = {name for name, _ in guarded(text)}
    kept = {p: f for p, f in files.items() if p.split("/")[0] in tops or p in named}
    series = "".join(f"{line}\n" for line in [f"# from {label}", *lines]).encode()
    found = read_directory(kept | {"series": RawFile(series)})
    return PatchDirectory(found.files, found.series_name, found.lines, (*problems, *found.problems))


def guarded(text: str) -> Iterator[tuple[str, str]]:
    """Each patch of a series.conf, with the guard before it or ``""``.

    >>> list(guarded("# words\\n\\tpatches.suse/a.patch # why\\n+ppc patches.arch/b\\n"))
    [('patches.suse/a.patch', ''), ('patches.arch/b', '+ppc')]
    """
    for line in text.split("\n"):
        words = re.sub(r"(^|\s)#.*", "", line).split()
        if words and words[-1][:1] not in "+-":
            yield words[-1], " ".join(words[:-1])


# Private -----------------------------------------------------------------------------------------


def _expanded(value: str, macros: Mapping[str, str]) -> str:
    """*value* with the macros that the spec itself defines by a plain text."""
    for _ in range(_DEEPEST):
        fresh = _MACRO.sub(lambda m: macros.get(m[1] or m[2], m[0]), value)[:_LONGEST]
        if fresh == value:
            break
        value = fresh
    return value


def _add(spec: Spec, number: str, value: str, depth: int) -> None:
    place = int(number) if number and len(number) < 6 else max(spec.patches, default=-1) + 1
    name = basename(value.rpartition("#/")[2] if "#/" in value else value)
    spec.patches[place] = name
    if depth > 0:
        spec.problems.append(f"Patch{place}: {name} stands under a condition, which is not read")


def _setup(spec: Spec, line: str, depth: int) -> None:
    """What a line of %prep says of how patches are applied."""
    if found := re.match(r"%(?:autosetup|autopatch)\b(.*)", line):
        strip = _strip(found[1])
        if strip is None:
            spec.problems.append(f"{line.split()[0]} without -p: taken as -p1")
        spec.strip = 1 if strip is None else strip
    elif found := _APPLY.match(line):
        numbers = [found[1]] if found[1] else re.findall(r"(?:-P\s*|\s)(\d{1,5})\b", found[2])
        spec.order += [(int(number), _strip(found[2]) or 0) for number in numbers[:1]]
        if depth > 0 and numbers:
            spec.problems.append(f"%patch {numbers[0]} stands under a condition, which is not read")


def _strip(options: str) -> int | None:
    found = re.search(r"-p\s*(\d{1,2})\b", options)
    return int(found[1]) if found else None
