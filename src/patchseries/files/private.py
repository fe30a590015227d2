"""Directories that are the user's alone: the cache, and the state."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from patchseries.errors import ExitCode, SeriesError
from patchseries.files import explained


def private_directory(path: Path, what: str, variable: str) -> None:
    """Make *path* a directory that is the user's alone, or see that it is; see check_private.

    :raises SeriesError: it cannot be made, or is not the user's alone
    """
    with explained(f"make {what}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    check_private(path, what, variable)


def check_private(path: Path, what: str, variable: str) -> None:
    """See that *path* is a directory of the user who runs, and that nobody else may write there.

    One that others may read is closed to them.

    :param what: what the directory is, for an error's words
    :param variable: the environment variable that names another one
    :raises SeriesError: another user owns it, or could have put something there
    """
    with explained(f"use {what}"):
        if fault := private_fault(path, what, variable):
            raise fault
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)


def private_fault(path: Path, what: str, variable: str) -> SeriesError | None:
    """Why *path* cannot be trusted to be the user's alone, or None; see :func:`check_private`.

    :raises OSError: there is nothing at *path*, or it cannot be looked at
    """
    instead = f"set {variable} to a directory of your own"
    there = path.stat()
    if not stat.S_ISDIR(there.st_mode):
        return _not_private(f"{what} {path} is not a directory", instead)
    if there.st_uid != os.geteuid():
        return _not_private(f"{what} {path} belongs to another user", instead)
    if there.st_mode & 0o022:
        hint = f"delete it; or, if you know everything in it, run `chmod 700 {path}`"
        return _not_private(f"{what} {path} can be written by other users", hint)
    return None


def _not_private(message: str, hint: str) -> SeriesError:
    return SeriesError(message, hint=hint, exit_code=ExitCode.INVALID)
