"""Bringing a source package, or a tarball, from a URL: every file by its SHA-256."""

from __future__ import annotations

from pathlib import Path

from patchseries.debian.dsc import files_of
from patchseries.sources.download import ONLINE, DownloadOptions, download


def download_dsc(url: str, digest: str, directory: Path, options: DownloadOptions = ONLINE) -> Path:
    """Bring the .dsc at *url*, whose SHA-256 is *digest*, and its files into *directory*.

    :raises UpstreamError: the server cannot be reached or gives other bytes
    :raises SeriesError: the .dsc is of another format or names an unsafe file
    """
    dsc = download(url, digest, directory / url.rsplit("/", 1)[-1], options)
    for name, wanted in files_of(dsc.read_bytes(), dsc.name).items():
        download(f"{url.rsplit('/', 1)[0]}/{name}", wanted, directory / name, options)
    return dsc
