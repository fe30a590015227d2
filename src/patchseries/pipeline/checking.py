"""Gather what the gate looks at, and run it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries import manifest
from patchseries.checks import gate
from patchseries.checks.inputs import (
    CheckInputs,
    Fate,
    LandedAt,
    Resolved,
    ServerAnswers,
)
from patchseries.errors import MachineError, SeriesError
from patchseries.files import read_file
from patchseries.landed.landing import Landing, Reverted
from patchseries.lock import InBase
from patchseries.manifest import Manifest
from patchseries.model import Finding, Target
from patchseries.pipeline.resolutions import load_resolutions, resolution_path
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.status import ProjectStatuses
from patchseries.pipeline.targetinputs import own_patches
from patchseries.pipeline.targets import TargetReader
from patchseries.pipeline.testing.remembered import Outcomes
from patchseries.sources import Want, wants


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """``online``: ask the servers too. ``full``: port and apply anew, whatever is kept."""

    online: bool = False
    full: bool = False


def check_series(
    session: Session, series: Series, selection: Selection, options: CheckOptions
) -> tuple[Finding, ...]:
    """All findings on what is selected of *series*, at the severities of its manifest.

    :raises SeriesError: the manifest's ``[checks]`` is wrong, or a file cannot be read
    """
    text = series.manifest_path.read_text(encoding="utf-8")
    chosen = gate.severities(series.manifest.checks, str(series.manifest_path), text)
    findings = gate.check(gather(session, series, selection, options), chosen)
    named = selection.patches
    return tuple(f for f in findings if not named or f.patch is None or f.patch in named)


def gather(
    session: Session,
    series: Series,
    selection: Selection,
    options: CheckOptions,
    statuses: ProjectStatuses | None = None,
) -> CheckInputs:
    """The selected part of *series* as values.

    :param statuses: those of its projects, for who needs them again
    """
    statuses = statuses or ProjectStatuses(session, series)
    chosen = series.manifest
    projects = selection.projects_of(chosen)
    wanted = wants(chosen, projects, selection.bases)
    own = own_patches(series, projects)
    whole = not (selection.projects or selection.bases or selection.patches)
    outcomes = Outcomes(session.cache, series)
    targets = [
        replace(target, tests=outcomes.of(Target(target.project, target.base)))
        for target in TargetReader(session, series, selection, own, full=options.full).all()
    ]
    return CheckInputs(
        manifest=chosen,
        manifest_file=str(series.manifest_path.relative_to(series.root)),
        manifest_text=series.manifest_path.read_text(encoding="utf-8"),
        lock=series.lock,
        lock_file=str(series.lock_path.relative_to(series.root)),
        lock_text=_text(series.lock_path),
        targets=tuple(targets),
        wanted=tuple(dict.fromkeys((want.repository, want.rev) for want in wanted)),
        own=own,
        unnamed=tuple(_unnamed(series)) if whole else (),
        directories=tuple(_directories(series)),
        whole=whole,
        resolutions=tuple(_resolutions(series)),
        fates=tuple(_fates(statuses, projects)),
        upstream=_upstream(session, series, wanted) if options.online else None,
    )


def _upstream(session: Session, series: Series, wanted: Sequence[Want]) -> ServerAnswers:
    from patchseries.pipeline.online import ask_upstreams  # HTTP is slow to import

    return ask_upstreams(session, series, wanted)


def _resolutions(series: Series) -> Iterator[Resolved]:
    """The resolutions on disk; a damaged one keeps its targets from being ported, and says so."""
    try:
        for one in load_resolutions(series):
            yield Resolved(one.patch, one.key, str(resolution_path(series, one)))
    except MachineError:
        raise
    except SeriesError:
        return


def _fates(statuses: ProjectStatuses, projects: Sequence[str]) -> Iterator[Fate]:
    """What became of the patches upstream; nothing of a project whose history is not at hand."""
    for project in projects:
        try:
            found = statuses.of(project)
        except MachineError:
            raise
        except SeriesError:
            continue
        contained: dict[str, dict[str, InBase]] = {}
        for (name, base), one in found.in_bases.items():
            contained.setdefault(name, {})[base] = one
        for patch in found.patches:
            landed = tuple(_landing(at) for at in patch.landings.landed)
            by = [_landing(at) for s in patch.superseded_by for at in s.landings.landed[:1]]
            there = {
                base: f"{one.commit[:12]} ({one.evidence})"
                for base, one in contained.get(patch.name, {}).items()
            }
            is_known = patch.landings.is_known or any(
                successor.landings.is_known for successor in patch.superseded_by
            )
            reverted = tuple(_reverted(at) for at in patch.landings.reverted)
            yield Fate(patch.name, str(patch.verdict), landed, tuple(by), there, reverted, is_known)


def _reverted(reverted: Reverted) -> str:
    return f"{reverted.commit[:12]} by {', '.join(commit[:12] for commit in reverted.by)}"


def _landing(landing: Landing) -> LandedAt:
    return LandedAt(landing.line, landing.tag, landing.commit, str(landing.evidence))


def _unnamed(series: Series) -> Iterator[str]:
    """Files of patches/own that no manifest of the project names, any variant's included."""
    own = series.root / "patches" / "own"
    files = sorted(own.glob("*")) if own.is_dir() else []
    named = _all_named(series.manifest)
    others = (series.root / "series").glob("*.toml")
    for path in sorted(set(others) - {series.manifest_path}) if files else ():
        try:
            named |= _all_named(manifest.load(path))
        except MachineError:
            raise
        except SeriesError:
            return  # what a broken manifest names is not known
    for path in files:
        if f"own/{path.name}" not in named and not path.name.startswith("."):
            yield f"own/{path.name}"


def _all_named(chosen: Manifest) -> set[str]:
    variants = [v for patch in chosen.patches for v in patch.variants.values()]
    fixups = [patch.fixups for patch in chosen.patches] + [v.fixups or () for v in variants]
    sources = [patch.sources for patch in chosen.patches] + [v.source for v in variants]
    files = {s.file for group in sources for s in group if s.file}
    return files | {name for group in fixups for name in group}


def _directories(series: Series) -> Iterator[str]:
    """What lies below patches/NAME, as BASE/PROJECT."""
    root = series.patches_directory
    for base in sorted(root.iterdir()) if root.is_dir() else ():
        inner = sorted(base.iterdir()) if base.is_dir() else []
        yield from (str(path.relative_to(root)) for path in inner or [base])


def _text(path: Path) -> str | None:
    data = _bytes(path)
    return None if data is None else data.decode("utf-8", "replace")


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path)
    except OSError:
        return None
