"""What a series is ported onto: a release with the packager's own patches.

On another release than the packaging was made for, some of them do not apply. Such a patch is left
out when the release is known to have its change, and it is said how that is known; or when a
person decided so, and it is said who and why. What leaves out a security fix must be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries.debian import version
from patchseries.debian.packaging import their_patches
from patchseries.debian.request import Dropped, PackagedFile, Packaging
from patchseries.debian.security import advisories_of
from patchseries.errors import ExitCode, ListedError, SeriesError
from patchseries.git import Repository
from patchseries.git.objects import decode
from patchseries.model import Base, TreeId
from patchseries.patches.apply import Rejected, any_hunk_applies, apply_patch, is_applied
from patchseries.patches.dpkg import guard
from patchseries.patches.header import split_patch
from patchseries.patches.quilt import parse_series

IN_TREE = (
    "found in the tree (its hunks can be reversed and applied again, and none applies as it is)"
)
"""The evidence of a change that the files of a release show."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision about a packager's patch that does not apply.

    :param reason: why it is left out, in their words
    :param by: who decided (``Name <address>``)
    :param upstream: the upstream changes it stands for (Change-Ids, commit ids)
    :param always: whether it is left out where it applies, too: the decision names the bases
    """

    reason: str | None = None
    by: str | None = None
    upstream: tuple[str, ...] = ()
    always: bool = False

    @property
    def leaves_out(self) -> bool:
        """Whether it says to do without the patch, and not only what it is upstream."""
        return bool(self.reason) or not self.upstream


@dataclass(frozen=True, slots=True)
class PackagingInputs:
    """What a series is ported onto: upstream with the packager's own patches.

    ``packaging`` is the packaging to build with: the patches that are left out are out of its
    series, and in ``dropped``.
    """

    tree: TreeId
    packaging: Packaging
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryEvidence:
    """The commits by which the history of a base has the changes that a patch names.

    :param words: which commits, and how they were recognised
    :param missing: files of the patch that none of them touches: it is more than they are; None:
        that cannot be told
    :param vouched: a person says that the patch is what these commits are
    """

    words: str
    missing: tuple[str, ...] | None = None
    vouched: bool = False

    def proves(self, security: bool) -> bool:
        """Whether the base has the patch's change; of a security fix nothing is assumed."""
        return self.vouched or (not security if self.missing is None else not self.missing)


History = Callable[[bytes, Sequence[str]], HistoryEvidence | None]
"""Asks the history of the base for a patch, given its bytes and the upstream changes (Change-Ids,
commit ids) that a person says it is; None when the base is not known to have its changes."""


