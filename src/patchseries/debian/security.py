"""Which security advisories a packager's patch names."""

from __future__ import annotations

import re

_ADVISORY = re.compile(
    r"CVE-\d{4}-\d{4,}|OSSA-\d{4}-\d{3,}|GHSA(?:-[0-9a-z]{4}){3}|(?:DSA|USN)-\d{3,5}-\d+",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"^(?=[a-z0-9][a-z0-9+.-]+ \([^\s()]+\))", re.MULTILINE)


def advisories(text: str) -> tuple[str, ...]:
    """The advisories that *text* names, each once, in the order of their first mention.

    >>> advisories("Fix cve-2013-4463 and OSSA-2013-029; see CVE-2013-4463")
    ('CVE-2013-4463', 'OSSA-2013-029')
    """
    return tuple(dict.fromkeys(found.upper() for found in _ADVISORY.findall(text)))


def advisories_of(name: str, head: str, changelog: str) -> tuple[str, ...]:
    """The advisories that the patch *name* is for, as far as the packaging says so.

    :param head: what stands above its diff: subject, description, bugs
    :param changelog: debian/changelog: an entry that names the patch tells what it is for
    """
    entries = (entry for entry in _ENTRY.split(changelog) if name in entry)
    return advisories("\n".join([name, head, *entries]))
