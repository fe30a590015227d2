"""What the tables ``[[setting]]`` say of other tables, and of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from patchseries.manifest.positions import Path
from patchseries.manifest.problems import Problem, unknown_name
from patchseries.manifest.schema import PatchEntry, Project
from patchseries.manifest.setting import SettingEntry


def setting_problems(
    settings: Mapping[int, SettingEntry],
    data: Mapping[str, Any],
    projects: Mapping[str, Project],
    patches: Mapping[int, PatchEntry],
) -> Iterator[Problem]:
    """Names that are not defined, and what is set twice; entries by their number.

    :param data: the whole document: a table with a mistake is there, and not among the values
    """
    tables = data.get("project", {})
    declared = list(tables) if isinstance(tables, dict) else []
    names: dict[str, int] = {}
    places: dict[tuple[str | None, ...], str] = {}
    for i, setting in settings.items():
        if names.setdefault(setting.name, i) != i:
            message = f"an earlier setting has the name {setting.name!r} too"
            yield Problem(("setting", i, "name"), message)
        place = (setting.file, setting.section, setting.option)
        if setting.option and places.setdefault(place, setting.name) != setting.name:
            yield Problem(("setting", i, "option"), f"{places[place]} sets it already")
        if setting.project and setting.project not in declared:
            message = unknown_name("project", setting.project, declared)
            yield Problem(("setting", i, "project"), message)
        yield from _needs(i, setting, patches)
        project = projects.get(setting.project or "")
        if project and setting.since and setting.since not in project.bases:
            bases = ", ".join(project.bases)
            message = f"{setting.since!r} is no base of {setting.project} ({bases})"
            yield Problem(("setting", i, "since"), message)


def _needs(i: int, setting: SettingEntry, patches: Mapping[int, PatchEntry]) -> Iterator[Problem]:
    if setting.needs is None:
        return
    where: Path = ("setting", i, "needs")
    by_name = {patch.name: patch for patch in patches.values()}
    needed = by_name.get(setting.needs)
    if needed is None:
        yield Problem(where, unknown_name("patch", setting.needs, list(by_name)))
    elif needed.project != setting.project:
        yield Problem(where, f"{setting.needs!r} is a patch of {needed.project}")
