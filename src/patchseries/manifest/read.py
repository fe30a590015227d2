"""From TOML text to a :class:`Manifest`: the one border where untyped data ends.

Each table is checked by itself, so one mistake hides no other; then the tables against each
other. Only when nothing is wrong does a manifest come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from patchseries.errors import SeriesError
from patchseries.files import read_file
from patchseries.manifest import schema
from patchseries.manifest.filenames import not_a_quilt_name, quilt_name
from patchseries.manifest.positions import Path, key_lines, line_of
from patchseries.manifest.problems import (
    ManifestError,
    Problem,
    from_pydantic,
    short,
    unknown_key,
    unknown_name,
)
from patchseries.manifest.references import setting_problems
from patchseries.manifest.releases import ReleasesTable
from patchseries.manifest.schema import Manifest, PatchEntry, Project, SeriesTable
from patchseries.manifest.setting import PackageTable, SettingEntry, SudoersTable
from patchseries.manifest.source import Source, Table
from patchseries.manifest.suite import SuiteTable
from patchseries.parsing import NotTomlError, parse_toml

SCHEMA = 1
_TOP = ("schema", "series", "project", "patch", "setting", "checks")
_MOVED = {
    "releases": "this is the table [project.NAME.releases] now: tag names with {line} in them"
    " instead of regular expressions (see `series manual manifest`)"
}
_T = TypeVar("_T", bound=BaseModel)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def load(path: FilePath) -> Manifest:
    """Read and check the manifest file *path*.

    :raises ManifestError: with every problem found
    :raises SeriesError: the file cannot be read
    """
    try:
        text = read_file(path).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ManifestError(str(path), [Problem((), "not UTF-8 text", line)]) from error
    except OSError as error:
        raise SeriesError(f"cannot read {path}", cause=error.strerror) from error
    return parse(text, str(path))


def parse(text: str, filename: str = "manifest") -> Manifest:
    """Check the manifest *text*; *filename* is how problems name it.

    :raises ManifestError: with every problem found
    """
    try:
        data = parse_toml(text)
    except NotTomlError as error:
        problem = Problem((), f"not valid TOML: {error.words}", error.line or 1)
        raise ManifestError(filename, [problem]) from error
    problems: list[Problem] = []
    manifest = _Reader(data, problems).manifest()
    if manifest is None:
        lines = key_lines(text)
        placed = [Problem(p.path, p.message, line_of(lines, p.path)) for p in problems]
        raise ManifestError(filename, placed)
    return manifest


class _Reader:
    """Reads the tables of one document, collecting problems as it goes."""

    def __init__(self, data: Mapping[str, Any], problems: list[Problem]) -> None:
        self._data = data
        self._problems = problems

    def manifest(self) -> Manifest | None:
        self._problems += _control_characters(self._data)
        for key in self._data:
            if key not in _TOP:
                self._problem((key,), _MOVED.get(key) or unknown_key(key, _TOP))
        schema = self._data.get("schema")
        if schema != SCHEMA or type(schema) is not int:
            self._problem(("schema",), f"expected schema = {SCHEMA} as the first line of the file")
        series = self._table(SeriesTable, self._data.get("series", {}), ("series",))
        projects = self._projects()
        patches = self._entries(PatchEntry, "patch")
        settings = self._entries(SettingEntry, "setting")
        self._problems += _relations(self._data, projects, patches)
        self._problems += setting_problems(settings, self._data, projects, patches)
        checks = self._strings("checks")
        if self._problems or series is None:
            return None
        return Manifest.model_construct(
            series=series,
            projects=projects,
            patches=tuple(patches.values()),
            settings=tuple(settings.values()),
            checks=checks,
        )

    def _projects(self) -> dict[str, Project]:
        tables = self._data.get("project", {})
        if not isinstance(tables, dict) or not tables:
            self._problem(("project",), "expected at least one table [project.NAME]")
            return {}
        found: dict[str, Project] = {}
        for name, table in tables.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name):
                self._problem(("project", name), "expected a name of lower-case letters and digits")
            project = self._table(Project, table, ("project", name))
            if project is not None:
                tarballs = {"repository": f"{schema.TARBALLS}{name}"}
                found[name] = project if project.repository else project.model_copy(update=tarballs)
        return found

    def _entries(self, kind: type[_T], key: str) -> dict[int, _T]:
        """The tables [[key]] that are well, by their number."""
        tables = self._data.get(key, [])
        if not isinstance(tables, list):
            self._problem((key,), f"expected tables [[{key}]]")
            return {}
        read = ((i, self._table(kind, t, (key, i))) for i, t in enumerate(tables))
        return {i: entry for i, entry in read if entry is not None}

    def _table(self, kind: type[_T], table: Any, path: Path) -> _T | None:
        try:
            return kind.model_validate(table)
        except ValidationError as error:
            for one in error.errors():
                known = _known_keys(kind, one["loc"])
                self._problems.append(from_pydantic(dict(one), path, known))
            return None

    def _strings(self, key: str) -> dict[str, str]:
        table = self._data.get(key, {})
        if not isinstance(table, dict):
            self._problem((key,), f"expected a table [{key}]")
            return {}
        for name, value in table.items():
            if not isinstance(value, str):
                self._problem((key, name), "expected a string in quotes")
        return {str(k): str(v) for k, v in table.items()}

    def _problem(self, path: Path, message: str) -> None:
        self._problems.append(Problem(path, message))


def _control_characters(value: Any, path: Path = ()) -> Iterator[Problem]:
    """The texts and keys below *value* with a character that no file name or header may hold."""
    if isinstance(value, str) and _CONTROL.search(value):
        yield Problem(path, f"a control character in {short(value)}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _CONTROL.search(key):
                yield Problem(path, f"a control character in the key {short(key)}")
            else:
                yield from _control_characters(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _control_characters(inner, (*path, number))


def _known_keys(kind: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys known in the table that *loc*'s last part stands in."""
    names = [part for part in loc[:-1] if isinstance(part, str)]
    tables: dict[str, type[Table]] = {
        "source": Source,
        "packaging": schema.PackagingTable,
        "drop": schema.Drop,
        "orig": schema.OrigTable,
        "variants": schema.Variant,
        "tests": SuiteTable,
        "releases": ReleasesTable,
        "sudoers": SudoersTable,
        "package": PackageTable,
    }
    inner = [tables[name] for name in names if name in tables]
    table = inner[-1] if inner else kind
    return table.keys() if issubclass(table, Table) else []


