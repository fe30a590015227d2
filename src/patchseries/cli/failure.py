"""How a command fails: one line, the right exit status, no traceback."""

from __future__ import annotations

import io
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click

from patchseries.cli import streams
from patchseries.cli.terminal import note_text, say, show_json
from patchseries.environment import complete, scrub
from patchseries.errors import ExitCode, ProgramError, SeriesError, UsageError
from patchseries.redaction import redacted
from patchseries.visible import visible

_LONGEST = 900
"""Characters of a line that is shown; the end of a longer one, with its hint, is shown too."""


def exit_status(run: Callable[[], Any], argv: Sequence[str], environ: Any) -> int:
    """Call *run* and turn its end into an exit status, saying on stderr what went wrong.

    With ``--json`` among *argv* an error is also a document on standard output.
    """
    scrub(environ)
    complete(environ)
    as_json = "--json" in argv
    status = None
    try:
        done = run()
        status = done if isinstance(done, int) else ExitCode.OK
        streams.flush()
        return status
    except streams.OutputError as error:
        return _unwritten(error, status)
    except BaseException as error:
        status = _failed(error, as_json)
    with suppress(streams.OutputError):
        streams.flush()
    return status


def _unwritten(error: streams.OutputError, status: int | None) -> int:
    """The output of a command was lost; *status* is its own, when it came to its end."""
    if not streams.unread(error):
        return _fail(error, as_json=False)
    if status is None:
        streams.end_as_broken_pipe()
    return status or ExitCode.OK


def _failed(error: BaseException, as_json: bool) -> int:
    """Say what *error* means; the exit status.

    :raises BaseException: it is none that is told here
    """
    if isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError):
        error = error.__context__  # click leaves without a word, whichever pipe it was
    try:
        raise error
    except SeriesError as known:
        return _fail(known, as_json)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return _interrupted()
    except click.ClickException as usage:
        return _wrong_usage(usage, as_json)
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as refused:
        return _fail(_refused(refused), as_json)
    except Exception as bug:
        return _bug(bug, as_json)


def _interrupted() -> int:
    say("interrupted; nothing was left half written")
    return ExitCode.INTERRUPTED


def _wrong_usage(error: click.ClickException, as_json: bool) -> int:
    if as_json:
        context = getattr(error, "ctx", None)
        path = " ".join(["series", *context.command_path.split()[1:]]) if context else "series"
        hint = f"`{path} --help` shows the usage"
        with suppress(streams.OutputError):
            known = UsageError(_shortened(error.format_message()), hint=hint)
            show_json(error_document(known), ok=False)
    words = io.StringIO()
    error.show(words)
    lines = words.getvalue().rstrip().split("\n")  # they repeat words of the command line
    note_text("\n".join(map(_shortened, lines)))
    return ExitCode.USAGE


def as_error(error: Exception) -> SeriesError:
    """What *error*, whatever it is, says in a report; a command that fails with it says more."""
    if isinstance(error, SeriesError):
        return error
    if isinstance(error, OSError):
        return _refused(error)
    return SeriesError(f"a bug in series ({type(error).__name__})", exit_code=ExitCode.BUG)


def _refused(error: OSError) -> SeriesError:
    where = f" {error.filename}" if error.filename else ""
    return ProgramError(f"the system reports:{where} {error.strerror or error}")


def _fail(error: SeriesError, as_json: bool) -> int:
    if as_json:
        with suppress(streams.OutputError):  # the exit status is that of the error
            show_json(error_document(error), ok=False)
    return tell(error)


def tell(error: SeriesError, about: str = "") -> int:
    """Say *error* on stderr; its exit status.

    :param about: what it is an error of, where a command does several things
    """
    for line in error.lines:
        words = f"{about}: {line}" if about else line
        say("\n".join(map(_shortened, words.split("\n"))))
    return error.exit_code


def error_document(error: SeriesError) -> dict[str, Any]:
    """What ``--json`` says of *error*."""
    return {"error": {"message": error.message, "cause": error.cause, "hint": error.hint}}


def _shortened(line: str) -> str:
    """*line*, which may repeat a stranger's text, in a length that can be read."""
    line = visible(line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"


def _bug(error: Exception, as_json: bool) -> int:
    message = f"a bug in series ({type(error).__name__}); {_kept_traceback(error)}"
    return _fail(SeriesError(message, exit_code=ExitCode.BUG), as_json)


def _kept_traceback(error: Exception) -> str:
    """Where the traceback of *error* is: in a log file, or in short here."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="series-bug-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(redacted("".join(traceback.format_exception(error))))
    except OSError as refused:
        last = traceback.extract_tb(error.__traceback__)[-1]
        why = refused.strerror or refused
        return f"at {last.filename}:{last.lineno}; no log was written ({why})"
    return f"its traceback is in {log.name}"
