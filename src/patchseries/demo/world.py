"""Who lives in the small upstreams, what they do often, and where their first trees lie."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from patchseries.demo.story import Replace, Start, StoryCommit, StoryTag, TextEdit, Tree

ADA = "Ada Moreau <ada@demo.invalid>"
BO = "Bo Lindqvist <bo@demo.invalid>"
CHIDI = "Chidi Okafor <chidi@demo.invalid>"
DAO = "Dao Nguyen <dao@demo.invalid>"
RELEASE = "Release Team <release@demo.invalid>"
GATE = "Gatekeeper <gate@demo.invalid>"

MASTER = "master"
STABLE = "stable/grizzly"


def first_tree(project: str) -> Tree:
    """The files below ``upstreams/`` that a project starts with."""
    return dict(_files(files("patchseries.demo") / "upstreams" / project, ""))


def start(project: str) -> tuple[StoryCommit | StoryTag, ...]:
    """The first commit, which is 2013.1, and the opening of master for 2013.2."""
    name = project.title()
    return (
        StoryCommit(
            MASTER, "2013-04-04", RELEASE, f"{name} 2013.1\n", (Start(first_tree(project)),)
        ),
        StoryTag("2013.1", MASTER, "2013-04-04"),
        version(project, MASTER, "2013-04-10", "2013.1", "2013.2"),
    )


def reviewed(
    branch: str, date: str, author: str, message: str, *edits: TextEdit, since: str = ""
) -> StoryCommit:
    """A change that went through review: the gate committed it."""
    return StoryCommit(branch, date, author, message, edits, since, GATE)


def release(project: str, date: str, old: str, new: str) -> tuple[StoryCommit | StoryTag, ...]:
    """The next point release of the stable branch: its version, and its tag."""
    return (version(project, STABLE, date, old, new), StoryTag(new, STABLE, date))


def version(project: str, branch: str, date: str, old: str, new: str) -> StoryCommit:
    """A new version number."""
    edit = Replace(f"{project}/version.py", f"'{old}'", f"'{new}'")
    return StoryCommit(branch, date, RELEASE, f"Bump the version to {new}\n", (edit,))


def _files(directory: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in directory.iterdir():
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith(".pyc"):
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