def _no_history(_: bytes, __: Sequence[str]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A patch that does not apply and that nothing allows to leave out."""

    dropped: Dropped
    why: str

    def __str__(self) -> str:
        names = ", ".join(self.dropped.security)
        security = f" (security fix: {names})" if names else ""
        return f"  {self.dropped.name}{security}: {' '.join(self.why.split())}"


def apply_packaging(
    repository: Repository,
    base: Base,
    packaging: Packaging,
    decisions: Mapping[str, Decision] | None = None,
    history: History = _no_history,
) -> PackagingInputs:
    """Apply the packager's patches to *base*, as dpkg-source does.

    :param decisions: what a person decided about some of them, by name
    :param history: what the history of the base tells of a patch that does not apply
    :raises SeriesError: some do not apply there, all of which the message names; or a decision
        is about a patch that the packaging does not have
    """
    decisions = decisions or {}
    names = [line.name for line in their_patches(packaging.debian)]
    refuse_unknown(decisions, packaging)
    leave = _Leaving(repository, base, packaging, decisions, history)
    tree, dropped, misfits = base.tree, [], []
    for name in names:
        data = packaging.debian[f"patches/{name}"].data
        _refuse_hostile(name, data)
        applied = apply_patch(repository, tree, data)
        if (decision := decisions.get(name)) and decision.always:
            applied = Rejected("", f"'drop' names it for {base.name}")
        if not isinstance(applied, Rejected):
            tree = applied.tree
            continue
        left = leave.out(name, data, tree, applied)
        if isinstance(left, Dropped):
            dropped.append(left)
        else:
            misfits.append(left)
    if misfits:
        raise _refusal(misfits, base, packaging)
    return PackagingInputs(tree, _without(packaging, dropped, base), tuple(dropped))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """Decides about the patches that do not apply."""

    repository: Repository
    base: Base
    packaging: Packaging
    decisions: Mapping[str, Decision]
    history: History

    def out(self, name: str, data: bytes, tree: TreeId, rejected: Rejected) -> Dropped | _Misfit:
        """Whether the patch *name*, which does not apply to *tree*, may be left out, and why."""
        head = decode(split_patch(data)[0])
        log = decode(self.packaging.debian["changelog"].data)
        known = Dropped(name, security=advisories_of(name, head, log))
        decision = self.decisions.get(name)
        answer = self._answer(data, tree, decision.upstream if decision else ())
        if answer and answer.proves(bool(known.security)):
            return replace(known, evidence=answer.words)
        why = f"{rejected}{_short_of(answer, self.base)}"
        if decision is None or not decision.leaves_out:
            return _Misfit(known, why)
        if known.security and not (decision.reason and decision.by):
            return _Misfit(known, f"its entry in 'drop' needs 'reason' and 'by'; {why}")
        return replace(known, reason=decision.reason, by=decision.by, asked=decision.always)

    def _answer(self, data: bytes, tree: TreeId, upstream: Sequence[str]) -> HistoryEvidence | None:
        """How it is known that the release has the change; the packager's own has none twice."""
        if not is_other_release(self.packaging, self.base):
            return None
        if is_applied(self.repository, tree, data) and not any_hunk_applies(
            self.repository, tree, data
        ):
            return HistoryEvidence(IN_TREE, missing=())
        return self.history(data, upstream)


def _short_of(answer: HistoryEvidence | None, base: Base) -> str:
    """Why an answer of the history is no proof."""
    if answer is None:
        return ""
    if answer.missing is None:
        return f"; {base.name} has {answer.words}, whose files are not available to compare"
    return f"; {base.name} has {answer.words}, which does not touch {', '.join(answer.missing)}"


def is_other_release(packaging: Packaging, base: Base) -> bool:
    """Whether *packaging* was made for another release than *base*."""
    return version.stock_version(packaging.version, base) != packaging.version


def refuse_unknown(decided: Iterable[str], packaging: Packaging) -> None:
    """Refuse decisions about patches that *packaging* does not have.

    :raises SeriesError: naming them
    """
    names = [line.name for line in their_patches(packaging.debian)]
    if strange := [name for name in decided if name not in names]:
        raise SeriesError(
            f"the packaging's 'drop' names {', '.join(strange)}, which {packaging.origin} does"
            " not have",
            hint="remove it from the list, or spell it as debian/patches/series does",
        )


def _refuse_hostile(name: str, data: bytes) -> None:
    """A patch of theirs that leaves the tree, or writes to git's or quilt's files or to debian/."""
    for trap in guard(name, data):
        if trap.code.startswith("dpkg-path-"):
            raise SeriesError(f"the packager's patch {name}, {trap.file}: {trap.message}")


def _refusal(misfits: Sequence[_Misfit], base: Base, packaging: Packaging) -> SeriesError:
    """All of *misfits* in one error, and what can be done about them."""
    verb, it = ("does", "its change") if len(misfits) == 1 else ("do", "their changes")
    head = f"{len(misfits)} of the packager's patches {verb} not apply on {base.name}"
    if not is_other_release(packaging, base):
        return ListedError(
            "\n".join([f"{head}, which {packaging.version} is made for:", *map(str, misfits)]),
            hint="is the base the same tree as the packager's tarball?",
            exit_code=ExitCode.FINDINGS,
        )
    hint = (
        f"use packaging that was made for {base.name}, or refresh these patches;"
        " list what you leave out in the packaging's 'drop'"
    )
    if any(one.dropped.security for one in misfits):
        hint += (
            ". A security fix goes there only as { patch, upstream } with the upstream commit that"
            f" {base.name} contains, or as {{ patch, reason, by }}, which the changelog repeats"
        )
    told = f"{head}, and there is no evidence that it has {it}:"
    return ListedError(
        "\n".join([told, *map(str, misfits)]), hint=hint, exit_code=ExitCode.FINDINGS
    )


def _without(packaging: Packaging, dropped: Iterable[Dropped], base: Base) -> Packaging:
    """*packaging* with *dropped* turned into comments in its series file."""
    gone = {one.name: one for one in dropped}
    if not gone:
        return packaging
    text = packaging.debian["patches/series"].data.decode("utf-8", "surrogateescape")
    lines = [_commented(line, gone, base) for line in text.splitlines()]
    series = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    files = {f"patches/{name}" for name in gone}
    debian = {path: file for path, file in packaging.debian.items() if path not in files}
    file = PackagedFile("100644", series)
    return replace(packaging, debian=debian | {"patches/series": file})


def _commented(line: str, gone: Mapping[str, Dropped], base: Base) -> str:
    named = parse_series(line)
    found = gone.get(named[0].name) if named else None
    if found is None:
        return line
    if found.asked:
        return f"# left out on {base.name}, as decided: {line}"
    why = "its change is in" if found.evidence else "it does not apply on"
    return f"# left out, as {why} {base.name}: {line}"
