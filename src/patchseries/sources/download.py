"""Downloading one file by URL and SHA-256: exactly that file, or an error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from patchseries.errors import SeriesError, UpstreamError
from patchseries.files import DamagedError, clear_place, read_cached, sha256, write_atomic
from patchseries.progress import ProgressCallback, no_progress
from patchseries.sources.access import Access

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~_-]*")
"""File names that are taken from outside: no directory, no option, nothing a shell would read."""

_SECONDS = 1800.0  # in which one file comes whole
_LARGEST = 512 * 1024 * 1024  # bytes of one file


WITHOUT_OFFLINE = "run the command without --offline"


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """How a server is reached.

    :param access: by the URL (None: without credentials or proxy)
    :param offline: ask no server: the file is there, or it is an error
    :param warn: is called with words about damage; the file is downloaded again then
    :param online_hint: how a person lets the command ask the servers
    """

    access: Callable[[str], Access] | None = None
    offline: bool = False
    warn: ProgressCallback = no_progress
    online_hint: str = WITHOUT_OFFLINE


ONLINE = DownloadOptions()
"""A server is asked, without credentials or proxy."""


def download(url: str, digest: str, path: Path, options: DownloadOptions = ONLINE) -> Path:
    """Bring the file at *url* to *path*; nothing is asked for when it is there already.

    :raises UpstreamError: the server cannot be reached or gives other bytes
    """
    if not url.startswith(("https://", "http://")) or not SAFE_NAME.fullmatch(path.name):
        raise SeriesError(f"not the URL of a file: {url}")
    if _is_here(path, digest):
        return path
    damaged = os.path.lexists(path)
    if options.offline:
        what = f"{path} is damaged" if damaged else f"{url} is not in the cache"
        raise UpstreamError(what, hint=options.online_hint)
    if damaged:
        options.warn(f"{path} is damaged: it is downloaded again")
    data = _downloaded(url, digest, options)
    clear_place(path)
    write_atomic(path, data)
    return path


def _is_here(path: Path, digest: str) -> bool:
    try:
        return sha256(read_cached(path)) == digest
    except (OSError, DamagedError):
        return False


def fetch_file(url: str, options: DownloadOptions = ONLINE) -> bytes:
    """The file at *url*, whatever it is.

    :raises UpstreamError: the server cannot be reached or has no such file
    """
    from patchseries.sources.http import fetch_bytes

    access = options.access or (lambda _: Access())
    return fetch_bytes(url, access, largest=_LARGEST, seconds=_SECONDS)


def _downloaded(url: str, digest: str, options: DownloadOptions) -> bytes:
    data = fetch_file(url, options)
    if sha256(data) != digest:
        raise UpstreamError(
            f"{url} has SHA-256 {sha256(data)}, not {digest}",
            hint="it was changed on the server, or the sha256 in the manifest is wrong",
        )
    return data
