"""Bringing a source package, or a tarball, from a URL: every file by its SHA-256."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from patchseries.debian.dsc import files_of
from patchseries.progress import ProgressCallback, no_progress
from patchseries.sources.access import Access
from patchseries.sources.download import download


def download_dsc(
    url: str,
    digest: str,
    directory: Path,
    access: Callable[[str], Access] | None = None,
    *,
    offline: bool = False,
    warn: ProgressCallback = no_progress,
) -> Path:
    """Bring the .dsc at *url*, whose SHA-256 is *digest*, and its files into *directory*.

    :param access: how a server is reached, by the URL
    :param offline: ask no server
    :param warn: is called with words about damage
    :raises UpstreamError: the server cannot be reached or gives other bytes
    :raises SeriesError: the .dsc is of another format or names an unsafe file
    """
    bring = partial(download, access=access, offline=offline, warn=warn)
    dsc = bring(url, digest, directory / url.rsplit("/", 1)[-1])
    for name, wanted in files_of(dsc.read_bytes(), dsc.name).items():
        bring(f"{url.rsplit('/', 1)[0]}/{name}", wanted, directory / name)
    return dsc
