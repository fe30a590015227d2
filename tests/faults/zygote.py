"""Runs commands in forked children, with all modules loaded: a run costs what the command costs.

Reads one JSON object a line on stdin (argv, cwd, env, out: the file of both streams), and answers
with the exit status.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from patchseries import cli
from patchseries.__main__ import main
from patchseries.cli import COMMANDS, group
from patchseries.git import temporary
from patchseries.pipeline.programdigest import program_digest

HEAVY = (
    "rich.console",
    "rich.status",
    "git",
    "tomlkit",
    "unidiff",
    "debian.changelog",
    "patchseries.pipeline.run",
    "patchseries.pipeline.checking",
    "patchseries.pipeline.edit.refresh",
    "patchseries.pipeline.conflict.resolve",
)
"""What commands import late: once for all children."""


def run(asked: dict[str, Any]) -> None:
    """Be the process of one command; never returns."""
    status = 99
    try:
        os.chdir(asked["cwd"])
        os.environ.update(asked["env"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor, name in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), descriptor)
        sys.argv = ["series", *asked["argv"]]
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def serve() -> None:
    """Answer until stdin ends."""
    run_words = cli.run
    for name in COMMANDS:
        group.get_command(None, name)  # type: ignore[arg-type]
    for heavy in HEAVY:
        importlib.import_module(heavy)
    temporary._MEMORY = Path(os.environ["FAULTS_MEMORY"])  # nobody else's are looked at
    cli.run = run_words  # the module of `series run` has its name now
    program_digest()  # of this program and this git: the same in every command
    gc.freeze()  # a child that looks for garbage would copy all of it
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
