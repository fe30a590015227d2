"""Requests to a running git, so that half an answer is never taken for the next one.

git works on an answer while the caller does something else: a request is written first, and its
answer is read when it is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Generic, TypeVar

from patchseries.errors import ProgramError
from patchseries.process import CoProcess, Process, Result

T = TypeVar("T")

MENDING = (
    "run `series fetch`, which fetches a damaged cache again; if that does not help, the upstream "
    "or its mirror is damaged: run `git fsck` in a clone of it"
)
"""What to do about an object that git cannot read."""


def check_alternates(verb: str, done: Result) -> None:
    """See that git could read its alternates: it goes on as if all that they have were missing.

    :raises ProgramError: it could not
    """
    if re.search(rb"unable to access '[^\n]*/info/alternates'", done.stderr):
        raise ProgramError(
            f"git {verb} could not read what it needs", cause=done.words, hint=MENDING
        )


class Future(Generic[T]):
    """The answer to a request: still to come, or read."""

    def __init__(self, read: Callable[[], T]) -> None:
        """Read the answer by *read*, once."""
        self._read = read
        self._answers: list[T] = []
        self._error: ProgramError | None = None

    def result(self) -> T:
        """The answer; waits for it the first time.

        :raises ProgramError: git ended (a missing object, say) instead of answering
        """
        if self._error is not None:
            raise self._error
        if not self._answers:
            try:
                self._answers.append(self._read())
            except ProgramError as error:
                self._error = error
                raise
        return self._answers[0]


class Channel(Generic[T]):
    """A git that answers requests on its pipes, in their order."""

    def __init__(self, git: CoProcess, verb: str, read: Callable[[IO[bytes]], T]) -> None:
        """Talk to *git*; *verb* is its command, for an error's words; *read* reads one answer."""
        self._git = git
        self._verb = verb
        self._read = read
        self._last: Future[T] | None = None

    def submit(self, request: bytes, doing: str) -> Future[T]:
        """Send *request*; *doing* says what it is about, for an error's words.

        :raises ProgramError: git cannot be started, or ended
        """
        if self._last is not None:
            self._settle(self._last)
        running = self._git.running()
        assert running.stdin is not None
        with self._unbroken(doing):
            running.stdin.write(request)
            running.stdin.flush()
        self._last = Future(lambda: self._answer(running, doing))
        return self._last

    def close(self) -> None:
        """End git, if it runs."""
        self._last = None
        self._git.close()

    def _settle(self, future: Future[T]) -> None:
        """Read the answer that stands before the next one; who waits for it gets its error."""
        try:
            future.result()
        except ProgramError:
            pass

    def _answer(self, running: Process, doing: str) -> T:
        assert running.stdout is not None
        with self._unbroken(doing):
            answer = self._read(running.stdout)
        # git goes on without an object that it cannot read, and answers as if it were empty
        if complaint := self._git.complaint():
            self.close()
            raise ProgramError(
                f"git {self._verb} could not read what it needs",
                cause=f"{doing}: {complaint}",
                hint=MENDING,
            )
        return answer

    @contextmanager
    def _unbroken(self, doing: str) -> Iterator[None]:
        """Around what is written to git or read from it; whatever interrupts it ends git."""
        try:
            yield
        except (OSError, EOFError, ValueError) as error:  # ValueError: its pipes are closed
            self.close()
            raise ProgramError(
                f"git {self._verb} ended unexpectedly",
                cause=f"{doing}: is an object missing?",
                hint=MENDING,
            ) from error
        except BaseException:
            self.close()
            raise
