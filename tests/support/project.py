"""A project folder with the demonstration's series, and ``series`` run in it as a user does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patchseries.demo import create

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Project:
    """A folder that ``series`` is run in, with a cache and mirrors beside it."""

    root: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run ``series`` with *args* to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "patchseries", *args],
            cwd=self.root,
            env=self.environment | dict(env or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        """What a command of this project sees."""
        return {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY / "src"),
            "SERIES_CACHE": str(self.root / "cache"),
            "SERIES_STATE": str(self.root / "state"),
            "SERIES_MIRRORS": str(self.root / "mirrors"),
            "DEBFULLNAME": "Test Packager",
            "DEBEMAIL": "packager@test.invalid",
            **self.env,
        }

    def text(self, path: str) -> str:
        """The file *path* of the project."""
        return (self.root / path).read_text()

    def state(self) -> dict[str, bytes]:
        """Every file a user would commit."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for top in ("series", "patches")
            for path in sorted((self.root / top).rglob("*"))
            if path.is_file()
        }


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Its one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def demo_project(root: Path) -> Project:
    """The demonstration's series in the new folder *root*, nothing ported yet."""
    create(root / "mirrors")
    (root / "series").mkdir(parents=True)
    shutil.copy(REPOSITORY / "series" / "demo.toml", root / "series" / "demo.toml")
    return Project(root)
