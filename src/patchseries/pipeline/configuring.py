"""The settings of a series for one host, and what is known of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries import process
from patchseries.checks.inputs import CheckedTarget, CheckInputs
from patchseries.checks.settings import check
from patchseries.errors import MachineError, SeriesError, UsageError
from patchseries.files import publish_directory, read_file, write_atomic
from patchseries.manifest import Manifest, SettingEntry
from patchseries.manifest.expression import ExpressionError
from patchseries.manifest.problems import unknown_name
from patchseries.pipeline.checking import CheckOptions, gather
from patchseries.pipeline.exporting import target_directory
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.report.settings import README, README_BEGIN, readme
from patchseries.settings.intree import RegisteredOption
from patchseries.settings.needed import missing_patch
from patchseries.settings.render import HostRequest, PlacedSetting, RenderedHost, render
from patchseries.settings.shapes import (
    SUDOERS,
    Shape,
    ansible_vars,
    cloud_config,
    ini_options,
    tar_of,
)
from patchseries.settings.sudoers import FiltersError, RootwrapFilter, read_filters


@dataclass(frozen=True, slots=True)
class BaseEvidence:
    """What the sources of one base say of a setting: where it is registered, and what is wrong."""

    base: str
    registered: tuple[RegisteredOption, ...]
    wrong: tuple[str, ...]


_MOST_FILTERS = 200
"""Files of filters in one directory."""


def placed_settings(series: Series, base: str | None) -> list[PlacedSetting]:
    """Every setting, of projects on *base*, else on their last base; with patches they lack.

    :raises UsageError: no project has this base
    """
    chosen = series.manifest
    bases = bases_of(chosen, base)
    placed = []
    for setting in chosen.settings:
        if setting.project is None:
            placed.append(PlacedSetting(setting))
            continue
        at = bases.get(setting.project)
        if at and setting in chosen.settings_of(setting.project, at):
            placed.append(PlacedSetting(setting, at, missing_patch(series.lock.cells, setting, at)))
    return placed


def bases_of(chosen: Manifest, base: str | None) -> dict[str, str]:
    """The base of each project that has *base*; without it the last of each."""
    if base is None:
        return {name: project.bases[-1] for name, project in chosen.projects.items()}
    return {name: base for name, project in chosen.projects.items() if base in project.bases}


def check_request(chosen: Manifest, host: str | None, accepted: Sequence[str]) -> None:
    """Refuse a kind of host that no setting is for, and a risk that is none.

    :raises UsageError: with the nearest name there is
    """
    hosts = sorted({one for setting in chosen.settings for one in setting.hosts})
    if host is not None and host not in hosts:
        raise UsageError(unknown_name("host", host, hosts), hint=f"known: {', '.join(hosts)}")
    risks = [setting.name for setting in chosen.settings if setting.danger]
    for name in accepted:
        if name not in risks:
            hint = f"settings with a danger: {', '.join(risks)}" if risks else None
            raise UsageError(unknown_name("setting with a danger", name, risks), hint=hint)


def setting_named(chosen: Manifest, name: str) -> SettingEntry:
    """The setting called *name*.

    :raises UsageError: there is none
    """
    names = [setting.name for setting in chosen.settings]
    if name not in names:
        hint = f"known: {', '.join(names)}" if names else "the manifest has no [[setting]]"
        raise UsageError(unknown_name("setting", name, names), hint=hint)
    return chosen.settings[names.index(name)]


def filters_of(
    session: Session, series: Series, placed: Sequence[PlacedSetting]
) -> dict[tuple[str, str], tuple[RootwrapFilter, ...]]:
    """The rootwrap filters that *placed* name, from the releases themselves.

    :raises SeriesError: there are none, or they cannot be read
    """
    found: dict[tuple[str, str], tuple[RootwrapFilter, ...]] = {}
    for one in placed:
        table, project, base = one.setting.sudoers, one.setting.project, one.base
        if not (table and project and base) or (project, table.filters) in found:
            continue
        pins = session.at_hand(series, Selection((project,), (base,)))
        commit = pins[series.manifest.projects[project].repository, base]
        with session.objects(pins) as repository:
            tree = repository.commit(commit).tree
            entry = repository.entry(tree, table.filters)
            if entry is None or not entry.is_tree:
                raise SeriesError(f"{project} {base} has no directory {table.filters}")
            paths = [path for path, _ in repository.walk(entry.oid) if path.endswith(".filters")]
            texts = {path: repository.file(entry.oid, path) or b"" for path in paths}
        found[project, table.filters] = tuple(_filters(f"{project} {base}", texts))
    return found


def _filters(where: str, texts: Mapping[str, bytes]) -> Iterator[RootwrapFilter]:
    if not 0 < len(texts) <= _MOST_FILTERS:
        raise SeriesError(f"{where}: expected 1 to {_MOST_FILTERS} files of rootwrap filters")
    for name, data in sorted(texts.items()):
        try:
            yield from read_filters(name, data)
        except FiltersError as error:
            raise SeriesError(
                f"{where}: rootwrap filters cannot be read", cause=str(error)
            ) from None


def sudoers_files(files: Iterable[str]) -> list[str]:
    """Those of *files* that sudo reads."""
    return [name for name in files if name.startswith(SUDOERS)]


def check_sudoers(files: Mapping[str, bytes]) -> bool:
    """Have ``visudo`` check the sudoers files; whether it did: there are some, and it is installed.

    :raises SeriesError: it refuses one
    """
    names = sudoers_files(files)
    program = _visudo() if names else None
    if program is None:
        return False
    for name in names:
        done = process.run([program, "-c", "-f", "-"], stdin=files[name], accept=range(256))
        if done.status != 0:
            raise SeriesError(f"visudo refuses {name}", cause=done.words)
    return True


def _visudo() -> str | None:
    """visudo, which is where a user's $PATH may not lead."""
    for program in ("visudo", "/usr/sbin/visudo"):
        try:
            process.require(program)
        except MachineError:
            continue
        return program
    return None


