"""What another machine does with a port job: fetch by commit id, port, answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from patchseries.errors import SeriesError
from patchseries.lock import Lock
from patchseries.manifest import Manifest, Project, Source
from patchseries.model import CommitId
from patchseries.pipeline.cluster.job import JobAnswer, PortJob, file_name, packed, unpacked
from patchseries.pipeline.cluster.program import parts_digest, program_parts
from patchseries.pipeline.inputs import MadeForSearch, RebaseInputs
from patchseries.pipeline.portcache import KeptPort, PortCache
from patchseries.pipeline.rebase import rebase_targets
from patchseries.progress import no_progress
from patchseries.resolution.reading import parse_resolution
from patchseries.sources import Cache, FetchOptions, Want, fetch, open_objects, wants


def answer(data: bytes, cache: Cache, fetching: FetchOptions, name: str) -> bytes:
    """The answer to the job *data*; what this machine cannot do is an answer too.

    :param name: what this machine is called in messages
    """
    try:
        job = unpacked(PortJob, data)
        if job.program != parts_digest(program_parts()):
            return packed(JobAnswer(name, error="it has another version of the program now"))
        return packed(JobAnswer(name, ports_of(job, cache, fetching)))
    except (SeriesError, ValueError) as error:
        return packed(JobAnswer(name, error=str(error)[:2000]))


def ports_of(job: PortJob, cache: Cache, fetching: FetchOptions) -> dict[str, KeptPort]:
    """The ports of *job*, with the objects and the ports that the *cache* has already.

    :raises SeriesError: something cannot be fetched, or not be ported
    :raises ValueError: the job is none
    """
    manifest = Manifest.model_validate(job.manifest)
    project, base = job.target
    pins = {(url, rev): commit for url, rev, commit in job.pins}
    files: dict[str, bytes] = dict(job.files)
    wanted = [_by_id(want, pins) for want in wants(manifest, [project], [base])]
    fetch(cache, [*wanted, *_releases(job, manifest.projects[project])], pins, fetching)
    known = PortCache.load(cache.root / "ports" / f"{manifest.name}.json", cache.warn)
    urls = [want.repository for want in wanted]
    with known.saving(), open_objects(cache, urls) as repository:
        given = RebaseInputs(
            repository,
            manifest,
            Lock(),
            pins,
            partial(_patch_bytes, files),
            resolutions=tuple(map(parse_resolution, job.resolutions)),
            porter=known,
            answers={(patch, base): answer for patch, answer in job.answers.items()},
            quilt_files=lambda _: job.quilt,
            made_for=MadeForSearch({(project, key): r for key, r in job.made_for.items()}),
        )
        rebase_targets(given, [job.target], no_progress)
    return known.fresh


def _by_id(want: Want, pins: Mapping[tuple[str, str], CommitId]) -> Want:
    """*want* by its commit's id; a patchset by its ref, for a server that gives it no other way.

    :raises ValueError: it is not pinned
    """
    commit = pins.get((want.repository, want.rev))
    if commit is None:
        raise ValueError(f"{want.rev} of {want.repository} is not pinned")
    if want.change and not want.sought:
        return want
    return replace(want, rev=commit, change=None, sought=False)


def _releases(job: PortJob, project: Project) -> Iterator[Want]:
    """The releases that patch files were made for, as they were found."""
    for release in filter(None, job.made_for.values()):
        why = f"made-for of {job.target.project}, as found"
        yield Want(project.repository, release.commit, False, None, why)


def _patch_bytes(files: Mapping[str, bytes], source: Source | str) -> bytes:
    name = file_name(source) or ""
    if name not in files:
        raise SeriesError(f"the job lacks the patch file {name}")
    return files[name]
