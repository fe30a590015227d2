"""A digest of all that the ports of one target are a function of.

What is worked out for a target is kept in the cache under it. No repository is asked: a pin names
what it pins for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from patchseries.errors import MachineError, SeriesError
from patchseries.files import read_file, sha256
from patchseries.manifest import PatchEntry, SourceKind
from patchseries.model import Target
from patchseries.pipeline.programdigest import program_digest
from patchseries.pipeline.resolutions import DIRECTORY
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import quilt_files
from patchseries.sources import wants

OwnPatches = Mapping[str, bytes | None]
"""The patch files below patches/ that the manifest names; None: it cannot be read."""


def own_patches(series: Series, projects: Sequence[str]) -> dict[str, bytes | None]:
    """The patch files below patches/ that the manifest names, for the selected *projects*."""
    patches = [p for p in series.manifest.patches if p.project in projects]
    names = dict.fromkeys(name for patch in patches for name in _named(patch))
    return {name: _bytes(series, name) for name in names}


def _named(patch: PatchEntry) -> list[str]:
    files = [s.file for s in patch.sources if s.kind is SourceKind.FILE and s.file]
    return [*patch.fixups_in_use, *files]


def _bytes(series: Series, name: str) -> bytes | None:
    try:
        return read_file(series.root / "patches" / name)
    except OSError:
        return None


def resolutions_digest(series: Series) -> str:
    """A digest of the resolutions of *series*."""
    directory = series.root / DIRECTORY / series.name
    return sha256(b"\0".join(map(_resolution, sorted(directory.glob("*.toml")))))


def _resolution(path: Path) -> bytes:
    """Its bytes; none of a link that leads nowhere, of which the port tells."""
    try:
        return read_file(path)
    except OSError:
        return b""


def readable_quilt_files(series: Series, project: str) -> dict[str, bytes]:
    """The files of the project's quilt directory; none where they cannot be read, which is an
    obstacle to porting, and told there."""
    try:
        return quilt_files(series, project)
    except MachineError:
        raise
    except SeriesError:
        return {}


def target_inputs(series: Series, target: Target, own: OwnPatches, resolutions: str) -> list[str]:
    """All that the ports of *target* are a function of, as words for a digest.

    :param own: of :func:`own_patches`
    :param resolutions: of :func:`resolutions_digest`
    """
    chosen, lock = series.manifest, series.lock
    patches = chosen.patches_of(target.project)
    wanted = wants(chosen, [target.project], [target.base])
    return [
        program_digest(),
        series.name,
        target.base,
        chosen.projects[target.project].model_dump_json(),
        *(patch.model_dump_json() for patch in patches),
        *(str(lock.cells.get((patch.name, target.base))) for patch in patches),
        *(str(lock.pins.get((want.repository, want.rev))) for want in wanted),
        *(f"{name} {data is not None and sha256(data)}" for name, data in sorted(own.items())),
        *_quilt_words(series, target.project),
        resolutions,
    ]


def _quilt_words(series: Series, project: str) -> Iterator[str]:
    for name, data in readable_quilt_files(series, project).items():
        yield f"{name} {sha256(data)}"


def words_digest(words: Sequence[str]) -> str:
    """The SHA-256 of *words* in their order."""
    lengths = [len(word) for word in words]
    return sha256("\0".join([repr(lengths), *words]).encode("utf-8", "surrogatepass"))
