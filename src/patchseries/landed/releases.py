"""Release names: which line a tag or branch belongs to, and where in the line it stands.

OpenStack's names are :mod:`patchseries.landed.openstack`. All other projects are read by their
numbers (:mod:`patchseries.landed.numbered`), or as their manifest says
(:mod:`patchseries.landed.nameforms`).
"""

from __future__ import annotations

from patchseries.landed.nameforms import Described
from patchseries.landed.numbered import Numbered
from patchseries.landed.openstack import is_openstack, openstack
from patchseries.landed.scheme import Scheme
from patchseries.manifest.releases import ReleasesTable


def scheme_for(project: str, repository: str, described: ReleasesTable | None = None) -> Scheme:
    """The scheme of a project: OpenStack's for its repositories and projects, else by numbers.

    What a history tells of it is not in it yet (:meth:`Scheme.learned`).

    :param project: its name in the manifest
    :param repository: the URL or path of its repository
    :param described: what the manifest says of its names
    """
    name = repository.rstrip("/").removesuffix(".git").rpartition("/")[2]
    usual: Scheme = Numbered(project=f"{name} {project}")
    for one in (name, project):
        if is_openstack(one, repository):
            usual = openstack(one)
            break
    if described is None:
        return usual
    names = {name.lower(): line for name, line in described.names.items()}
    return Described(usual, described.tags, described.branches, names)
