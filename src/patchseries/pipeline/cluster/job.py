"""A port job: all that the ports of one target are a function of, as bytes, and the answer.

Commits are named by their ids: who does the job fetches them by itself. What comes back are the
ports, as the cache of ports keeps them: an outcome and, where git's merge alone does not make the
tree, the diff that makes it. No tree is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import Base64Bytes, StringConstraints, TypeAdapter

from patchseries.errors import SeriesError
from patchseries.lock import MadeFor
from patchseries.manifest import Manifest, Source
from patchseries.model import CommitId, Target
from patchseries.parsing import parse_json
from patchseries.pipeline.filechanges import files_made_for
from patchseries.pipeline.inputs import RebaseInputs, files_digest
from patchseries.pipeline.portcache import KeptPort
from patchseries.pipeline.rebased import Answer
from patchseries.resolution.store import format_resolution
from patchseries.sources import wants

T = TypeVar("T")

MOST_BYTES = 256 << 20
"""Of a job, and of an answer."""

_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Line = Annotated[str, StringConstraints(max_length=2000)]


@dataclass(frozen=True, slots=True)
class PortJob:
    """What the ports of *target* are a function of.

    :ivar program: the digest of the program that sends it (:mod:`.program`)
    :ivar manifest: a manifest with the project of the target alone, as JSON by its keys
    :ivar pins: (repository, revision, commit)
    :ivar answers: by patch, what the history of the base said of it
    :ivar files: the bytes of each patch file, by its name below patches/ or its URL
    :ivar quilt: the files of the project's quilt directory
    :ivar resolutions: each as the text of its file
    :ivar made_for: the releases that patch files were made for, by the digest of those files
    """

    program: _Digest
    manifest: dict[str, Any]
    target: Target
    pins: tuple[tuple[str, str, CommitId], ...]
    answers: dict[str, Answer]
    files: dict[str, Base64Bytes]
    quilt: dict[str, Base64Bytes]
    resolutions: tuple[str, ...]
    made_for: dict[str, MadeFor | None]

    @property
    def words(self) -> str:
        """What it does, in words."""
        return f"porting {self.target.project} onto {self.target.base}"


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """What came of a job.

    :ivar worker: who did it, for messages
    :ivar ports: by the key of the port cache
    :ivar error: why it was not done; None where it was
    """

    worker: _Line
    ports: dict[_Digest, KeptPort] = field(default_factory=dict)
    error: _Line | None = None


@cache
def _forms() -> dict[type, TypeAdapter[Any]]:
    return {kind: TypeAdapter(kind) for kind in (PortJob, JobAnswer)}


def packed(value: PortJob | JobAnswer) -> bytes:
    """*value* as bytes, which :func:`unpacked` reads."""
    # in ASCII: a path that is not UTF-8 is a text with surrogates
    return json.dumps(_forms()[type(value)].dump_python(value, mode="json")).encode()


def unpacked(kind: type[T], data: object) -> T:
    """What *data*, which came from another machine, says.

    :raises ValueError: it is no *kind*, or too large
    """
    if not isinstance(data, bytes):
        raise ValueError(f"{type(data).__name__} instead of bytes")
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES >> 20} MiB")
    value: T = _forms()[kind].validate_python(parse_json(data))
    return value


def job_for(given: RebaseInputs, target: Target, program: str) -> PortJob:
    """The job that ports onto *target* what *given* says.

    :param program: the digest of this program
    :raises SeriesError: a patch file cannot be read
    """
    manifest = _alone(given.manifest, target.project)
    names = {patch.name for patch in manifest.patches}
    needed = {(w.repository, w.rev) for w in wants(manifest, [target.project], [target.base])}
    searched = given.made_for.releases.items()
    return PortJob(
        program,
        manifest.model_dump(mode="json", by_alias=True),
        target,
        tuple((*place, commit) for place, commit in given.pins.items() if place in needed),
        {name: answer for (name, base), answer in given.answers.items() if base == target.base},
        dict(_files(given.patch_bytes, manifest)),
        dict(given.quilt_files(target.project)),
        tuple(format_resolution(one) for one in given.resolutions if one.patch in names),
        {key: release for (name, key), release in searched if name == target.project},
    )


def _alone(manifest: Manifest, name: str) -> Manifest:
    """*manifest* with no more than the ports of the project *name* need."""
    project = manifest.projects[name].model_copy(update={"packaging": None, "tests": None})
    parts = {"projects": {name: project}, "patches": manifest.patches_of(name), "settings": ()}
    return manifest.model_copy(update=parts)


def _files(
    patch_bytes: Callable[[Source | str], bytes], manifest: Manifest
) -> Iterator[tuple[str, bytes]]:
    for patch in manifest.patches:
        carried: tuple[Source | str, ...] = (*patch.fixups_in_use, *patch.sources)
        for source in carried:
            if name := file_name(source):
                yield name, patch_bytes(source)


def file_name(source: Source | str) -> str | None:
    """What a patch file is called in a job; None: the source is none."""
    return source if isinstance(source, str) else source.url or source.file


def jobs_for(given: RebaseInputs, targets: Sequence[Target], program: str) -> Iterator[PortJob]:
    """A job for each of *targets* that another machine can do; the rebase sees to the rest."""
    for target in targets:
        try:
            if _is_sendable(given, target):
                yield job_for(given, target, program)
        except SeriesError:
            continue  # it is told where that target is ported


def _is_sendable(given: RebaseInputs, target: Target) -> bool:
    """Whether others can get all that *target* needs.

    They can not where that is a tarball of this machine, or a release that is to be searched for.
    """
    project = given.manifest.projects[target.project]
    patches = given.manifest.patches_of(target.project)
    files = files_made_for(None, project.made_for, patches, target.base, given.patch_file)
    place = target.project, files_digest(files)
    is_searched = files and given.made_for.searches and place not in given.made_for.releases
    return project.has_history and not is_searched
