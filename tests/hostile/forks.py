"""Runs ``series`` again and again without starting Python each time: a process of its own a run.

It has all of the package imported and forks for each request, so that a command starts in a few
milliseconds and still has an environment, streams and a directory of its own. What depends on the
program alone (its digest, the compiled page) is worked out before, too. Requests are lines of JSON
on standard input, as are the answers on standard output.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import sys
import tempfile
import time
from typing import Any, NoReturn

_LATE = (
    "debian.deb822",
    "debian.changelog",
    "requests",
    "pygments.lexers",
    "sqlite3",
    "filelock",
    "multiprocessing.pool",
    "concurrent.futures.thread",
    "encodings.idna",
)
"""What the package imports only when it is needed."""


_MEMORY = 3 << 30
"""Bytes of a command's address space: what reads without end ends by this."""


def main() -> None:
    """Answer requests until there are no more."""
    _import_all()
    _work_out()
    gc.freeze()  # a child that looks for garbage would copy all of it
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _import_all() -> None:
    import patchseries

    for module in pkgutil.walk_packages(patchseries.__path__, "patchseries."):
        if ".upstreams" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    importlib.import_module("patchseries.__main__")
    for name in _LATE:
        importlib.import_module(name)


def _work_out() -> None:
    """What is the same in every command: the digest holds for this search path."""
    from patchseries.pipeline.programdigest import program_digest
    from patchseries.report import html

    program_digest()
    html._template()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Run one command to its end, or kill it and all that it started after ``patience`` seconds."""
    pid = os.fork()
    if pid == 0:
        _command(asked)
    end = time.monotonic() + asked["patience"]
    hung = False
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        time.sleep(0.002)
        if not hung and time.monotonic() > end:
            hung = True
            os.killpg(pid, 9)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": used.ru_utime + used.ru_stime,
        "hung": hung,
    }


def _forget() -> None:
    """Let a command find its git and work out the digest itself."""
    from patchseries import process
    from patchseries.pipeline.programdigest import program_digest

    process.identity.cache_clear()
    program_digest.cache_clear()


def _command(asked: dict[str, Any]) -> NoReturn:
    status = 99
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        _take_streams(asked["out"], asked["err"])
        os.chdir(asked["cwd"])
        if asked["env"]["PATH"] != os.environ["PATH"]:  # another git, perhaps
            _forget()
        os.environ.clear()
        os.environ.update(asked["env"])
        time.tzset()
        tempfile.tempdir = None
        sys.argv = ["series", *asked["argv"]]
        from patchseries.__main__ import main as command

        try:
            command()
        except SystemExit as done:
            status = int(done.code or 0)
        sys.stdout.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _take_streams(out: str, err: str) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    sys.stdin = os.fdopen(0, closefd=False)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.close(null)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


if __name__ == "__main__":
    main()
