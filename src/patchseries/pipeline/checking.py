"""Gather what the gate looks at, and run it.

Porting and applying are what takes time. Both are pure functions of what a column is made of, so
their facts are kept in the cache, under a digest of all of that and of this program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

import patchseries
from patchseries import checks, manifest
from patchseries.checks.material import (
    Application,
    Column,
    Fate,
    Landed,
    Material,
    Moved,
    Obstacle,
    Ported,
    Resolved,
)
from patchseries.errors import SeriesError
from patchseries.files import sha256, write_atomic
from patchseries.landed.landing import Landing
from patchseries.manifest import Manifest, SourceKind
from patchseries.model import CommitId, Finding
from patchseries.patches.compose import patch_name, series_folder
from patchseries.patches.dpkg import guard_links
from patchseries.pipeline.applying import AppliedCell, apply_series
from patchseries.pipeline.online import ask_upstreams
from patchseries.pipeline.rebase import Ingredients, RebasedCell, rebase
from patchseries.pipeline.resolutions import FOLDER, load_resolutions, resolution_path
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.status import series_status
from patchseries.sources import fetch, wants
from patchseries.sources.plan import Want

_MOST_KEPT = 1000
"""Columns whose facts are kept, of all series that share the cache; each is a few kilobytes."""

_Pins = Mapping[tuple[str, str], CommitId]


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
    chosen = checks.severities(series.manifest.checks, str(series.manifest_path), text)
    findings = checks.check(gather(session, series, selection, options), chosen)
    named = selection.patches
    return tuple(f for f in findings if not named or f.patch is None or f.patch in named)


def gather(
    session: Session, series: Series, selection: Selection, options: CheckOptions
) -> Material:
    """The selected part of *series* as values."""
    chosen = series.manifest
    projects = selection.projects_of(chosen)
    wanted = wants(chosen, projects, selection.bases)
    own = _own(series, projects)
    whole = not (selection.projects or selection.bases or selection.patches)
    columns = _Columns(session, series, selection, own, options).all()
    return Material(
        manifest=chosen,
        manifest_file=str(series.manifest_path.relative_to(series.root)),
        manifest_text=series.manifest_path.read_text(encoding="utf-8"),
        lock=series.lock,
        lock_file=str(series.lock_path.relative_to(series.root)),
        lock_text=_text(series.lock_path),
        columns=tuple(columns),
        wanted=tuple(dict.fromkeys((want.repository, want.rev) for want in wanted)),
        own=own,
        unnamed=tuple(_unnamed(series)) if whole else (),
        folders=tuple(_folders(series)),
        whole=whole,
        resolutions=tuple(_resolutions(series)),
        fates=tuple(_fates(session, series, projects)),
        upstream=ask_upstreams(session, chosen, wanted) if options.online else None,
    )


@dataclass(frozen=True)
class _Facts:
    """What was worked out for one column."""

    applied: tuple[Application, ...]
    ported: tuple[Ported, ...]


class _Columns:
    """The columns of a selection, with their facts from the cache or worked out anew."""

    def __init__(
        self,
        session: Session,
        series: Series,
        selection: Selection,
        own: Mapping[str, bytes | None],
        options: CheckOptions,
    ) -> None:
        self._session = session
        self._series = series
        self._selection = selection
        self._own = own
        self._full = options.full
        folder = series.root / FOLDER / series.name
        self._resolutions = sha256(
            b"\0".join(path.read_bytes() for path in sorted(folder.glob("*.toml")))
        )

    def all(self) -> Iterator[Column]:
        chosen = self._series.manifest
        for project in self._selection.projects_of(chosen):
            for base in self._selection.bases_of(chosen, project):
                yield self._with_facts(self._on_disk(project, base))

    def _on_disk(self, project: str, base: str) -> Column:
        folder = series_folder(self._series.name, base, project)
        path = self._series.root / folder
        entries = sorted(path.iterdir()) if path.is_dir() else []
        files = [e for e in entries if e.is_file() and not e.is_symlink()]
        return Column(
            project,
            base,
            folder,
            {e.name: e.read_bytes() for e in files},
            tuple(e.name for e in entries if e not in files),
        )

    def _with_facts(self, column: Column) -> Column:
        wanted = wants(self._series.manifest, [column.project], [column.base])
        key = self._key(column, wanted)
        kept = None if self._full else self._kept(key)
        if kept is None:
            self._session.told(f"checking {column.project} on {column.base}")
            try:
                kept = self._work_out(column, wanted)
            except SeriesError as error:
                return replace(column, obstacle=Obstacle(error.message, error.hint))
            self._keep(key, kept)
        return replace(column, applied=kept.applied, ported=kept.ported)

    def _key(self, column: Column, wanted: Sequence[Want]) -> str:
        """A digest of all that the facts of *column* are a function of."""
        series, chosen = self._series, self._series.manifest
        patches = chosen.patches_of(column.project)
        parts = [
            program_digest(),
            series.name,
            column.base,
            chosen.projects[column.project].model_dump_json(),
            *(patch.model_dump_json() for patch in patches),
            *(str(series.lock.cells.get((patch.name, column.base))) for patch in patches),
            *(str(series.lock.pins.get((w.repository, w.rev))) for w in wanted),
            *(f"{name} {sha256(data)}" for name, data in sorted(column.files.items())),
            *(f"{name} {sha256(data or b'')}" for name, data in sorted(self._own.items())),
            self._resolutions,
        ]
        return sha256("\0".join(parts).encode())

    @property
    def _folder(self) -> Path:
        return self._session.cache.root / "checks"

    def _kept(self, key: str) -> _Facts | None:
        try:
            return _FACTS.validate_json((self._folder / f"{key}.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def _keep(self, key: str, facts: _Facts) -> None:
        """Keep *facts*, and drop the oldest when there are many."""
        write_atomic(self._folder / f"{key}.json", _FACTS.dump_json(facts))
        kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_MOST_KEPT]:
            path.unlink(missing_ok=True)

    def _work_out(self, column: Column, wanted: Sequence[Want]) -> _Facts:
        pins = self._at_hand(wanted)
        only = Selection((column.project,), (column.base,))
        with self._session.ingredients(self._series, pins) as given:
            cells = rebase(given, only, _quiet).cells
            applied = apply_series(self._series, given.repository, pins, only, _quiet)
            return _Facts(
                tuple(self._application(given, column, pins, cell) for cell in applied),
                tuple(_ported(cell) for cell in cells),
            )

    def _at_hand(self, wanted: Sequence[Want]) -> dict[tuple[str, str], CommitId]:
        """The pins of *wanted*, their objects in the cache.

        What the lock pins is taken by its commit id, whatever the name means today.
        """
        locked = self._series.lock.pins
        renamed = [
            replace(want, rev=locked.get((want.repository, want.rev), want.rev)) for want in wanted
        ]
        found = fetch(self._session.cache, renamed, {}, self._session.fetching)
        return {
            (want.repository, want.rev): found[want.repository, by_id.rev]
            for want, by_id in zip(wanted, renamed, strict=True)
        }

    def _application(
        self, given: Ingredients, column: Column, pins: _Pins, cell: AppliedCell
    ) -> Application:
        patches = given.manifest.patches_of(column.project)
        number = next(n for n, p in enumerate(patches, 1) if p.name == cell.patch)
        data = column.files.get(patch_name(number, cell.patch), b"")
        repository = given.manifest.projects[column.project].repository
        tree = given.repository.commit(pins[repository, column.base]).tree
        return Application(
            cell.patch,
            str(cell.result),
            cell.reason,
            tuple(Moved(o.path, o.hunk, o.lines) for o in cell.offsets),
            guard_links(given.repository, tree, cell.patch, data),
        )


_FACTS = TypeAdapter(_Facts)


def _ported(cell: RebasedCell) -> Ported:
    return Ported(
        cell.patch,
        cell.outcome,
        cell.result.strategies,
        {file.name: file.sha256 for file in cell.files},
        cell.result.findings,
        cell.result.conflicts,
        cell.result.resolutions,
    )


@cache
def program_digest() -> str:
    """A digest of this program: facts that another version worked out are none."""
    root = Path(patchseries.__file__).parent
    digest = hashlib.sha256()
    for room in ("git", "manifest", "port", "patches", "pipeline"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _resolutions(series: Series) -> Iterator[Resolved]:
    """The resolutions on disk; a damaged one keeps its columns from being ported, and says so."""
    try:
        for one in load_resolutions(series):
            yield Resolved(one.patch, one.key, str(resolution_path(series, one)))
    except SeriesError:
        return


def _fates(session: Session, series: Series, projects: Sequence[str]) -> Iterator[Fate]:
    """What became of the patches upstream; nothing of a project whose history is not at hand."""
    for project in projects:
        try:
            found = series_status(session, series, Selection((project,)))
        except SeriesError:
            continue
        for patch in found.patches:
            landed = tuple(_landing(at) for at in patch.landings.landed)
            by = [_landing(at) for s in patch.superseded_by for at in s.landings.landed[:1]]
            yield Fate(patch.name, str(patch.verdict), landed, tuple(by))


def _landing(found: Landing) -> Landed:
    return Landed(found.line, found.tag, found.commit, str(found.evidence))


def _own(series: Series, projects: Sequence[str]) -> dict[str, bytes | None]:
    """The patch files below patches/ that the manifest names, for the selected projects."""
    patches = [p for p in series.manifest.patches if p.project in projects]
    names = dict.fromkeys(name for patch in patches for name in _named(patch.fixups_in_use, patch))
    return {name: _bytes(series.root / "patches" / name) for name in names}


def _named(fixups: Sequence[str], patch: manifest.PatchEntry) -> list[str]:
    return [*fixups, *(s.file for s in patch.sources if s.kind is SourceKind.FILE and s.file)]


def _unnamed(series: Series) -> Iterator[str]:
    """Files of patches/own that no manifest of the project names, any variant's included."""
    named: set[str] = set()
    for path in sorted((series.root / "series").glob("*.toml")):
        try:
            named |= _all_named(manifest.load(path))
        except SeriesError:
            return  # what a broken manifest names is not known
    own = series.root / "patches" / "own"
    for path in sorted(own.glob("*")) if own.is_dir() else ():
        if f"own/{path.name}" not in named and not path.name.startswith("."):
            yield f"own/{path.name}"


def _all_named(chosen: Manifest) -> set[str]:
    variants = [v for patch in chosen.patches for v in patch.variants.values()]
    fixups = [patch.fixups for patch in chosen.patches] + [v.fixups or () for v in variants]
    sources = [patch.sources for patch in chosen.patches] + [v.source for v in variants]
    files = {s.file for group in sources for s in group if s.file}
    return files | {name for group in fixups for name in group}


def _folders(series: Series) -> Iterator[str]:
    """What lies below patches/NAME, as BASE/PROJECT."""
    root = series.patches_folder
    for base in sorted(root.iterdir()) if root.is_dir() else ():
        inner = sorted(base.iterdir()) if base.is_dir() else []
        yield from (str(path.relative_to(root)) for path in inner or [base])


def _text(path: Path) -> str | None:
    data = _bytes(path)
    return None if data is None else data.decode("utf-8", "replace")


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _quiet(_: str) -> None:
    """Progress that nobody watches."""
