"""The tests of a project, ready to run: its command, its environment, what results depend on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from patchseries import process
from patchseries.environment import Inherit
from patchseries.errors import ExitCode, ProgramError, SeriesError
from patchseries.files import explained, read_file, remove, sha256, write_atomic
from patchseries.manifest.suite import SuiteTable
from patchseries.progress import ProgressCallback

_VERSION = "1"
"""Of what is kept: results of another version of this program's own reading do not count."""
_LONGEST_SETUP = 6 * 3600.0  # seconds
_UNCOUNTED = {"select", "files", "known_failures"}
"""Keys of the table that no result depends on."""


@dataclass(frozen=True)
class Suite:
    """How the tests of one project are run.

    :ivar root: the project folder
    :ivar home: where environments are kept
    :ivar wrap: the words before the command
    """

    table: SuiteTable
    root: Path
    home: Path
    wrap: tuple[str, ...] = ()

    @cached_property
    def environment(self) -> Path | None:
        """The directory that ``setup`` makes, named for all that it depends on; None: none."""
        if self.table.setup is None:
            return None
        inputs = [self._digest(name) for name in self.table.setup_inputs]
        key = sha256(json.dumps([_VERSION, self.table.setup, inputs]).encode())
        return self.home / key[:16] / "environment"

    @cached_property
    def digest(self) -> str:
        """What a result depends on, besides the tree and the file of tests."""
        return self._digest_of(self.table.model_dump(mode="json", exclude=_UNCOUNTED), self.wrap)

    @cached_property
    def question(self) -> str:
        """What the outcome for a whole target depends on, besides its trees."""
        known = self.table.known_failures
        return self._digest_of(
            self.table.model_dump(mode="json"), [self._digest(known)] if known else []
        )

    def _digest_of(self, table: dict[str, Any], others: Sequence[str]) -> str:
        inputs = [self._digest(name) for name in self.table.inputs]
        where = self.environment.parent.name if self.environment else ""
        return sha256(json.dumps([_VERSION, table, inputs, where, *others]).encode())

    def _digest(self, name: str) -> str:
        return sha256(project_file(self.root, name))

    def known_failures(self) -> dict[str, str]:
        """Why tests fail on stock, by the beginning of their ids, as the file says."""
        if self.table.known_failures is None:
            return {}
        text = project_file(self.root, self.table.known_failures).decode("utf-8", "replace")
        lines = [line.split(maxsplit=1) for line in text.splitlines() if line[:1] != "#"]
        return {words[0]: words[1].strip() for words in lines if len(words) == 2}

    def set_up(self, progress: ProgressCallback) -> None:
        """Make the environment, if it is not there: this runs the manifest's command.

        :raises ProgramError: the command failed
        """
        if self.environment is None or self.table.setup is None:
            return
        kept = self.environment.parent
        with explained("make the environment"):
            kept.mkdir(parents=True, exist_ok=True)
        with FileLock(kept / "lock"):
            if (kept / "ready").is_file():
                return
            progress("setting up the environment of the tests")
            remove(self.environment)
            words = {"environment": str(self.environment), "root": str(self.root)}
            argv = replaced(self.table.setup, words)
            try:
                process.run(
                    argv,
                    cwd=self.root,
                    timeout=_LONGEST_SETUP,
                    inherit=Inherit.ALL,
                    on_stderr=progress,
                )
            except ProgramError as error:
                hint = "run the command `setup` of the manifest by hand"
                raise ProgramError(
                    f"the environment of the tests could not be set up: {error.message}",
                    cause=error.cause and error.cause[-500:],
                    hint=hint,
                ) from error
            write_atomic(kept / "ready", b"")


def replaced(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """A command with each ``{name}`` of *values* replaced."""
    names = re.compile("|".join(rf"\{{{name}\}}" for name in values))
    return [names.sub(lambda match: values[match[0][1:-1]], word) for word in words]


def project_file(root: Path, name: str) -> bytes:
    """The bytes of a file of the project folder that the manifest names.

    :raises SeriesError: there is none, or a link on the way leads elsewhere
    """
    path = root / name
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise SeriesError(f"the manifest names {name}, which leads out of the project folder")
        return read_file(path)
    except OSError as error:
        raise SeriesError(
            f"the manifest names {name}, which cannot be read",
            cause=error.strerror,
            exit_code=ExitCode.INVALID,
        ) from error
