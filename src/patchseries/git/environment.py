"""What every local git call runs with: nobody's configuration, no program but git, no network.

These settings win over those of the repository. git runs only in repositories that we made (see
:mod:`patchseries.git.borrowed` for others), so this is the second of two walls.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from patchseries import process
from patchseries.environment import loading_git_library
from patchseries.errors import MachineError, ProgramError, SeriesError
from patchseries.files import write_atomic

_SETTINGS = {
    "core.attributesFile": "/dev/null",
    "core.quotePath": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.pager": "cat",
    "core.editor": "false",
    "core.sshCommand": "false",
    "credential.helper": "",
    "gc.auto": "0",
    "gpg.program": "false",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    # a repository is named, never looked for; were one looked for, no bare one is taken
    "safe.bareRepository": "explicit",
}


def _configured(settings: dict[str, str]) -> dict[str, str]:
    """The variables that give git *settings*."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


ISOLATED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ASKPASS": "false",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    **_configured(_SETTINGS),
}
"""The environment of every local git call: no configuration or attributes but the repository's."""

NOWHERE = "--git-dir=/dev/null"
"""Tells git that there is no repository, so that it looks for none in the directories above."""

_CONVERSIONS = "* -text -ident -filter -working-tree-encoding\n"


def keep_bytes(git_dir: Path) -> None:
    """Have files written and read as they are: attributes in a tree then convert nothing."""
    write_atomic(git_dir / "info" / "attributes", _CONVERSIONS.encode())


def find_git_dir(path: Path) -> Path:
    """The git directory of the repository at *path*.

    :raises SeriesError: there is none
    """
    git = _library()
    try:
        # an absolute path: of another one GitPython takes ~ for a home
        with git.Repo(path.absolute(), expand_vars=False) as repository:
            return Path(repository.git_dir)
    except (git.exc.GitError, git.exc.NoSuchPathError, UnicodeError) as error:
        if any((directory / "HEAD").is_file() for directory in (path, path / ".git")):
            raise ProgramError(
                f"the git repository {path} is damaged, or cannot be read now",
                hint="run it again; if it stays damaged in the cache, delete that directory",
            ) from error
        raise SeriesError(f"no git repository at {path}") from error


def _library() -> ModuleType:
    """GitPython.

    :raises MachineError: git is not installed
    """
    process.require("git")
    with loading_git_library():
        try:
            import git
        except ImportError as error:  # GitPython tries git, and says no more than that
            raise MachineError(
                "git cannot be run", cause=str(error), hint="try `git version`, and reinstall git"
            ) from error
    return git


def make_work_tree(tree: Path) -> None:
    """Make *tree* an empty git work tree, whose files are the bytes that git has."""
    words = ("init", "--quiet", "--template=", "--initial-branch=series")
    process.run(["git", *words, tree], env=ISOLATED)
    keep_bytes(tree / ".git")
