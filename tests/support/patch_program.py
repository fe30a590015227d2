"""GNU patch, run as dpkg-source runs it: what our own applying must agree with."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from support.tools import need

_ARGS = [
    "-t",
    "-F",
    "0",
    "-N",
    "-u",
    "-V",
    "never",
    "-E",
    "-r",
    "-",
    "-s",
    "--no-backup-if-mismatch",
]


def patch_program(
    folder: Path, files: Mapping[str, bytes], patch: bytes, strip: int = 1
) -> dict[str, bytes] | None:
    """The files after ``patch -F0``, or None when it refuses."""
    need("patch")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    done = subprocess.run(
        ["patch", *_ARGS, f"-p{strip}"], cwd=folder, input=patch, capture_output=True, check=False
    )
    if done.returncode:
        return None
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
