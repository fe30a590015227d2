"""Where a tree registers options, found by ``git grep`` and then read as Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchseries.git import Repository
from patchseries.git.objects import decode_path
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
    if not wanted:
        return []
    quoted = [f"{quote}{name}{quote}" for name in sorted(wanted) for quote in "'\""]
    patterns = [word for text in quoted for word in ("-e", text)]
    done = repository.run(
        "grep", "-l", "-z", "-I", "-F", *patterns, tree, "--", *_WHERE, accept=(0, 1)
    )
    paths = [decode_path(name.partition(b":")[2]) for name in done.stdout.split(b"\0") if name]
    return [
        RegisteredOption(path, one)
        for path in sorted(paths)
        for one in registrations(repository.file(tree, path) or b"", wanted)
    ]
