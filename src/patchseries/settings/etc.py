"""The files of a host's /etc as an audit sees them, and which of them each daemon reads.

Source of the order: oslo.config 1.1.1, in which the directory of ``--config-dir`` wins over every
``--config-file``, wherever it stands; the command lines are those of upstart and systemd.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

_JOBS = ("init", "systemd/system", "init.d", "default")
_GIVEN = re.compile(r"--config-(file|dir)(?:=|[ \t]+)[\"']?/etc/([A-Za-z0-9_./+-]+)")
_MOST_FILES = 200
"""Files that one daemon reads at most."""


class UnreadableError(ValueError):
    """Words on a file that is there and cannot be read."""


class EtcFiles(Protocol):
    """The files below /etc: of this host, of a copy, or of an archive."""

    def read(self, path: str) -> str | None:
        """The text of a file, its bytes as surrogates where they are no UTF-8; None: none is there.

        :raises UnreadableError: it cannot be read
        """

    def names(self, directory: str) -> list[str]:
        """The names in a directory, sorted; none of one that is not there.

        :raises UnreadableError: it cannot be read
        """


@dataclass(frozen=True, slots=True)
class DaemonFiles:
    """The files below /etc that a daemon reads, the last one wins; None: no job names it."""

    daemon: str | None
    files: tuple[str, ...]


def daemons_reading(etc: EtcFiles, file: str, names: Collection[str] = ()) -> list[DaemonFiles]:
    """Each daemon that reads *file*, with all that it reads; of *names* alone, if one is there.

    A daemon is a job of upstart, systemd or SysV; one whose command names no file reads those that
    are called after the project and itself. Where no job reads *file*, it is taken for one that a
    daemon reads with what lies in ``conf.d`` beside it.

    :raises UnreadableError: a job cannot be read
    """
    top = file.partition("/")[0]
    reading = [one for one in _daemons(etc, top) if file in one.files]
    reading = [one for one in reading if one.daemon in names] or reading
    return reading or [DaemonFiles(None, (file, *_fragments(etc, f"{top}/conf.d")))]


def unread_fragment(etc: EtcFiles, fragment: str) -> bool:
    """Whether jobs of the project are there, and none reads the directory of *fragment*.

    :raises UnreadableError: a job cannot be read
    """
    daemons = _daemons(etc, fragment.partition("/")[0])
    return bool(daemons) and not any(fragment in one.files for one in daemons)


def _daemons(etc: EtcFiles, top: str) -> list[DaemonFiles]:
    """The daemons whose jobs are called after the project *top*, by name."""
    jobs: dict[str, str] = {}
    for directory in _JOBS:
        for name in etc.names(directory):
            stem = re.sub(r"\.(conf|service|override)$", "", name)
            # what lies in /etc/default alone is no daemon
            known = stem in jobs or directory != "default"
            if known and (stem == top or stem.startswith(f"{top}-")):
                jobs[stem] = f"{jobs.get(stem, '')}\n{etc.read(f'{directory}/{name}') or ''}"
    return [DaemonFiles(stem, tuple(_files(etc, top, stem, jobs[stem]))) for stem in sorted(jobs)]


def _files(etc: EtcFiles, top: str, stem: str, job: str) -> Iterator[str]:
    """What the command line in a job reads: files as they stand, then directories."""
    plain = "\n".join(line for line in job.split("\n") if not line.lstrip().startswith("#"))
    given = [(one[1], one[2]) for one in _GIVEN.finditer(plain)][:_MOST_FILES]
    named = [path for kind, path in given if kind == "file"]
    yield from dict.fromkeys(named or (f"{top}/{top}.conf", f"{top}/{stem}.conf"))
    for path in dict.fromkeys(path for kind, path in given if kind == "dir"):
        yield from _fragments(etc, path.rstrip("/"))


def _fragments(etc: EtcFiles, directory: str) -> list[str]:
    names = [name for name in etc.names(directory) if name.endswith(".conf")]
    return [f"{directory}/{name}" for name in names[:_MOST_FILES]]
