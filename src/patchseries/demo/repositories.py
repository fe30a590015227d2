"""From the stories to bare git repositories."""

from __future__ import annotations

from pathlib import Path

from patchseries.demo.keystone import KEYSTONE, KEYSTONE_FORK
from patchseries.demo.nova import NOVA, NOVA_FORK
from patchseries.demo.quantum import QUANTUM, QUANTUM_FORK
from patchseries.demo.story import Story, stream
from patchseries.demo.world import RELEASE
from patchseries.git import Repository

STORIES = (NOVA, NOVA_FORK, QUANTUM, QUANTUM_FORK, KEYSTONE, KEYSTONE_FORK)


def create(directory: Path) -> None:
    """Make the bare repository ``ORG/NAME`` below *directory* for each story.

    What is made can serve as a directory of mirrors. The commit ids are the same on every machine.

    :raises ProgramError: git is missing or fails, or the disk is full
    """
    for story in STORIES:
        _create(directory / story.repository, story)


def _create(path: Path, story: Story) -> None:
    with Repository.init(path) as repository:
        repository.run("fast-import", "--quiet", "--done", stdin=stream(story.steps, RELEASE))
