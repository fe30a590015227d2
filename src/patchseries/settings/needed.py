"""Whether the patch that a setting needs is on a base."""

from __future__ import annotations

from patchseries.lock import Lock
from patchseries.manifest import SettingEntry
from patchseries.model import Outcome


def missing_patch(lock: Lock, setting: SettingEntry, base: str) -> str | None:
    """The patch that *setting* needs and *base* lacks, with its outcome; None: all is there."""
    if not setting.needs:
        return None
    cell = lock.cells.get((setting.needs, base))
    if cell is None:
        return f"{setting.needs}, which was not rebased there"
    there = cell.outcome.makes_patch or cell.outcome is Outcome.ALREADY_APPLIED
    return None if there else f"{setting.needs}, which is {cell.outcome} there"
