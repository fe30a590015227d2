"""System calls that fail once: the preloaded library, and commands run under it."""

from __future__ import annotations

import errno
import json
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
KINDS = ("write", "rename", "fsync", "link", "open", "create", "mkdir")
"""As they are numbered in shim.c; ``create`` is an open that makes the file."""
ERRORS = {
    kind: (errno.ENOSPC, errno.EIO)
    if kind not in ("open", "create")
    else (errno.EIO, errno.EMFILE)
    if kind == "open"
    else (errno.ENOSPC, errno.EIO, errno.EMFILE)
    for kind in KINDS
}
"""The errors that each kind can end in (open(2), write(2) …)."""

_LAYOUT = struct.Struct(f"{len(KINDS)}q q q q q 1000s")


@dataclass(frozen=True)
class Fault:
    """The *at*-th call of *kind* fails with *error*."""

    kind: str
    at: int
    error: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.at}:{errno.errorcode[self.error]}"


@dataclass(frozen=True)
class Ran:
    """How a command ended; ``calls`` counts by kind; ``where`` is the call that failed, if any."""

    status: int
    out: str
    err: str
    calls: Mapping[str, int]
    where: str


class Machine:
    """Runs commands whose calls below some folders are counted, and may fail."""

    def __init__(self, folder: Path, below: Path) -> None:
        """Build the library in *folder*; count what happens *below*, scratch repositories too."""
        self.below = below
        self._folder = folder
        folder.mkdir(exist_ok=True)
        library = folder / "shim.so"
        compiler = shutil.which("cc")
        assert compiler, "a C compiler is needed: apt-get install gcc libc6-dev"
        flags = ["-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, "-o", library, SOURCE, "-ldl"], check=True)
        self._control = folder / "control"
        self._control.write_bytes(bytes(_LAYOUT.size))
        self._handle = self._control.open("r+b")
        self._map = mmap.mmap(self._handle.fileno(), _LAYOUT.size)
        env = {
            **os.environ,
            # by its name: a path with a space in it would be two libraries
            "LD_PRELOAD": library.name,
            "LD_LIBRARY_PATH": os.pathsep.join(
                filter(None, [str(folder), os.environ.get("LD_LIBRARY_PATH")])
            ),
            "FAULTS_CONTROL": str(self._control),
            "FAULTS_BELOW": str(below),
            "FAULTS_MEMORY": str(below / "memory"),
        }
        self._zygote = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            text=True,
        )

    def close(self) -> None:
        """End it."""
        self._zygote.communicate()
        self._map.close()
        self._handle.close()

    def run(
        self, argv: tuple[str, ...], cwd: Path, env: Mapping[str, str], fault: Fault | None = None
    ) -> Ran:
        """Run ``series ARGV`` to its end, with *fault* if there is one."""
        kind, at, error = (KINDS.index(fault.kind), fault.at, fault.error) if fault else (0, 0, 0)
        self._map[:] = _LAYOUT.pack(*[0] * len(KINDS), kind, at, error, 0, b"")
        out, err = self._folder / "out", self._folder / "err"
        asked = {"argv": argv, "cwd": str(cwd), "env": dict(env), "out": str(out), "err": str(err)}
        assert self._zygote.stdin
        assert self._zygote.stdout
        self._zygote.stdin.write(json.dumps(asked) + "\n")
        self._zygote.stdin.flush()
        status = int(self._zygote.stdout.readline())
        *seen, _, _, _, fired, where = _LAYOUT.unpack(self._map[:])
        calls = dict(zip(KINDS, seen, strict=True))
        named = where.rstrip(b"\0").decode() if fired else ""
        return Ran(status, out.read_text(), err.read_text(), calls, named)
