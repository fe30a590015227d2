"""`series bump`: the point releases that appeared upstream become bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchseries import manifest as manifests
from patchseries.files import read_file
from patchseries.journal import commit_files
from patchseries.landed.releases import scheme_for
from patchseries.pipeline.edit.bases import with_bases
from patchseries.pipeline.online import releases_to_add
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.trying import NewByLine


def find_releases(session: Session, series: Series, selection: Selection) -> dict[str, NewByLine]:
    """The new releases of each selected project: by line, oldest first.

    :raises UpstreamError: a repository cannot be reached
    """
    projects = selection.projects_of(series.manifest)
    return {name: releases_to_add(session, series.manifest, name) for name in projects}


def add_bases(session: Session, series: Series, new: Mapping[str, Sequence[str]]) -> list[str]:
    """Write the releases *new*, by project, into the manifest; the paths that changed.

    :raises ManifestError: a patch has no source for a new base
    """
    path = str(series.manifest_path.relative_to(series.root))
    before = text = read_file(series.manifest_path).decode("utf-8")
    for name, releases in new.items():
        project = series.manifest.projects[name]
        scheme = scheme_for(name, project.repository, project.releases)
        missing = [release for release in releases if release not in project.bases]
        text = with_bases(text, name, missing, scheme) if missing else text
    if text == before:
        return []
    manifests.parse(text, path)
    if session.dry_run:
        return [path]
    return commit_files(series.state, {path: text.encode()}, session.operation)