def _relations(
    data: Mapping[str, Any], projects: Mapping[str, Project], patches: Mapping[int, PatchEntry]
) -> Iterator[Problem]:
    """What is wrong between the tables."""
    names = {p.name: i for i, p in reversed(list(patches.items()))}
    tables = data.get("project", {})
    declared = list(tables) if isinstance(tables, dict) else []
    for i, patch in patches.items():
        if names[patch.name] != i:
            yield Problem(("patch", i, "name"), f"an earlier patch has the name {patch.name!r} too")
        if patch.project not in declared:
            message = unknown_name("project", patch.project, declared)
            yield Problem(("patch", i, "project"), message)
        yield from _requirements(i, patch, patches, names)
        if patch.project in projects:
            yield from _claims(i, patch, projects[patch.project])
            yield from _without_repository(i, patch, projects[patch.project])
    yield from _file_names(projects, patches)


def _requirements(
    i: int, patch: PatchEntry, patches: Mapping[int, PatchEntry], names: Mapping[str, int]
) -> Iterator[Problem]:
    for k, name in enumerate(patch.requires):
        where: Path = ("patch", i, "requires", k)
        if name not in names:
            yield Problem(where, unknown_name("patch", name, list(names)))
        elif names[name] >= i:
            yield Problem(where, f"{name!r} must come before {patch.name!r}")
        elif patches[names[name]].project != patch.project:
            yield Problem(where, f"{name!r} is a patch of another project")


def _claims(i: int, patch: PatchEntry, project: Project) -> Iterator[Problem]:
    """Bounds that fit no base, bases that no source serves."""
    try:
        claimed = [base for base in project.bases if patch.applies_to(base)]
        unserved = [base for base in claimed if patch.source_for(base) is None]
    except ValueError as error:
        yield Problem(("patch", i, "bases"), str(error))
        return
    if not claimed:
        yield Problem(
            ("patch", i, "bases"),
            f"no base of {patch.project} is within {patch.bases!r} ({', '.join(project.bases)})",
        )
    if unserved:
        yield Problem(("patch", i, "source"), f"there is no source for {', '.join(unserved)}")


def _without_repository(i: int, patch: PatchEntry, project: Project) -> Iterator[Problem]:
    """Sources that need the repository of a project that has none."""
    for source in () if project.has_history else patch.sources:
        here: Path = ("patch", i, "source")
        if not (source.file or source.url or source.repository):
            yield Problem(here, f"{patch.project} has no repository to take it from")
        if source.made_for and source.made_for not in project.orig:
            yield Problem(here, f"made-for: without a repository {source.made_for} needs an `orig`")


def _file_names(
    projects: Mapping[str, Project], patches: Mapping[int, PatchEntry]
) -> Iterator[Problem]:
    """Patches that would be written to one file, or to one that dpkg-source or quilt reads."""
    for name, project in projects.items():
        mine = {i: patch for i, patch in patches.items() if patch.project == name}
        seen: dict[str, str] = {}
        for i, patch in mine.items() if project.quilt else ():
            file = quilt_name(project, patch)
            if fault := not_a_quilt_name(file):
                yield Problem(("patch", i, "source"), f"{file!r} cannot be {fault}")
            elif file in seen:
                message = f"{seen[file]} has the file {file} too"
                yield Problem(("patch", i, "source"), message)
            seen[file] = patch.name
