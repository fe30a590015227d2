"""The commits of a history, streamed from one `git log`: no tree or file is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from patchseries import process
from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.git.environment import ISOLATED

_FORMAT = "%H%x00%P%x00%an <%ae>%x00%s%x00%B"
_FIELDS = 5
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """One commit as the log tells it; ids in hexadecimal, text as UTF-8."""

    commit: str
    parents: tuple[str, ...]
    author: str
    subject: str
    message: str


def read_log(
    repository: Repository, tips: Iterable[str], without: Iterable[str] = ()
) -> Iterator[LoggedCommit]:
    """The commits that *tips* contain and *without* do not, parents before children.

    :raises ProgramError: git failed (a tip is not there, the history is damaged)
    """
    wanted = [*tips, *(f"^{tip}" for tip in without)]
    if not wanted:
        return  # git would take HEAD
    # Whatever the commit's own encoding, -z and UTF-8 make the fields safe to split at NUL.
    argv = [
        "git",
        f"--git-dir={repository.git_dir}",
        "log",
        "--stdin",
        "-z",
        "--reverse",
        "--topo-order",
        "--no-show-signature",
        "--encoding=UTF-8",
        f"--format=tformat:{_FORMAT}",
    ]
    with process.start(argv, cwd=repository.git_dir, env=ISOLATED) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        try:
            _ask(git.stdin, wanted)
            yield from _commits(git.stdout)
        except BaseException:
            git.kill()
            raise
    if git.returncode:
        raise ProgramError(
            f"git log failed with status {git.returncode} in {repository.shown}",
            hint="run `git fsck` on that repository",
        )


def count_commits(repository: Repository, tips: Iterable[str], without: Iterable[str] = ()) -> int:
    """How many commits :func:`read_log` gives.

    :raises ProgramError: as there
    """
    wanted = [*tips, *(f"^{tip}" for tip in without)]
    if not wanted:
        return 0
    lines = "".join(f"{line}\n" for line in wanted).encode()
    return int(repository.run("rev-list", "--count", "--stdin", stdin=lines).stdout)


def _ask(stdin: IO[bytes], wanted: Sequence[str]) -> None:
    try:
        stdin.write("".join(f"{line}\n" for line in wanted).encode())
        stdin.close()
    except BrokenPipeError:
        pass  # git's exit status tells why


def _commits(stdout: IO[bytes]) -> Iterator[LoggedCommit]:
    rest = b""
    fields: list[bytes] = []
    while chunk := stdout.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        fields += whole
        used = len(fields) - len(fields) % _FIELDS
        for start in range(0, used, _FIELDS):
            yield _commit(fields[start : start + _FIELDS])
        del fields[:used]


def _commit(fields: list[bytes]) -> LoggedCommit:
    commit, parents, author, subject, message = (f.decode("utf-8", "replace") for f in fields)
    return LoggedCommit(commit, tuple(parents.split()), author, subject, message)
