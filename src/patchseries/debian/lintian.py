"""lintian on a built package: its tags as findings, with those of the stock package marked."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from patchseries import process
from patchseries.model import Finding, Severity

_LINE = re.compile(
    r"(?P<letter>[EWIPCX]): (?P<package>\S+?)(?: (?P<kind>source|changes|buildinfo))?:"
    r" (?P<name>[a-z0-9+._-]+)(?P<context> .*)?"
)
_SEVERITY = {"E": Severity.ERROR, "W": Severity.WARNING}
_POINTER = re.compile(r"\[(?P<file>[^\]:]+)(?::\d+)?\]$")
_UPLOADER = ("no-nmu-in-changelog", "source-nmu-has-incorrect-version-number")
"""Tags that are about who uploads a package: its maintainers get none of them."""
_LIMIT = 900.0  # seconds: lintian needs some 15 for nova on a busy machine


class LintianProfile(StrEnum):
    """Whose rules to check by (lintian's ``--profile``)."""

    DEBIAN = "debian"
    UBUNTU = "ubuntu"


@dataclass(frozen=True, slots=True)
class LintianTag:
    """One tag: its severity letter, ``source`` or ``changes``, its name and context."""

    letter: str
    kind: str
    name: str
    context: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same tag in another version: where it points, else all it says.

        Not what it says there: a flaw in the packager's copyright file names our patches too.
        """
        return self.kind, self.name, self.file or self.context

    @property
    def file(self) -> str | None:
        """The file that the tag points to, if it does."""
        found = _POINTER.search(self.context)
        return found["file"] if found else None


def parse_tags(output: str) -> tuple[LintianTag, ...]:
    """The tags in lintian's output; other lines are passed over.

    >>> [tag] = parse_tags("W: nova source: no-homepage-field [debian/control:1]\\nN: a remark")
    >>> tag.name, tag.file
    ('no-homepage-field', 'debian/control')
    """
    found = (_LINE.fullmatch(line.rstrip()) for line in output.splitlines())
    return tuple(
        LintianTag(m["letter"], m["kind"] or "", m["name"], (m["context"] or "").strip())
        for m in found
        if m
    )


def run_lintian(changes: Path, profile: LintianProfile) -> tuple[LintianTag, ...]:
    """The tags (errors and warnings) of the package that *changes* names.

    :raises ProgramError: lintian is missing or fails
    """
    done = process.run(
        [
            "lintian",
            "--profile",
            profile,
            "--fail-on",
            "none",
            "--tag-display-limit",
            "0",
            "--allow-root",
            changes.name,  # it loses its way in a directory with letters beyond ASCII
        ],
        cwd=changes.parent,
        env={} if tempfile.gettempdir().isascii() else {"TMPDIR": "/tmp"},  # nor there
        timeout=_LIMIT,
    )
    return parse_tags(done.stdout.decode("utf-8", "replace"))


def check_package(changes: Path, stock: Path | None, profile: LintianProfile) -> list[Finding]:
    """What lintian says of our package: a tag that the stock package has too is only a note.

    :param stock: the .changes of the stock package; None when there is none
    """
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(run_lintian, path, profile) for path in (changes, stock) if path]
        tags, *theirs = [job.result() for job in jobs]
    return findings(tags, theirs[0] if theirs else ())


def findings(tags: Iterable[LintianTag], stock: Iterable[LintianTag]) -> list[Finding]:
    """*tags* as findings; those that are in *stock* too as notes that say so."""
    known = {tag.key for tag in stock}
    found = []
    for tag in tags:
        theirs = tag.key in known
        is_note = theirs or tag.name in _UPLOADER
        words = f"{tag.name} {tag.context}".strip()
        found.append(
            Finding(
                code=f"lintian-{tag.name}",
                severity=Severity.NOTE if is_note else _SEVERITY.get(tag.letter, Severity.NOTE),
                message=f"{words} (in the stock package too)" if theirs else words,
                file=tag.file,
                hint=None if theirs else f"lintian-explain-tags {tag.name}",
            )
        )
    return found
