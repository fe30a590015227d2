"""Signing a package, uploading it, building binaries from it.

Each runs the user's own program with the user's own configuration and environment.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from patchseries import process
from patchseries.debian.record import remember_files
from patchseries.debian.request import SourcePackage
from patchseries.environment import Inherit
from patchseries.errors import ProgramError, SeriesError
from patchseries.files import explained, sha256, staging, write_atomic
from patchseries.redaction import redacted

_LOG = "build.log"


def sign(package: SourcePackage, key: str) -> SourcePackage:
    """Sign .dsc, .buildinfo and .changes with *key* (debsign); the package with its new sums.

    It happens in a copy: what is in the directory is signed altogether or not at all.

    :raises ProgramError: debsign is missing, or has no such key
    """
    if key.startswith("-"):
        raise SeriesError(f"not a key: {key!r}")
    files = [package.directory / name for name in package.files]
    with staging(package.directory.parent) as stage:
        with explained("copy the package"):
            for path in files:
                (stage / path.name).write_bytes(path.read_bytes())
        process.run(
            ["debsign", "--no-conf", f"-k{key}", "--re-sign", package.changes],
            cwd=stage,
            inherit=Inherit.ALL,
        )
        signed = {name: (stage / name).read_bytes() for name in package.files}
    for name, data in signed.items():
        write_atomic(package.directory / name, data)
    made = replace(package, files={name: sha256(data) for name, data in signed.items()})
    remember_files(made)
    return made


_BEFORE = re.compile(r"already (?:been )?uploaded", re.I)
_UNKNOWN = re.compile(r"given host, but we don't know about it|no host .* found in config", re.I)
_UNSIGNED = re.compile(r"no signature on|is not signed", re.I)


class Handed(StrEnum):
    """What happened to a package that was to be uploaded."""

    UPLOADED = "uploaded"
    SIMULATED = "simulated"
    THERE_BEFORE = "there-before"
    """dput's own record beside the package says that it went there earlier; nothing was sent."""


def publish(changes: Path, target: str, *, dry_run: bool = False) -> tuple[Handed, str]:
    """Hand *changes* to dput-ng (or dput) for *target*, as the user configured it.

    *dry_run* only simulates. Returns what happened, and dput's output.

    :raises ProgramError: dput is missing or refuses
    """
    if target.startswith("-"):
        raise SeriesError(f"not a target: {target!r}")
    simulate = ["--simulate"] if dry_run else []
    try:
        done = process.run(
            ["dput", *simulate, target, changes], cwd=changes.parent, inherit=Inherit.ALL
        )
    except ProgramError as error:
        words = error.cause or error.message
        if _BEFORE.search(words):
            return Handed.THERE_BEFORE, words
        raise ProgramError(
            f"{changes.name} was not uploaded to {target}",
            cause=words.splitlines()[-1] if "Traceback" in words else words,
            hint=error.hint or _hint(words, target),
        ) from error
    words = redacted((done.stdout + done.stderr).decode("utf-8", "replace").strip())
    return Handed.SIMULATED if dry_run else Handed.UPLOADED, words


def _hint(words: str, target: str) -> str:
    """What to do about a refusal that dput gives *words* for."""
    if _UNKNOWN.search(words):
        return f"put a section [{target}] into ~/.dput.cf"
    if _UNSIGNED.search(words):
        return "sign the packages with `series build --sign KEY`"
    return f"correct that, or the section [{target}] of your dput configuration"


def build_binary(package: SourcePackage, command: str) -> Path:
    """Run the user's builder *command* (``sbuild -d precise``) on the .dsc; the path of its log.

    The log lies beside the package also when the builder fails.

    :raises ProgramError: the builder is missing or fails
    """
    words = shlex.split(command)
    if not words:
        raise SeriesError("no builder is named", hint="such as --binary 'sbuild -d precise'")
    log = package.directory / _LOG
    every = range(-64, 256)
    done = process.run(
        [*words, package.dsc], cwd=package.directory, accept=every, inherit=Inherit.ALL
    )
    write_atomic(log, done.stdout + done.stderr)
    if done.status:
        raise ProgramError(f"{words[0]} ended with status {done.status}", hint=f"its log is {log}")
    return log
