"""What dpkg says is installed on a host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from debian.deb822 import Deb822

_FIELDS = ["Package", "Source", "Version", "Status"]


@dataclass(frozen=True, slots=True)
class InstalledPackages:
    """The versions of binary packages by name, and of source packages by theirs."""

    binaries: Mapping[str, str]
    sources: Mapping[str, str]

    def version_of(self, package: str) -> str | None:
        """The version of a binary package; None: it is not installed."""
        return self.binaries.get(package)

    def version_of_source(self, source: str) -> str | None:
        """The version of the source package of a binary one; None: none is installed."""
        return self.sources.get(source)


def read_status(data: bytes) -> InstalledPackages:
    """The packages in dpkg's status file (``/var/lib/dpkg/status``).

    >>> status = b"Package: a\\nStatus: install ok installed\\nSource: s (1)\\nVersion: 2\\n"
    >>> read_status(status)
    InstalledPackages(binaries={'a': '2'}, sources={'s': '1'})
    """
    binaries: dict[str, str] = {}
    sources: dict[str, str] = {}
    for stanza in Deb822.iter_paragraphs(data, fields=_FIELDS, use_apt_pkg=False):
        if not stanza.get("Status", "").endswith(" installed"):
            continue
        name, version = stanza.get("Package", ""), stanza.get("Version", "")
        source, _, other = stanza.get("Source", name).partition(" ")
        binaries[name] = version
        sources[source] = other.strip("()") or version
    return InstalledPackages(binaries, sources)
