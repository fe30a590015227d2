"""Source packages as a packager would upload them, made here, upstream's tarball left out."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

PATCH = b"""Description: hotter
Author: Ada Baker <ada@example.org>

--- a/oven/bake.py
+++ b/oven/bake.py
@@ -1,2 +1,2 @@
 def bake(bread):
-    heat = 180
+    heat = 220
"""
CHANGELOG = b"""\
oven (1:1.0-2) unstable; urgency=medium

  * Hotter.

 -- Ada Baker <ada@example.org>  Mon, 01 Jul 2013 12:00:00 +0000
"""
CONTROL = (
    b"Source: oven\nMaintainer: Ada Baker <ada@example.org>\nHomepage: https://oven.invalid/\n"
)
Contents = Mapping[str, "bytes | tuple[str, str]"]
"""Path below debian/ → bytes, or ("link" or "hard" or "device", target)."""


def debian(patches: Contents, **more: bytes) -> dict[str, bytes | tuple[str, str]]:
    """The files of a debian/ with *patches* in its patches/."""
    files: dict[str, bytes | tuple[str, str]] = {"changelog": CHANGELOG, "control": CONTROL}
    return files | more | {f"patches/{name}": data for name, data in patches.items()}


def tar_bytes(files: Contents, prefix: str = "debian/") -> bytes:
    """A tar archive of *files*."""
    stream = io.BytesIO()
    kinds = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE}
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, what in files.items():
            member = tarfile.TarInfo(f"{prefix}{name}")
            if isinstance(what, bytes):
                member.size = len(what)
                archive.addfile(member, io.BytesIO(what))
            else:
                member.type, member.linkname = kinds[what[0]], what[1]
                archive.addfile(member)
    return stream.getvalue()


def new_file_diff(path: str, data: bytes) -> bytes:
    """The section of a format 1.0 diff that makes *path*."""
    lines = data.split(b"\n")
    ends = lines[-1] == b""
    lines = lines[:-1] if ends else lines
    head = f"--- oven-1.0.orig/{path}\n+++ oven-1.0/{path}\n@@ -0,0 +1,{len(lines)} @@\n".encode()
    body = b"".join(b"+" + line + b"\n" for line in lines)
    return head + body + (b"" if ends else b"\\ No newline at end of file\n")


def write_dsc(
    folder: Path, part: bytes, name: str = "debian.tar.gz", form: str = "3.0 (quilt)"
) -> Path:
    """A .dsc in *folder* with its debian part beside it; its orig tarball is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"oven_1.0-2.{name}"
    file.write_bytes(gzip.compress(part, mtime=0))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    size = file.stat().st_size
    text = (
        f"Format: {form}\nSource: oven\nVersion: 1:1.0-2\nChecksums-Sha256:\n"
        f" {'0' * 64} 10 oven_1.0.orig.tar.gz\n {'1' * 64} 10 oven_1.0.orig.tar.gz.asc\n"
        f" {digest} {size} {file.name}\n"
    )
    path = folder / "oven_1.0-2.dsc"
    path.write_text(text)
    return path


def package(folder: Path, patches: Contents, **more: bytes) -> Path:
    """A .dsc of format 3.0 (quilt) with *patches*."""
    return write_dsc(folder, tar_bytes(debian(patches, **more)))
