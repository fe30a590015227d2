"""What every local git call runs with: nobody's configuration, no program but git, no network.

These settings win over those of the repository. git runs only in repositories that we made (see
:mod:`patchseries.git.borrowed` for others), so this is the second of two walls.
"""

from __future__ import annotations

from pathlib import Path

from patchseries import process
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


def make_work_tree(tree: Path) -> None:
    """Make *tree* an empty git work tree, whose files are the bytes that git has."""
    words = ("init", "--quiet", "--template=", "--initial-branch=series")
    process.run(["git", *words, tree], env=ISOLATED)
    keep_bytes(tree / ".git")
