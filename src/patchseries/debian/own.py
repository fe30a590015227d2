"""A minimal debian/ for a project without packaging."""

from __future__ import annotations

from dataclasses import dataclass

from patchseries.debian.request import Maintainer, PackagedFile
from patchseries.patches.dpkg import Profile

_CONTROL = """\
Source: {source}
Section: misc
Priority: optional
Maintainer: {maintainer}
Build-Depends: {debhelper}{python}
Standards-Version: {standards}
{extra}
Package: {source}
Architecture: all
Depends: {depends}${{misc:Depends}}
Description: {source} with the patch series {series}
 This is {source} {upstream} of its upstream, with patches of the series
 {series} applied on top of it. They lie in debian/patches of the source
 package, and its changelog names them.
"""

_RULES = """\
#!/usr/bin/make -f

include /usr/share/dpkg/pkg-info.mk
# Upstreams that ask git for their version find it here: a source package has no git.
export OSLO_PACKAGE_VERSION = $(DEB_VERSION_UPSTREAM)
export PBR_VERSION = $(DEB_VERSION_UPSTREAM)

%:
\tdh $@{sequence}
"""

_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {source}
{where}
Files: *
Copyright: the authors of {source}
License: upstream
 See the files of the source package itself: its LICENSE or COPYING, and the
 notices at the top of its files. The packaging adds no terms of its own.
"""


@dataclass(frozen=True, slots=True)
class OwnPackaging:
    """What our own debian/ says. ``python``: upstream builds with a setup.py."""

    source: str
    upstream: str
    series: str
    maintainer: Maintainer
    profile: Profile
    homepage: str | None
    python: bool
    timestamp: int


_STANDARDS = (
    (1348000000, "3.9.4"),
    (1411000000, "3.9.6"),
    (1460000000, "3.9.8"),
    (1514100000, "4.1.3"),
    (1545600000, "4.3.0"),
    (1579600000, "4.5.0"),
    (1629300000, "4.6.0"),
    (1671400000, "4.6.2"),
)
"""Versions of Debian's policy, each with a time (seconds since 1970) just after its release."""


def standards_version(timestamp: int) -> str:
    """The policy that a changelog entry of *timestamp* can name: none that came later.

    >>> standards_version(1545600000), standards_version(0)
    ('4.3.0', '3.9.3')
    """
    return max((entry for entry in _STANDARDS if entry[0] <= timestamp), default=(0, "3.9.3"))[1]


def own_debian(package: OwnPackaging) -> dict[str, PackagedFile]:
    """The files of debian/ but its changelog and patches."""
    precise = package.profile is Profile.PRECISE
    python = ", python-all, python-setuptools" if precise else ", dh-python, python3-all"
    where = f"Source: {package.homepage}\n" if package.homepage else ""
    extra = f"Homepage: {package.homepage}\n" if package.homepage else ""
    control = _CONTROL.format(
        source=package.source,
        maintainer=package.maintainer,
        debhelper="debhelper (>= 9)" if precise else "debhelper-compat (= 13)",
        python=python if package.python else "",
        standards=standards_version(package.timestamp),
        extra=extra + ("" if precise else "Rules-Requires-Root: no\n"),
        depends=("${python:Depends}, " if precise else "${python3:Depends}, ")
        if package.python
        else "",
        series=package.series,
        upstream=package.upstream,
    )
    python_sequence = " --with python2" if precise else " --with python3 --buildsystem=pybuild"
    files = {
        "control": control,
        "copyright": _COPYRIGHT.format(source=package.source, where=where),
        "source/format": "3.0 (quilt)\n",
    }
    if precise:
        files["compat"] = "9\n"
    texts = {name: PackagedFile("100644", text.encode()) for name, text in files.items()}
    rules = _RULES.format(sequence=python_sequence if package.python else "")
    texts["rules"] = PackagedFile("100755", rules.encode())
    return texts
