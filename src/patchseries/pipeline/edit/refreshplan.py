"""What a refresh is asked to do, and what it would change, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from patchseries.git import Repository
from patchseries.pipeline.edit.effects import Effect
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.resolution.record import Attribution
from patchseries.resolution.replay import Resolution


@dataclass
class RefreshPlan:
    """What a refresh would do: in words, and as the new manifest, own patches and resolutions.

    ``edited`` are patch files that go, since the next rebase writes them again. ``effects`` are the
    cells of any base that change by it; ``unchecked`` the bases that are not in the cache.
    """

    manifest: str
    words: list[str] = field(default_factory=list)
    own: dict[str, bytes] = field(default_factory=dict)
    resolutions: list[Resolution] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RefreshInputs:
    """Which target is refreshed, and who does it."""

    given: RebaseInputs
    project: str
    base: str
    signed: Attribution

    @property
    def repository(self) -> Repository:
        """Where the trees are."""
        return self.given.repository
