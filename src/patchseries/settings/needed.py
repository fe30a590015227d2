"""Whether the patch that a setting needs is on a base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from patchseries.manifest import SettingEntry
from patchseries.model import Outcome


class PortedCell(Protocol):
    """A patch on a base: one of the lock, or of a rebase."""

    @property
    def outcome(self) -> Outcome:
        """What porting came to."""


def missing_patch(
    cells: Mapping[tuple[str, str], PortedCell], setting: SettingEntry, base: str
) -> str | None:
    """The patch that *setting* needs and *base* lacks, with its outcome; None: all is there.

    :param cells: by patch and base
    """
    if not setting.needs:
        return None
    cell = cells.get((setting.needs, base))
    if cell is None:
        return f"{setting.needs}, which was not rebased there"
    there = cell.outcome.makes_patch or cell.outcome is Outcome.ALREADY_APPLIED
    return None if there else f"{setting.needs}, which is {cell.outcome} there"
