"""The settings of a series as an extra binary package of each project."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from patchseries.debian.settingspackage import PackagedSetting, SettingsPackage
from patchseries.errors import UsageError
from patchseries.manifest.expression import ExpressionError
from patchseries.model import Target
from patchseries.pipeline.configuring import (
    HostOptions,
    check_request,
    check_sudoers,
    filters_of,
    no_value,
)
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.report.settings import readme
from patchseries.settings.forms import form_of
from patchseries.settings.needed import missing_patch
from patchseries.settings.render import (
    HostRequest,
    PlacedSetting,
    RenderedHost,
    render,
)
from patchseries.settings.shapes import SUDOERS


def check_wanted(series: Series, selection: Selection, wanted: HostOptions) -> None:
    """Refuse what cannot be packaged, before anything is ported.

    :raises UsageError: a kind of host or a risk that is not known, or a project without settings
    """
    check_request(series.manifest, wanted.host, wanted.accepted)
    having = {one.project for one in series.manifest.settings}
    for project in selection.projects_of(series.manifest):
        if project not in having:
            raise UsageError(
                f"{series.manifest_path.name} has no [[setting]] of {project}",
                hint="name the projects with --project, or build without --settings",
            )


def settings_packages(
    session: Session,
    series: Series,
    rebased: Rebased,
    selection: Selection,
    wanted: HostOptions,
) -> Mapping[tuple[str, str], SettingsPackage]:
    """What goes into the package with settings of each selected project and base.

    :param rebased: the series as it is packaged
    :raises UsageError: a size is missing, or a project has no setting for this host
    :raises SeriesError: rootwrap filters cannot be read, or visudo refuses a sudoers file
    """
    cells = {(cell.patch, cell.base): cell for cell in rebased.cells}
    made: dict[tuple[str, str], SettingsPackage] = {}
    for target in selection.targets(series.manifest):
        own = [
            PlacedSetting(one, target.base, missing_patch(cells, one, target.base))
            for one in series.manifest.settings_of(target.project, target.base)
        ]
        made[target] = _package(session, series, target, own, wanted)
    return made


def _package(
    session: Session,
    series: Series,
    target: Target,
    own: list[PlacedSetting],
    wanted: HostOptions,
) -> SettingsPackage:
    accepted = frozenset(wanted.accepted)
    filters = filters_of(session, series, [one for one in own if one.setting.name in accepted])
    request = HostRequest(series.name, wanted.sizes, wanted.host, accepted, filters)
    components = [PlacedSetting(one) for one in series.manifest.settings if one.component]
    try:
        mine, others = render(own, request), render(components, request)
    except ExpressionError as error:
        raise no_value(error) from None
    shared = _paths_of_others(series, target.project)
    examples = {path: mine.files[path] for path in _to_be_copied(series.name, mine, shared)}
    files = {path: data for path, data in mine.files.items() if path not in examples}
    if not files:
        raise _nothing(target, mine, wanted.host)
    examples |= {path: examples.get(path, b"") + data for path, data in others.files.items()}
    entries = {one.setting.name: one.setting for one in own}
    sites = frozenset(one.name for one in entries.values() if one.site)
    lines = [one for one in mine.lines if one.file in files and one.setting not in sites]
    return SettingsPackage(
        series=series.name,
        sizes=_sizes(wanted),
        files=files,
        examples=examples,
        readme=_head(files, examples) + readme(series.name, _joined(mine, others)),
        lines=tuple(PackagedSetting(one.setting, one.file, one.line) for one in lines),
        left_out=tuple(_left_out(mine, sites, files)),
        accepted=tuple((one.setting, why) for one in lines if (why := entries[one.setting].danger)),
        checked=check_sudoers(files),
    )


def _paths_of_others(series: Series, project: str) -> frozenset[str]:
    """The files that the packages of other projects may have: dpkg lets one package have a file."""
    others = (one for one in series.manifest.settings if one.project not in (None, project))
    return frozenset(form_of(one).path(series.name, one.file or "") for one in others)


def _to_be_copied(series: str, host: RenderedHost, shared: frozenset[str]) -> Iterator[str]:
    """The files that nothing reads where they are, those that another package may have, and the
    sudoers file that denies what another one of the package allows.
    """
    asked = {one.file for one in host.lines}
    wide = any(file.startswith(SUDOERS) for file in asked)
    for path in host.files:
        denies = wide and path.startswith(SUDOERS) and path not in asked
        if denies or path in shared or path.endswith(f".{series}"):
            yield path


def _nothing(target: Target, host: RenderedHost, kind: str | None) -> UsageError:
    """The refusal of a package that would hold nothing."""
    where = f"{target.base}, host {kind}" if kind else target.base
    return UsageError(
        f"no setting of {target.project} can be packaged for {where}",
        hint="; ".join(f"{one.setting}: {one.why}" for one in host.left_out)
        or "name the projects with --project, or build without --settings",
    )


def _sizes(wanted: HostOptions) -> str:
    sizes = [f"{name} {size}" for name, size in wanted.sizes.items()]
    return ", ".join([*sizes, *([f"host {wanted.host}"] if wanted.host else [])])


def _left_out(
    host: RenderedHost, sites: Container[str], files: Container[str]
) -> Iterator[tuple[str, str]]:
    """The settings that the package does not make, and why."""
    yield from ((one.setting, one.why) for one in host.left_out)
    for one in host.lines:
        if one.file not in files:
            yield one.setting, f"it is in an example, which is to be copied: {one.file}"
        elif one.setting in sites:
            yield one.setting, f"only the site knows its value: fill in its line in /etc/{one.file}"


def _joined(one: RenderedHost, other: RenderedHost) -> RenderedHost:
    return RenderedHost(
        {**one.files, **other.files},
        (*one.lines, *other.lines),
        (*one.left_out, *other.left_out),
        (*one.steps, *other.steps),
    )


def _head(files: Iterable[str], examples: Iterable[str]) -> bytes:
    """Where the files are: what is said of them besides is the same as for a directory."""
    parts = ["Installed in /etc:", *(f"  {path}" for path in files)]
    copied = [f"  {path}" for path in examples]
    if copied:
        parts += [
            "",
            "In the directory examples beside this file, to be copied:",
            *copied,
        ]
    return ("\n".join([*parts, "", ""])).encode()
