"""How a command ends when it does not end well: one line, the right status, no traceback."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import click

from patchseries.errors import ExitCode, SeriesError
from patchseries.process import scrub


def exit_status(run: Callable[[], Any], argv: Sequence[str], environ: Any) -> int:
    """Call *run* and turn its end into an exit status, saying on stderr what went wrong.

    With ``--json`` among *argv* an error is also a document on standard output.
    """
    scrub(environ)
    as_json = "--json" in argv
    try:
        status = run()
        sys.stdout.flush()
        return int(status) if isinstance(status, int) else ExitCode.OK
    except SeriesError as error:
        return _fail(error, as_json)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        print("series: interrupted; nothing was left half written", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        words = f"the system refused:{where} {error.strerror or error}"
        return _fail(SeriesError(words, exit_code=ExitCode.PROGRAM), as_json)
    except Exception:
        return _bug(as_json)


def _fail(error: SeriesError, as_json: bool) -> int:
    for line in str(error).splitlines():
        print(f"series: {line}", file=sys.stderr)
    if as_json:
        _print_error(error.message, error.cause, error.hint)
    return error.exit_code


def _print_error(message: str, cause: str | None, hint: str | None) -> None:
    told = {"message": message, "cause": cause, "hint": hint}
    print(json.dumps({"schema": 1, "ok": False, "error": told}))


def _bug(as_json: bool) -> int:
    with tempfile.NamedTemporaryFile(
        "w", prefix="series-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exc(file=log)
    kind = sys.exc_info()[0]
    name = kind.__name__ if kind else "error"
    message = f"a bug in series ({name}); its traceback is in {log.name}"
    print(f"series: {message}", file=sys.stderr)
    if as_json:
        _print_error(message, None, None)
    return ExitCode.BUG
