"""What a commit's message says about other commits: Change-Ids, cherry-picks, reverts.

Gerrit's trailers stand anywhere in the messages of stable branches (above "Conflicts:", between
squashed changes, indented in a list), so they are sought line by line and not in the last
paragraph alone. A line that holds more than the Change-Id ("Change-Id: I1… introduced the bug")
talks *about* a change and is not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from patchseries.model import ChangeId

# All are sought in lower-cased text, which is several times faster than ignoring case.
_CHANGE = re.compile(r"^[ \t]*change-id:[ \t]*i([0-9a-f]{40})[ \t]*$", re.MULTILINE)
_PICK = re.compile(r"\bcherry[ -]?picked\s+from\s+(?:commit:?\s+)?([0-9a-f]{7,64})\b")
_BACKPORT = re.compile(
    # Linux, on a line after a blank one: "This reverts …, which is" may stand above.
    r"\n[ \t]*\n[ \t]*+(?:commit[ \t]+([0-9a-f]{12,64})[ \t]+upstream\b"
    r"|\[[ \t]*upstream[ \t]+commit[ \t]+([0-9a-f]{12,64})[ \t]*\])"
    # Django, and others who write it by hand.
    r"|^[ \t]*+(?:this[ \t]+is[ \t]+a[ \t]+)?backport(?:ed)?[ \t]+(?:of|from)[ \t]+"
    r"(?:upstream[ \t]+)?(?:commit:?[ \t]+)?(?!\d+\b)([0-9a-f]{7,64})\b"  # no bug's number
    # The robots of GitHub: "backport of PR #12 as merged into master (ID)".
    r"|\bbackport[ \t]+of[ \t]+pr[ \t]+#\d{1,9}[ \t]+as[ \t]+merged[ \t]+into[ \t]+"
    r"\S{1,100}\s+\(([0-9a-f]{7,64})\)",
    re.MULTILINE,
)
"""How a backport names its commit where git did not write the line."""
_LISTED = re.compile(r"^commit ([0-9a-f]{7,64})\nauthor: ", re.MULTILINE)
"""A commit in a list as `git log` prints it, such as `git merge --squash` makes."""
_LIST_HEADING = "squashed commit of the following"
_REVERT = re.compile(
    r"^[^\w\n]*+(?:this\s+(?:change\s+|commit\s+|patch\s+)?)?reverts\s+commits?:?\s+"
    r"((?:\S{0,200}/)?[0-9a-f]{7,64}(?:(?:,\s*|\s+and\s+)(?:\S{0,200}/)?[0-9a-f]{7,64})*)\b",
    re.MULTILINE,
)
_HEX = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])")
_REVERT_SUBJECT = re.compile(r'Revert "(.+)"\.?(?: \(#\d{1,9}\))?\s*')
_NUMBERED = re.compile(r"(.+) \(#\d{1,9}\)")


@dataclass(frozen=True, slots=True)
class Links:
    """The other commits that a message names. Commit ids may be abbreviated (7 digits or more).

    :ivar picked_from: what it was cherry-picked from, or is a backport of
    """

    change_ids: tuple[ChangeId, ...] = ()
    picked_from: tuple[str, ...] = ()
    reverts: tuple[str, ...] = ()


def links(message: str) -> Links:
    """What *message* (the whole text, any line endings) says about other commits.

    >>> said = links("(cherry picked from commit 0123456789)\\nThis reverts commit abcdef0.")
    >>> said.picked_from, said.reverts
    (('0123456789',), ('abcdef0',))
    >>> links("Change-Id: I0123456789abcdef0123456789abcdef01234567").change_ids
    ('I0123456789abcdef0123456789abcdef01234567',)
    >>> links("Change-Id: I0123456789abcdef0123456789abcdef01234567 broke it").change_ids
    ()
    """
    text = message.replace("\r\n", "\n").lower()
    changes = (ChangeId(f"I{digits}") for digits in _CHANGE.findall(text))
    picks = _PICK.findall(text) if "picked" in text else []
    if "upstream" in text or "backport" in text:
        picks += [named for found in _BACKPORT.findall(text) for named in found if named]
    listed = _LISTED.findall(text) if "\ncommit " in text else []
    if len(listed) > 1 or _LIST_HEADING in text:  # one alone is quoted: a cause, or what was undone
        picks += listed
    reverts: Iterable[str] = ()
    if "reverts" in text:
        reverts = (sha for found in _REVERT.findall(text) for sha in _HEX.findall(found))
    return Links(
        change_ids=tuple(dict.fromkeys(changes)),
        picked_from=tuple(dict.fromkeys(picks)),
        reverts=tuple(dict.fromkeys(reverts)),
    )


_SPACES = re.compile(r"[ \t]+")
"""One space for each run of them: so that what follows takes linear time."""
_BUG = re.compile(
    r"^ ?(?:(?:closes|fixes|partial)-bug ?:|(?:closes|fixes) ?:? ?(?:bug\b)?"
    r"|lp ?:|bug ?:) ?(?:lp ?:? ?)?#? ?([0-9]{2,12})\b ?[.,]? ?$",
    re.MULTILINE,
)


def bugs_closed(message: str) -> tuple[str, ...]:
    """The numbers of the bugs that a message says it closes, each on a line of its own.

    >>> bugs_closed("Fix it\\n\\nCloses-Bug: #1213080\\nRelated-Bug: #7654321\\n")
    ('1213080',)
    >>> bugs_closed("Fixes bug 1213080.\\nFixes: LP: #99"), bugs_closed("see bug 12")
    (('1213080', '99'), ())
    """
    text = _SPACES.sub(" ", message.replace("\r\n", "\n").lower())
    return tuple(dict.fromkeys(_BUG.findall(text)))


def reverted_subject(subject: str) -> str | None:
    """The subject of the commit that a commit with this subject reverts, or None.

    The number of a pull request may stand after either.

    >>> reverted_subject('Revert "Add x"'), reverted_subject('Add x')
    ('Add x', None)
    >>> reverted_subject('Revert "Add x (#12)" (#13)')
    'Add x (#12)'
    """
    found = _REVERT_SUBJECT.fullmatch(subject)
    return found[1] if found else None


def is_revert_of(subject: str, other: str) -> bool:
    """Whether a commit with *subject* reverts, by its own words, one with the subject *other*.

    >>> is_revert_of('Revert "Add x" (#13)', 'Add x (#12)')
    True
    """
    named = reverted_subject(subject)
    return named is not None and named in (other, without_number(other))


def without_number(subject: str) -> str:
    """*subject* without the number of the pull request that was squashed into the commit.

    >>> without_number("Add x (#12)"), without_number("Add x")
    ('Add x', 'Add x')
    """
    found = _NUMBERED.fullmatch(subject)
    return found[1] if found else subject
