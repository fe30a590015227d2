"""How a project's own tests are run: the table ``[project.NAME.tests]``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from patchseries.manifest.source import Table
from patchseries.manifest.values import ProjectFile

_MOST_WORDS = 200
_LONGEST_WORD = 4000
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
PLACEHOLDERS = ("tree", "tests", "results", "except", "environment", "root")
"""What may stand in braces in a command; anything else in braces is refused."""


def _word(text: str) -> str:
    if not text or len(text) > _LONGEST_WORD or "\n" in text:
        raise ValueError(f"expected a word of 1 to {_LONGEST_WORD} characters, in one line")
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise ValueError(f"{{{name}}} is not a placeholder; expected one of {known}")
    return text


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(words) <= _MOST_WORDS:
        raise ValueError(f"expected a command of 1 to {_MOST_WORDS} words")
    return words


Command = Annotated[tuple[Annotated[str, AfterValidator(_word)], ...], AfterValidator(_command)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=7 * 24 * 3600)]
Mebibytes = Annotated[int, Field(strict=True, ge=16, le=1 << 20)]

Format = Literal["junit", "subunit", "tap", "pytest", "exit-status"]
"""What a command writes; with ``exit-status`` a run of the command is one test."""


class SuiteTable(Table):
    """The command that runs a project's own tests; code of the project folder, never of a check.

    It is run once for each file of tests, with the path in place of ``{tests}``, in the tree; a
    command without ``{tests}`` is run once for all. ``inputs`` and ``setup-inputs`` are files of
    the project folder that results, and the environment, depend on.
    """

    command: Command
    format: Format
    select: Literal["changed", "own", "all"] = "changed"
    files: tuple[Annotated[str, AfterValidator(_word)], ...] = ()
    time_limit: Seconds = 3600
    test_time_limit: Seconds = 120
    memory_limit: Mebibytes | None = None
    setup: Command | None = None
    setup_inputs: tuple[ProjectFile, ...] = ()
    inputs: tuple[ProjectFile, ...] = ()
    known_failures: ProjectFile | None = None

    def has(self, placeholder: str) -> bool:
        """Whether the command has ``{placeholder}``."""
        return any(f"{{{placeholder}}}" in word for word in self.command)

    @model_validator(mode="after")
    def _fits(self) -> SuiteTable:
        if self.format == "junit" and not self.has("results"):
            raise ValueError("command: JUnit XML is written to a file: name it with {results}")
        if self.has("environment") and self.setup is None:
            raise ValueError("command: {environment} is made by `setup`, which is missing")
        for name in ("tree", "tests", "results", "except"):
            if any(f"{{{name}}}" in word for word in self.setup or ()):
                raise ValueError(f"setup: {{{name}}} can only be used in `command`")
        if self.setup and not any("{environment}" in word for word in self.setup):
            raise ValueError("setup: name the directory that it makes with {environment}")
        return self
