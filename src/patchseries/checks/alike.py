"""What is the same on many patches, as one finding that names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from patchseries.model import Finding, Severity

MANY = 10
"""So many patches have a finding each; of more, one finding says it."""
_NAMED = 3
"""So many of the others are named in the message."""

_PATCH, _BASE = "\0", "\1"
"""What stands for the names of the patch and the base: no message has these characters."""


@dataclass(frozen=True, slots=True)
class SharedFinding(Finding):
    """A finding on many patches. Its message is that of the first one, and says how many.

    :ivar patches: the names of them all, in series order
    :ivar words: the message without names and ids, which tells the kinds of a rule apart
    """

    patches: tuple[str, ...] = ()
    words: str = ""


def shared(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """*findings*, with one in the place of the first of those that are the same on many patches.

    Errors and warnings are the same if they differ in nothing but the names of patch and base, the
    file, and commit ids. Of a rule that only informs all are.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        groups.setdefault(_kind(finding, number), []).append(finding)
    return tuple(one for group in groups.values() for one in _merged(group))


def patches_of(finding: Finding) -> tuple[str, ...]:
    """The patches that it is about."""
    if isinstance(finding, SharedFinding):
        return finding.patches
    return (finding.patch,) if finding.patch else ()


def identity(finding: Finding) -> str:
    """What makes it the same finding in the next run, though its line and its patches change."""
    file, words = finding.file or "", finding.message
    if isinstance(finding, SharedFinding):
        file, words = "", finding.words
    return "\0".join((finding.code, finding.patch or "", file, words))


def _kind(finding: Finding, number: int) -> tuple[object, ...]:
    """What the findings that are the same have in common; *number* where nothing else is."""
    if not finding.patch:
        return (number,)
    if finding.severity is Severity.NOTE:
        return (finding.code, finding.severity)
    return (finding.code, finding.severity, finding.hint, _without_names(finding))


def _without_names(finding: Finding) -> str:
    words = finding.message
    for name, stands in ((finding.patch, _PATCH), (finding.base, _BASE)):
        if name:
            words = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", stands, words)
    if finding.patch:  # the number of its file is its own too
        words = re.sub(rf"\d+-{re.escape(finding.patch)}\b", _PATCH, words)
    return re.sub(r"\b[0-9a-f]{12,}\b", "", words)


def _merged(group: Sequence[Finding]) -> Iterator[Finding]:
    patches = tuple(dict.fromkeys(str(finding.patch) for finding in group))
    if len(patches) <= MANY:
        yield from group
        return
    others = patches[1:]
    more = len(others) - _NAMED
    names = f"{', '.join(others[:_NAMED])} and {more} more"
    words = f"{group[0].message} (likewise {len(others)} other patches: {names})"
    base = group[0].base if len({finding.base for finding in group}) == 1 else None
    values = asdict(group[0]) | {"message": words, "patch": None, "base": base}
    kind = "" if group[0].severity is Severity.NOTE else _without_names(group[0])
    yield SharedFinding(**values, patches=patches, words=kind)
