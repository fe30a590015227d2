"""Which patchset of a change is meant: one under review, or the one that was merged."""

from __future__ import annotations

from patchseries.errors import UpstreamError
from patchseries.model import MAIN_BRANCHES, CommitId
from patchseries.sources.access import Access
from patchseries.sources.gerrit import ChangeState, Gerrit, Patchset, ambiguous
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


def merged_commit(wanted: ChangeWant, access: Access) -> CommitId:
    """The commit by which the change was merged: that of its newest patchset, as Gerrit has it.

    :raises AmbiguousChangeError: it was merged on several branches, none of them the main one
    :raises UpstreamError: it was not merged, or Gerrit does not answer
    """
    gerrit = Gerrit(wanted.server, access)
    found = gerrit.search(wanted.change_id, wanted.project, wanted.branch)
    merged = [change for change in found if change.state is ChangeState.MERGED]
    main = [change for change in merged if change.branch in MAIN_BRANCHES]
    if not merged:
        newest = next((f", patchset = {c.newest.number}" for c in found), "")
        there = f"change {wanted.change_id} is not merged" if found else "no such change"
        raise UpstreamError(
            f"{wanted.server}: {there}: {wanted.change_id}"
            if not found
            else f"{wanted.server}: {there}",
            hint=f'to port it, write `source = {{ change-id = "{wanted.change_id}"{newest} }}`'
            if found
            else "correct the Change-Id, or name the project's own Gerrit",
        )
    if len(main or merged) > 1:
        raise ambiguous(wanted.change_id, main or merged)
    return (main or merged)[0].newest.commit
