"""An extra binary package with the settings that go with the patches.

What a program reads in place lies below /etc: debhelper makes conffiles of it, and gives sudoers
files the mode that sudo wants. What has to be copied lies in /usr/share/doc.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from patchseries.errors import SeriesError
from patchseries.files import sha256

_PACKAGE = re.compile(rb"^Package:[ \t]*([a-z0-9][a-z0-9+.-]+)[ \t]*$", re.M | re.I)
_DH = re.compile(rb"^\t[ \t@-]*dh[ \t]", re.MULTILINE)
_CALL = re.compile(rb"^\t.*\bdh_auto_install\b", re.MULTILINE)
_WHERE = "series-settings"
"""The directory below debian/ that holds the files."""

_STANZA = """
Package: {name}
Architecture: all
Depends: {owner} (>= ${{source:Version}}), ${{misc:Depends}}
Description: settings of {source} for the patch series {series}
{text}
"""
_OVERRIDE = """
# {name} is a second package: what upstream installs still goes to {only}.
override_dh_auto_install:
\tdh_auto_install --destdir=debian/{only}
"""


@dataclass(frozen=True, slots=True)
class PackagedSetting:
    """A setting in the package: its file below /etc, and its line there."""

    setting: str
    file: str
    line: str


@dataclass(frozen=True, slots=True)
class SettingsPackage:
    """What goes into the extra package of one project on one base.

    :param series: the name of the series
    :param sizes: the host that it is for, in words
    :param files: what programs read in place, by path below /etc
    :param examples: what has to be copied, by path below /etc
    :param readme: what to do with them, for README.Debian
    :param lines: the settings in ``files``
    :param left_out: the name of each setting that is not in the package, and why
    :param accepted: the name of each dangerous setting in it, and its danger
    :param checked: whether visudo checked sudoers files
    """

    series: str
    sizes: str
    files: Mapping[str, bytes]
    examples: Mapping[str, bytes]
    readme: bytes
    lines: tuple[PackagedSetting, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    checked: bool = False

    def name(self, source: str) -> str:
        """The package's name, beside the other packages of *source*."""
        return f"{source}-{self.series}-settings"

    def facts(self) -> list[Any]:
        """All that the package is made of, for a checksum."""
        held = (self.files, self.examples, {"README": self.readme})
        sums = [[(path, sha256(data)) for path, data in sorted(one.items())] for one in held]
        return [
            self.series,
            self.sizes,
            sums,
            [astuple(one) for one in self.lines],
            self.left_out,
            self.accepted,
        ]

    def contents(self, source: str) -> dict[str, bytes]:
        """The files to add to debian/, by path below it."""
        name = self.name(source)
        texts = {f"{name}.install": f"debian/{_WHERE}/etc /\n"}
        if self.examples:
            texts[f"{name}.examples"] = f"debian/{_WHERE}/examples/*\n"
        return {
            **{path: text.encode() for path, text in texts.items()},
            f"{name}.README.Debian": self.readme,
            **{f"{_WHERE}/etc/{path}": data for path, data in self.files.items()},
            **{f"{_WHERE}/examples/{path}": data for path, data in self.examples.items()},
        }


def changed_control(control: bytes, source: str, settings: SettingsPackage) -> bytes:
    """*control* with the stanza of the package at its end; not a byte before it changes.

    :raises SeriesError: it has a package of this name, or none at all
    """
    name, packages = settings.name(source), _packages(control)
    if name in packages or not packages:
        what = f"a package {name} already" if packages else "no package"
        raise SeriesError(f"debian/control has {what}", hint="build without --settings")
    usual = (f"{source}-common", source, packages[0])
    text = (
        f"Files in /etc that switch on what the patches of the series {settings.series} bring, for"
        f" {settings.sizes}. Each line says why it is there, README.Debian what is left to do."
    )
    stanza = _STANZA.format(
        name=name,
        owner=next(one for one in usual if one in packages),
        source=source,
        series=settings.series,
        text=textwrap.fill(text, 76, initial_indent=" ", subsequent_indent=" "),
    )
    return _ended(control) + stanza.encode()


def changed_rules(rules: bytes, control: bytes, name: str) -> bytes:
    """*rules* that still install where they did, once *control* has the second package *name*.

    With a single binary package dh_auto_install installs into its directory, with two of them into
    debian/tmp: the first would be empty.

    :raises SeriesError: they call dh_auto_install themselves, and do not say where it installs
    """
    packages = _packages(control)
    if len(packages) != 1 or b"--destdir" in rules:
        return rules
    only = packages[0]
    if _CALL.search(rules) or b"/cdbs/" in rules:
        raise SeriesError(
            "debian/rules would install upstream's files elsewhere, once there is a second package",
            hint=f"write `dh_auto_install --destdir=debian/{only}` there, or build without"
            " --settings",
        )
    if b"override_dh_auto_install" in rules or not _DH.search(rules):
        return rules  # it says itself where everything goes
    return _ended(rules) + _OVERRIDE.format(name=name, only=only).encode()


def changelog_lists(
    settings: SettingsPackage, source: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the changelog says of the package: points, each with what it is about."""
    name = settings.name(source)
    lines = [f"{one.setting}: {one.line} (/etc/{one.file})" for one in settings.lines]
    yield f"New package {name}, with settings for {settings.sizes}:", tuple(lines)
    if settings.accepted:
        yield "Dangerous settings in it, which were asked for:", _pairs(settings.accepted)
    if settings.left_out:
        yield f"Settings that are not in {name}:", _pairs(settings.left_out)


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {words}" for name, words in pairs)


def _packages(control: bytes) -> list[str]:
    return [name.decode() for name in _PACKAGE.findall(control)]


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") else text + b"\n"
