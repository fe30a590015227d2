"""Every patch applies on each of its bases: without fuzz, without offsets, and as ported."""

from __future__ import annotations

from collections.abc import Iterator

from patchseries.checks.inputs import CheckedCell, CheckedTarget, CheckInputs
from patchseries.checks.rule import Where, error, note, warning
from patchseries.model import Finding, Outcome

CONFLICT = error(
    "conflict",
    "a patch conflicts on one of its bases",
    "There is no patch file for this base, so `series build` refuses it.",
    "run `series why` and `series resolve`, or restrict the patch's `bases`",
)
FAILS = error(
    "does-not-apply",
    "a patch file does not apply",
    "dpkg-source allows no fuzz: the build stops here, or worse, on somebody else's machine.",
    "run `series rebase`",
)
APPLIED_TWICE = error(
    "in-base-already",
    "a patch file is for a change that the base already has",
    "dpkg-source refuses it; with another tool it would be applied a second time.",
    "run `series rebase`",
)
OFFSET = note(
    "offset",
    "a hunk applies at another line than it names",
    "dpkg-source accepts it, but in repetitive code it can be the wrong place.",
    "run `series rebase`",
)
ALREADY_APPLIED = note(
    "already-applied",
    "a base already has the change",
    "The patch is not needed there. This is expected if a point release includes the change.",
    "nothing to do, or restrict the patch's `bases` to those that need it",
)
EMPTY = warning(
    "empty-source",
    "the source of a patch changes nothing",
    "The commit is empty, so there is no patch; probably another commit was meant.",
    "correct `source` in the manifest",
)
DIFFERS = error(
    "regenerated-differs",
    "porting again gives another result than the lock has",
    "Porting is a pure function of manifest, lock and upstream objects. If the result differs, "
    "one of them (or the tool) changed after the last rebase.",
    "run `series rebase`, read what changed with `git diff`, and commit it",
)
OWN_DIFFERS = error(
    "own-patch-differs",
    "an own patch in the series is not the one in patches/own",
    "The copy was edited, or the original was edited and the series not rebased since.",
    "edit the one in patches/own and run `series rebase`",
)
NOT_AT_HAND = error(
    "not-at-hand",
    "a patch could not be checked",
    "Whether a patch applies can be checked only with the upstream objects, and what was not "
    "checked does not pass.",
    "run `series fetch` and try again",
)

RESOLUTION_UNUSED = warning(
    "resolution-unused",
    "a resolution no longer matches a conflict",
    "The conflict that it was made for has changed or is gone, so it has no effect.",
    "delete it; if the conflict changed, run `series resolve`",
)

RULES = (
    CONFLICT,
    FAILS,
    APPLIED_TWICE,
    OFFSET,
    ALREADY_APPLIED,
    EMPTY,
    DIFFERS,
    OWN_DIFFERS,
    NOT_AT_HAND,
    RESOLUTION_UNUSED,
)


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Everything about applying and porting."""
    for target in inputs.targets:
        if target.obstacle:
            yield NOT_AT_HAND.finding(
                f"{target.project} on {target.base}: {target.obstacle.words}",
                hint=target.obstacle.hint,
            )
    for place in inputs.places:
        yield from _outcome(inputs, place)
        yield from _applied(place)
        yield from _regenerated(inputs, place)
    yield from _already(inputs)
    yield from _resolutions(inputs)


def _outcome(inputs: CheckInputs, place: CheckedCell) -> Iterator[Finding]:
    ported = place.target.port_of(place.name)
    outcome = place.outcome or (ported.outcome if ported else None)
    where: Where = {"patch": place.name, "file": inputs.manifest_file, "base": place.base}
    if outcome is Outcome.CONFLICT:
        paths = ", ".join(c.path for c in ported.conflicts) if ported else ""
        words = f"{place} conflicts" + (f" in {paths}" if paths else "")
        yield CONFLICT.finding(words, line=inputs.patch_line(place.name), **where)
    elif outcome is Outcome.EMPTY:
        words = f"the source of {place} changes nothing"
        yield EMPTY.finding(words, line=inputs.patch_line(place.name), **where)


def _applied(place: CheckedCell) -> Iterator[Finding]:
    applied = place.target.application(place.name)
    where: Where = {"patch": place.name, "file": place.path(place.main), "base": place.base}
    if applied is None:
        return
    has_file = place.main in place.target.files
    if applied.result == "fails" and has_file:
        yield FAILS.finding(f"{place}: {applied.reason}", **where)
    if applied.result == "already-applied" and has_file:
        yield APPLIED_TWICE.finding(f"{place}: {applied.reason}", **where)
    if applied.moved:
        shown = ", ".join(f"{m.path} hunk {m.hunk} by {m.lines:+d}" for m in applied.moved[:3])
        more = f" and {len(applied.moved) - 3} more" if len(applied.moved) > 3 else ""
        yield OFFSET.finding(f"{place}: {shown} lines{more}", **where)


def _regenerated(inputs: CheckInputs, place: CheckedCell) -> Iterator[Finding]:
    ported = place.target.port_of(place.name)
    if ported is None or place.cell is None:
        return
    cell = place.cell
    fresh = (ported.outcome, ported.strategies, ported.files.get(place.main))
    if fresh != (cell.outcome, cell.strategies, cell.sha256):
        yield DIFFERS.finding(
            f"{place}: the lock has {_words(cell.outcome, cell.strategies, cell.sha256)}, "
            f"porting gives {_words(*fresh)}",
            patch=place.name,
            file=inputs.lock_file,
            line=inputs.lock_line(place.name, place.base),
            base=place.base,
        )
        return
    yield from _own_copies(place.target, place)


def _own_copies(target: CheckedTarget, place: CheckedCell) -> Iterator[Finding]:
    from patchseries.files import sha256

    ported = target.port_of(place.name)
    for name, digest in ported.files.items() if ported else ():
        data = target.files.get(name)
        if name != place.main and data is not None and sha256(data) != digest:
            yield OWN_DIFFERS.finding(
                f"{place}: {name} differs from the one in patches/own",
                patch=place.name,
                file=place.path(name),
                base=place.base,
            )


def _already(inputs: CheckInputs) -> Iterator[Finding]:
    """One note a patch: a line for each base would bury what matters."""
    there: dict[str, list[str]] = {}
    for place in inputs.places:
        if place.outcome is Outcome.ALREADY_APPLIED:
            there.setdefault(place.name, []).append(place.base)
    for patch, bases in there.items():
        yield ALREADY_APPLIED.finding(
            f"{patch} is already in {', '.join(bases)}",
            patch=patch,
            file=inputs.manifest_file,
            line=inputs.patch_line(patch),
        )


def _resolutions(inputs: CheckInputs) -> Iterator[Finding]:
    """A resolution that no base uses, where every base of its project was looked at."""
    for one in inputs.resolutions:
        patch = inputs.manifest.patch(one.patch)
        bases = inputs.manifest.projects[patch.project].bases if patch else ()
        ported = {
            place.base: place.target.port_of(one.patch)
            for place in inputs.places
            if place.name == one.patch
        }
        if any(ported.get(base) is None for base in bases):
            continue
        if not any(port and one.key in port.resolutions for port in ported.values()):
            words = f"{one.file} no longer matches a conflict"
            yield RESOLUTION_UNUSED.finding(words, patch=one.patch, file=one.file)


def _words(outcome: Outcome, strategies: tuple[str, ...], sha256: str | None) -> str:
    how = f" by {', '.join(strategies)}" if strategies else ""
    return f"{outcome}{how}" + (f" {sha256[:12]}…" if sha256 else "")
