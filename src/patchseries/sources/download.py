"""Bringing one file from a URL: by its SHA-256, so that it is what was named or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from patchseries.errors import SeriesError, UpstreamError
from patchseries.files import sha256, write_atomic
from patchseries.sources.access import Access

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~_-]*")
"""File names that are taken from outside: no directory, no option, nothing a shell would read."""

_SECONDS = 1800.0  # in which one file comes whole
_LARGEST = 512 * 1024 * 1024  # bytes of one file


def download(
    url: str, digest: str, path: Path, access: Callable[[str], Access] | None = None
) -> Path:
    """Bring the file at *url* to *path*; nothing is asked for when it is there already.

    :param access: how a server is reached, by the URL (None: without credentials or proxy)
    :raises UpstreamError: the server cannot be reached or gives other bytes
    """
    if not url.startswith(("https://", "http://")) or not SAFE_NAME.fullmatch(path.name):
        raise SeriesError(f"not the URL of a file: {url}")
    if path.is_file() and sha256(path.read_bytes()) == digest:
        return path
    from patchseries.sources.http import fetch_bytes

    reach = access or (lambda _: Access())
    data = fetch_bytes(url, reach, largest=_LARGEST, seconds=_SECONDS)
    if sha256(data) != digest:
        raise UpstreamError(
            f"{url} has SHA-256 {sha256(data)}, not {digest}",
            hint="it was changed on the server, or the manifest names another",
        )
    write_atomic(path, data)
    return path
