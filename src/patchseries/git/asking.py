"""Asking a running git one question, so that half an answer is never taken for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from patchseries.errors import ProgramError
from patchseries.process import CoProcess


@contextmanager
def asking(git: CoProcess, verb: str, doing: str) -> Iterator[None]:
    """Around a question to *git* and its answer; whatever interrupts it ends the process.

    :param verb: the git command, and *doing* what it was asked, for the error's words
    :raises ProgramError: git ended (a missing object, say) instead of answering
    """
    try:
        yield
    except (OSError, EOFError) as error:
        git.close()
        raise ProgramError(
            f"git {verb} ended without an answer",
            cause=f"{doing}: is an object missing?",
            hint="run `series fetch` again",
        ) from error
    except BaseException:
        git.close()
        raise
