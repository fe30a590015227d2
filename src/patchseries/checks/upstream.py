"""What happened upstream since: landed, moved, gone, a newer patchset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchseries.checks.inputs import CheckInputs, LandedAt, ServerAnswers
from patchseries.checks.rule import Where, error, note, warning
from patchseries.model import Finding
from patchseries.sources import BranchMove, wants

LANDED = note(
    "landed-upstream",
    "the tracked change has landed upstream",
    "From that release on the patch is not needed.",
    "drop the patch when the series moves to that release",
)
SUPERSEDED = note(
    "superseded-upstream",
    "what replaces the patch has landed upstream",
    "The change itself was never merged. From that release on, other code does the same.",
    "drop the patch when the series moves to that release",
)
REVERTED = note(
    "reverted-upstream",
    "the tracked change was reverted upstream",
    "It landed, and no release line has kept it. Whoever took it back had a reason, which may "
    "hold for the series too.",
    "read the message of the revert; to keep the patch, nothing need be done",
)
IN_BASE = error(
    "landed-in-base",
    "a base contains the change, and the patch would still be built on it",
    "A port would make the change twice, or bring back what the release left out on purpose.",
    "run `series rebase --ask-again`; to port it anyway, set `port-anyway` in the manifest",
)
UNREAD = note(
    "history-unread",
    "the history of a base was not searched for a patch",
    "Only the merge decided whether the base contains it already, and it may miss that.",
    "run `series rebase` with a mirror or the network, where the history can be read",
)
MOVED = error(
    "upstream-moved",
    "a tag is no longer the commit that is pinned",
    "Tags of releases do not move. When one does, the upstream was rewritten, or somebody is "
    "between you and it.",
    "find out why it moved; to accept it, remove its line from the lock and run `series fetch`",
)
BRANCH_MOVED = note(
    "branch-moved",
    "a branch is no longer at the commit that is pinned",
    "The series is ported onto, or from, the commit that is pinned. The branch has gone on.",
    "take it up with `series fetch --update`, then run `series rebase`",
)
BRANCH_REWRITTEN = warning(
    "branch-rewritten",
    "a branch was rewritten: the pinned commit is no longer in it",
    "Servers delete such a commit sooner or later. Then only the cache or a mirror has it, and a "
    "series that is cloned elsewhere cannot be fetched.",
    "take up the branch with `series fetch --update`, then run `series rebase`; or keep a mirror "
    "that has the commit",
)
GONE = error(
    "upstream-gone",
    "a tag or branch no longer exists",
    "The cache may have the last copy; nobody else can fetch it.",
    "keep a mirror of it, or name another repository",
)
PATCHSET = warning(
    "newer-patchset",
    "there is a newer patchset than the one that is ported",
    "Its author has changed it since: the reason may matter here too.",
    "read it, and raise `patchset` in the manifest",
)
NEW_RELEASE = note(
    "new-release",
    "a point release has appeared on the line of the bases",
    "Its users do not have the patches yet. Some of them may be in it, and others may conflict "
    "with it: the message says which.",
    "add it as a base with `series bump`, then run `series rebase`",
)
SILENT = warning(
    "upstream-silent",
    "a server could not be asked",
    "Whether something moved there is not known.",
    "try again, or check without --online",
)

RULES = (
    LANDED,
    SUPERSEDED,
    REVERTED,
    IN_BASE,
    UNREAD,
    MOVED,
    BRANCH_MOVED,
    BRANCH_REWRITTEN,
    GONE,
    PATCHSET,
    NEW_RELEASE,
    SILENT,
)


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Everything about the upstreams; without --online only what the cache can tell."""
    for fate in inputs.fates:
        where: Where = {"patch": fate.patch, "file": inputs.manifest_file}
        line = inputs.patch_line(fate.patch)
        if fate.verdict == "landed":
            words = f"{fate.patch} has landed in {_places(fate.landed)}"
            yield LANDED.finding(words, line=line, **where)
        elif fate.verdict == "superseded":
            words = f"{fate.patch} was replaced upstream in {_places(fate.successors)}"
            yield SUPERSEDED.finding(words, line=line, **where)
        elif fate.verdict == "reverted":
            words = f"{fate.patch} was reverted upstream: {', '.join(fate.reverted)}"
            yield REVERTED.finding(words, line=line, **where)
    yield from _in_bases(inputs)
    if inputs.upstream is not None:
        yield from _online(inputs, inputs.upstream)


