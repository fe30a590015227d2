"""A project directory with its state beside it, for what writes files as one step."""

from __future__ import annotations

from pathlib import Path

from patchseries.journal import State, find_state


def project_state(folder: Path) -> State:
    """The state of the new project directory ``FOLDER/project``."""
    root = folder / "project"
    root.mkdir(parents=True)
    return find_state(folder / "state", root)


def content(state: State) -> dict[str, bytes]:
    """Every file of the project."""
    return {
        str(path.relative_to(state.root)): path.read_bytes()
        for path in state.root.rglob("*")
        if path.is_file()
    }


def open_conflicts(home: Path) -> Path:
    """Where the open conflicts of the only project with state in *home* are."""
    (directory,) = (home / "projects").iterdir()
    return directory / "resolve"
