"""What is counted by a script of ours in a project's own code."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path

from effects.running import PYTHON2, command

PORTS = 40


@cache
def agent(python: Path, tree: Path) -> dict[str, float]:
    """What quantum's OVS agent runs and calls for 40 ports."""
    return _counts(python, tree, "agent_calls.py", str(PORTS))


@cache
def libvirt_calls(python: Path, tree: Path) -> dict[str, float]:
    """The calls of libvirt for one launch, by name; getLibVersion asks whether it is there."""
    return _counts(python, tree, "libvirt_calls.py")


def _counts(python: Path, tree: Path, script: str, *words: str) -> dict[str, float]:
    argv = [*command(python, tree, str(PYTHON2 / script)), *words]
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=True, timeout=600)
    return {str(name): float(number) for name, number in json.loads(done.stdout).items()}