def confirmed(session: Session, series: Series, setting: SettingEntry) -> list[BaseEvidence]:
    """What the ported sources of each base say of *setting*; nothing of one without a project.

    :raises SeriesError: a file of the series cannot be read
    """
    if not (setting.project and setting.is_registered):
        return []
    inputs = gather(session, series, Selection((setting.project,)), CheckOptions())
    alone = replace(inputs, manifest=inputs.manifest.model_copy(update={"settings": (setting,)}))
    return [_evidence(alone, target, setting) for target in inputs.targets]


def _evidence(inputs: CheckInputs, target: CheckedTarget, setting: SettingEntry) -> BaseEvidence:
    if target.obstacle:
        return BaseEvidence(target.base, (), (target.obstacle.words,))
    found = check(replace(inputs, targets=(target,)))
    right = (one for one in target.options if one.key == (setting.option, setting.section))
    return BaseEvidence(target.base, tuple(right), tuple(finding.message for finding in found))


@dataclass(frozen=True, slots=True)
class HostOptions:
    """The sizes and the kind of a host, the base that runs there, and the dangers accepted."""

    sizes: Mapping[str, int]
    host: str | None = None
    base: str | None = None
    accepted: tuple[str, ...] = ()


def requested_host(
    session: Session, series: Series, wanted: HostOptions
) -> tuple[list[PlacedSetting], HostRequest]:
    """Every setting on its base, and what is asked of the host.

    :raises UsageError: a host, risk or base that is not known
    :raises SeriesError: rootwrap filters cannot be read
    """
    check_request(series.manifest, wanted.host, wanted.accepted)
    Selection(bases=(wanted.base,) if wanted.base else ()).check(series.manifest)
    placed = placed_settings(series, wanted.base)
    accepted = frozenset(wanted.accepted)
    filters = filters_of(session, series, [p for p in placed if p.setting.name in accepted])
    return placed, HostRequest(series.name, wanted.sizes, wanted.host, accepted, filters)


def no_value(error: ExpressionError) -> UsageError:
    """A value of a setting cannot be worked out: a size is missing, or the wrong one."""
    return UsageError(str(error), hint="give the sizes of the host")


def rendered_host(
    session: Session, series: Series, wanted: HostOptions
) -> tuple[dict[str, str], RenderedHost]:
    """The base of each project, and the files with a README; nothing is written.

    :raises UsageError: a host, risk or base that is not known, or a size that is missing
    :raises SeriesError: rootwrap filters cannot be read
    """
    placed, request = requested_host(session, series, wanted)
    try:
        host = render(placed, request)
    except ExpressionError as error:
        raise no_value(error) from None
    files = dict(host.files) | {README: readme(series.name, host)}
    return bases_of(series.manifest, wanted.base), replace(host, files=files)


def shaped(
    host: RenderedHost, settings: Sequence[SettingEntry], shape: Shape
) -> bytes | Mapping[str, bytes]:
    """What :func:`rendered_host` gave as one file; the files themselves for a directory.

    :param settings: those of the manifest
    """
    files = dict(host.files)
    if shape is Shape.DIR:
        return files
    if shape is Shape.TAR:
        return tar_of(files)
    notes = files.pop(README).decode()
    if shape is Shape.CLOUD_INIT:
        return cloud_config(files, notes)
    return ansible_vars(files, ini_options(settings, host.lines), notes)


def is_rendered(directory: Path) -> bool:
    """Whether *directory* was written by an earlier call: a host's /etc is never replaced."""
    readme_there = directory / README
    return readme_there.is_file() and read_file(readme_there).startswith(README_BEGIN)


def write_rendered(output: Path, made: bytes | Mapping[str, bytes], *, replace: bool) -> None:
    """Write what :func:`shaped` made: a file, or the files of a directory.

    :raises UsageError: something is there that is not to be replaced
    """
    if isinstance(made, bytes):
        if output.is_dir() or (output.exists() and not replace):
            raise UsageError(f"{output} is there already", hint="name a new file, or --replace")
        write_atomic(output, made)
        return
    target_directory(output, replace=replace and is_rendered(output))
    if output.is_dir() and not any(output.iterdir()):
        output.rmdir()
    publish_directory(output, made, replace=replace)
