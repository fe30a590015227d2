"""The packaging's own patches, ported with the engine onto a base where they do not apply.

Only what git's own merge settles is taken: what was adapted waits for a reader, and only a patch of
the series can be signed off. All else is left as it is, for the packaging's rules to decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchseries.debian import version
from patchseries.debian.packaging import their_patches
from patchseries.debian.request import PackagedFile, Packaging
from patchseries.errors import SeriesError
from patchseries.manifest import Project
from patchseries.model import Base, CommitId, Outcome, TreeId
from patchseries.patches.apply import Rejected
from patchseries.patches.compose import PatchFile, keep_header, text_diff
from patchseries.patches.header import split_patch
from patchseries.pipeline.filechanges import NotMadeFor, applied_in_order
from patchseries.pipeline.fileport import FilePorting
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.port import Change, PortOptions, PortResult


@dataclass(frozen=True, slots=True)
class _Named:
    """The change of a patch on the release that the packaging was made for."""

    change: Change | NotMadeFor

    def declared(self) -> Change | NotMadeFor:
        return self.change

    def searched(self) -> None:
        return None


def ported_packaging(
    given: RebaseInputs, project: Project, base: Base, packaging: Packaging
) -> Packaging:
    """*packaging* with those of its patches refreshed that do not apply on *base* as they are.

    :raises SeriesError: the release that it was made for is not known
    """
    release, commit = _release(given, project, packaging)
    names = [line.name for line in their_patches(packaging.debian)]
    files = {name: PatchFile(name, packaging.debian[f"patches/{name}"].data) for name in names}
    start = given.repository.commit(commit).tree
    tree, refreshed = base.tree, {}
    for name, found in applied_in_order(given.repository, start, files):
        change = NotMadeFor(release, found) if isinstance(found, Rejected) else found

        def engine(change: Change, onto: TreeId = tree) -> PortResult:
            options = PortOptions(name_maps=project.name_maps, cautious=True)
            return given.porter(given.repository, change, onto, options)

        ported = FilePorting(given.repository, tree, files[name], _Named(change), engine)
        port = ported.port_file()
        if port.result.outcome is not Outcome.CLEAN or port.result.tree is None:
            continue
        if not port.kept:
            data = files[name].data
            diff = text_diff(given.repository, tree, port.result.tree, data)
            data = keep_header(split_patch(data)[0], diff)
            refreshed[f"patches/{name}"] = PackagedFile("100644", data)
        tree = port.result.tree
    return replace(packaging, debian={**packaging.debian, **refreshed})


def _release(given: RebaseInputs, project: Project, packaging: Packaging) -> tuple[str, CommitId]:
    """What the packaging was made for: ``made-for``, or the base of its changelog's version."""
    upstream = version.parse(packaging.version).upstream_version or ""
    for name in filter(None, (project.made_for, upstream, f"v{upstream}")):
        commit = given.pins.get((project.repository, name))
        if commit:
            return name, commit
    raise SeriesError(
        f"{packaging.origin} was made for {upstream}, and no base is called so",
        hint="name the release: `made-for` of the project in the manifest",
    )
