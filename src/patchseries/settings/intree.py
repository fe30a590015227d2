"""Where a tree registers options, found by ``git grep`` and then read as Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchseries.git import Repository
from patchseries.git.search import paths_with
from patchseries.settings.registered import Registration, registrations

_WHERE = (":(glob)**/*.py", ":(glob)bin/*", ":(exclude,glob)**/tests/**")


@dataclass(frozen=True, slots=True)
class RegisteredOption:
    """A registration in a file of a tree; ``in_base``: the release itself has the option."""

    file: str
    registration: Registration
    in_base: bool = False

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes it this option: its name and group, wherever it is registered."""
        return self.registration.option, self.registration.group

    def __str__(self) -> str:
        """Where it is, as ``file:line``."""
        return f"{self.file}:{self.registration.line}"


def options_in(repository: Repository, tree: str, names: Iterable[str]) -> list[RegisteredOption]:
    """Where the Python files of *tree* (those of tests excepted) register the options *names*."""
    wanted = set(names)
    quoted = [f"{quote}{name}{quote}" for name in sorted(wanted) for quote in "'\""]
    return [
        RegisteredOption(path, one)
        for path in paths_with(repository, tree, quoted, _WHERE)
        for one in registrations(repository.file(tree, path) or b"", wanted)
    ]
