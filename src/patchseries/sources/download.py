"""Bringing one file from a URL: by its SHA-256, so that it is what was named or nothing."""

from __future__ import annotations

import re
from pathlib import Path

from patchseries.errors import SeriesError, UpstreamError
from patchseries.files import sha256, write_atomic

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~_-]*")
"""File names that are taken from outside: no folder, no option, nothing a shell would read."""

_TIMEOUT = 60.0  # seconds without an answer from a server
_LARGEST = 512 * 1024 * 1024  # bytes of one file


def download(url: str, digest: str, path: Path) -> Path:
    """Bring the file at *url* to *path*; nothing is asked for when it is there already.

    :raises UpstreamError: the server cannot be reached or gives other bytes
    """
    if not url.startswith(("https://", "http://")) or not SAFE_NAME.fullmatch(path.name):
        raise SeriesError(f"not the URL of a file: {url}")
    if path.is_file() and sha256(path.read_bytes()) == digest:
        return path
    data = _get(url)
    if sha256(data) != digest:
        raise UpstreamError(
            f"{url} has SHA-256 {sha256(data)}, not {digest}",
            hint="it was changed on the server, or the manifest names another",
        )
    write_atomic(path, data)
    return path


def _get(url: str) -> bytes:
    import requests

    try:
        with requests.get(url, timeout=_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            data = bytearray()
            for chunk in answer.iter_content(1 << 20):
                data += chunk
                if len(data) > _LARGEST:
                    raise UpstreamError(f"{url} is larger than {_LARGEST >> 20} MiB")
            return bytes(data)
    except requests.RequestException as error:
        raise UpstreamError(f"cannot fetch {url}", cause=str(error)) from error