def _in_bases(inputs: CheckInputs) -> Iterator[Finding]:
    """What a base contains, and would be built; and of what nobody knows."""
    fates = {fate.patch: fate for fate in inputs.fates}
    unread: dict[str, list[str]] = {}
    for place in inputs.places:
        if place.patch.is_ported_anyway(place.base) or not place.patch.applies_to(place.base):
            continue
        fate = fates.get(place.name)
        there = fate.in_bases.get(place.base) if fate else None
        if place.outcome and there and (place.outcome.makes_patch or place.outcome == "conflict"):
            yield IN_BASE.finding(
                f"{place}: {place.base} contains it, by {there}",
                patch=place.name,
                file=inputs.manifest_file,
                line=inputs.patch_line(place.name),
                base=place.base,
            )
        if place.cell and place.cell.question is None and fate is None:
            unread.setdefault(place.target.project, []).append(str(place))
    for project, places in unread.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield UNREAD.finding(
            f"{project}: {places[0]}{more}: the base's history was not searched",
            file=inputs.lock_file,
        )


def _online(inputs: CheckInputs, upstream: ServerAnswers) -> Iterator[Finding]:
    for repository, why in upstream.silent.items():
        yield SILENT.finding(f"{repository}: {why}", file=inputs.manifest_file)
    branches = {(move.repository, move.rev) for move in upstream.moves}
    for (repository, rev), now in upstream.revisions.items():
        pinned = inputs.lock.pins.get((repository, rev))
        where: Where = {"file": inputs.lock_file}
        line = inputs.lock_line(repository, rev)
        if now is None:
            yield GONE.finding(f"{repository} no longer has {rev}", line=line, **where)
        elif pinned and now != pinned and (repository, rev) not in branches:
            words = f"{rev} of {repository} is now {now[:12]}, but pinned as {pinned[:12]}"
            yield MOVED.finding(words, line=line, **where)
    for move in upstream.moves:
        rule = BRANCH_REWRITTEN if move.is_rewritten else BRANCH_MOVED
        line = inputs.lock_line(move.repository, move.rev)
        yield rule.finding(str(move), file=inputs.lock_file, line=line, hint=_taking(inputs, move))
    for patch, (pinned_set, newest) in upstream.patchsets.items():
        if newest > pinned_set:
            yield PATCHSET.finding(
                f"{patch} is ported from patchset {pinned_set}, the newest is {newest}",
                patch=patch,
                file=inputs.manifest_file,
                line=inputs.patch_line(patch),
            )
    for new in upstream.releases:
        name = inputs.manifest.name
        yield NEW_RELEASE.finding(
            str(new),
            file=inputs.manifest_file,
            line=inputs.manifest_line("project", new.project, "bases"),
            hint=f"series bump {name} --project {new.project}, then series rebase {name}",
        )


def _places(landings: Sequence[LandedAt]) -> str:
    return ", ".join(
        f"{at.line} {at.tag or '(not yet released)'} by {at.commit[:12]} ({at.evidence})"
        for at in landings
    )


def _taking(inputs: CheckInputs, move: BranchMove) -> str:
    """The commands that take up a branch as it is now."""
    name, projects = inputs.manifest.name, inputs.manifest.projects
    needing = [
        project
        for project in projects
        if any(
            (want.repository, want.rev) == (move.repository, move.rev)
            for want in wants(inputs.manifest, [project], ())
        )
    ]
    only = "".join(f" --project {project}" for project in needing) if len(projects) > 1 else ""
    return f"series fetch {name} --update{only}, then series rebase {name}"
