"""Tarballs made by hand."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0
) -> tarfile.TarInfo:
    """What a tarball has under *name*, without its data."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


def tarball(path: Path, files: Mapping[str, bytes], *members: tarfile.TarInfo) -> str:
    """Make the tarball *path*; its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz") as archive:
        for name, data in files.items():
            archive.addfile(member(name, size=len(data)), io.BytesIO(data))
        for one in members:
            archive.addfile(one)
    return hashlib.sha256(path.read_bytes()).hexdigest()
