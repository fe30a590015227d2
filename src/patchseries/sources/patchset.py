"""Which patchset of a change under review is meant."""

from __future__ import annotations

from patchseries.errors import UpstreamError
from patchseries.model import CommitId
from patchseries.sources.access import Access
from patchseries.sources.gerrit import Gerrit, Patchset
from patchseries.sources.plan import ChangeWant


def find_patchset(wanted: ChangeWant, pinned: CommitId | None, access: Access) -> Patchset:
    """The patchset with the wanted number; without a number, that of the pin, else the newest.

    :raises AmbiguousChangeError: several changes have the id; they are listed
    :raises UpstreamError: no such change or patchset, or Gerrit does not answer
    """
    gerrit = Gerrit(wanted.server, access)
    change = gerrit.change(wanted.change_id, project=wanted.project, branch=wanted.branch)
    if wanted.patchset is None:
        by_pin = (patchset for patchset in change.patchsets if patchset.commit == pinned)
        return next(by_pin, change.newest)
    found = next((p for p in change.patchsets if p.number == wanted.patchset), None)
    if found is None:
        raise UpstreamError(
            f"change {change.number} ({change.change_id}) has no patchset {wanted.patchset}",
            hint=f"its newest is {change.newest.number}",
        )
    return found
