"""What is reported where a series could not be checked at all, so that a CI service has it too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from patchseries.checks.rule import error
from patchseries.errors import SeriesError
from patchseries.manifest.problems import ManifestError
from patchseries.model import Finding

NOT_CHECKED = error(
    "not-checked",
    "the series could not be checked",
    "The manifest, the lock or the configuration is wrong, an upstream cannot be reached, or a "
    "program is missing. No rule has looked at the series, so nothing is known of it.",
    "correct what the message names, and check again",
)

RULES = (NOT_CHECKED,)


def unfinished(error: SeriesError, root: Path, manifest_file: str | None) -> Iterator[Finding]:
    """The findings that *error* is: one, or one for each problem of a manifest.

    :param root: the project's directory, which their files are relative to
    :param manifest_file: the file that is named where the error names none; below *root*
    """
    if isinstance(error, ManifestError):
        file = _below(root, error.filename)
        for problem in error.problems:
            key = f"{problem.key}: " if problem.key else ""
            yield NOT_CHECKED.finding(f"{key}{problem.message}", file=file, line=problem.line)
        return
    cause = f" ({' '.join(error.cause.split())})" if error.cause else ""
    words = error.message + cause
    if error.place is None:
        yield NOT_CHECKED.finding(words, file=manifest_file, hint=error.hint)
        return
    file, line = error.place
    yield NOT_CHECKED.finding(words, file=_below(root, file), line=line, hint=error.hint)


def _below(root: Path, path: str) -> str:
    """*path* below *root*, as services that read the findings know it."""
    relative = os.path.relpath(root / path, root)
    return path if relative.startswith("..") else relative
