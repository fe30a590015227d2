"""The version of a patched package: above the stock one, below the next stock update.

The default is ``+0NAMEn`` after the stock version: ``+`` sorts above the stock version, and ``0``
before every letter, so that ``+deb7u1`` and ``+esm1`` still win. The rule is not trusted: each
version is compared with the stock one and with the updates that are likely to follow it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from debian.debian_support import NativeVersion

from patchseries.errors import SeriesError
from patchseries.model import Base

_UPSTREAM = re.compile(r"v?(\d[A-Za-z0-9.+~-]*)")
_BACKPORT = re.compile(
    r"(?P<own>[^~]*+(?:~(?![a-z]++\d)[^~]*+)*)(?P<tail>~[a-z]++)(?P<number>\d++)(?P<rest>.*)"
)
_UBUNTU = re.compile(r"(?P<debian>\d++)ubuntu(?P<number>\d++)(?P<rest>.*)")
_VALID = re.compile(r"(?:\d+:)?\d[A-Za-z0-9.+~:-]*")

LONGEST = 200
"""Characters of a version: no archive has one that is half as long."""


@dataclass(frozen=True, slots=True)
class Suffix:
    """What follows the stock version: ``stem``, and a number that counts up from ``first``."""

    stem: str
    first: int

    @classmethod
    def parse(cls, text: str) -> Suffix:
        """The suffix *text* spells: a name (``perf``), or what stands after the stock version
        (``+0perf``, ``+0perf3``: counting starts there).

        :raises SeriesError: a character that no version may have

        >>> Suffix.parse("perf")
        Suffix(stem='+0perf', first=1)
        >>> Suffix.parse("+0perf3").at(2)
        '+0perf4'
        """
        if not re.fullmatch(r"[A-Za-z0-9.+~]+", text):
            raise SeriesError(
                f"not a version suffix: {text!r}", hint="use letters, digits, '.', '+' and '~'"
            )
        stem = text.rstrip("0123456789")
        first = int(text[len(stem) :] or 1)
        return cls(stem if stem[:1] in ("+", "~", ".") else f"+0{stem}", first)

    def at(self, number: int) -> str:
        """The suffix of the build *number* (1 is the first)."""
        return f"{self.stem}{self.first + number - 1}"


def default_suffix(series_name: str) -> str:
    """The suffix's name for a series: its letters and digits, in lower case, ending in a letter.

    >>> default_suffix("Grizzly 2013")
    'grizzly'
    >>> default_suffix("2013")
    'series'
    """
    name = re.sub(r"[^a-z0-9]", "", series_name.lower()).strip("0123456789")
    return name or "series"


def upstream_version(base: Base) -> str:
    """The upstream version that *base* stands for: its tag without ``v``, or its commit's id."""
    found = _UPSTREAM.fullmatch(base.name)
    if not found or re.fullmatch(r"[0-9a-f]{12,64}", base.name):
        return f"0+git{base.commit[:12]}"
    return found[1].replace("-", "~")


def parse(text: str) -> NativeVersion:
    """The version *text* spells.

    :raises SeriesError: it is none, or it is a native one (without a Debian revision)

    >>> version = parse("1:2013.1.3-0ubuntu1")
    >>> version.epoch, version.upstream_version, version.debian_revision
    ('1', '2013.1.3', '0ubuntu1')
    >>> parse("2013.1_3")
    Traceback (most recent call last):
        ...
    patchseries.errors.SeriesError: not a Debian version: '2013.1_3'
    """
    if len(text) > LONGEST:
        raise SeriesError(f"a version of {len(text)} characters: {text[:40]!r}…")
    if not _VALID.fullmatch(text):
        raise SeriesError(f"not a Debian version: {text!r}")
    try:
        version = NativeVersion(text)
    except ValueError:  # a colon that nothing follows
        raise SeriesError(f"not a Debian version: {text!r}") from None
    if version.debian_revision is None:
        raise SeriesError(
            f"{text} is the version of a native package",
            hint="a patch series needs a 3.0 (quilt) package: upstream and packaging apart",
        )
    return version


def stock_version(packaged: str | None, base: Base) -> str:
    """The stock version on *base*, given the version the packaging has (None: no packaging).

    Packaging of another upstream release keeps its epoch and its kind of revision, with the
    number 0: what the packager makes of this release will then be newer.
    """
    upstream = upstream_version(base)
    if packaged is None:
        return f"{upstream}-0"
    epoch, theirs, revision = _parts(packaged)
    if _same_release(theirs, upstream):
        return packaged
    return f"{epoch}{upstream}-{_zeroth(revision)}"


def release_version(packaged: str, upstream: str) -> str:
    """The packager's first version of the release *upstream*, given the version *packaged*; that
    one where it is of this release already.

    :raises SeriesError: the release is older than what is packaged

    >>> release_version("2:26.2.2-1~deb12u3", "27.5.1"), release_version("1.0-0ubuntu2", "1.1.0rc1")
    ('2:27.5.1-1', '1.1.0~rc1-0ubuntu1')
    """
    epoch, theirs, _ = _parts(packaged)
    upstream = _before_release(upstream.removeprefix("v").replace("-", "~"))
    if _same_release(theirs, upstream):
        return packaged
    made = f"{epoch}{upstream}-{'0ubuntu1' if 'ubuntu' in packaged else '1'}"
    if not parse(made) > parse(packaged):
        raise SeriesError(
            f"{made} is not newer than {packaged}, which is packaged",
            hint="name a newer release; an older one is `series rebase --onto` and `series build`",
        )
    return made


def _before_release(upstream: str) -> str:
    """*upstream* so that a candidate sorts before its release (``27.0.0.0rc1`` is OpenStack's)."""
    found = re.fullmatch(r"(\d+(?:\.\d+)*?)(\.0)?[.~_]?(a|b|rc)(\d+)", upstream)
    if not found:
        return upstream
    number = found[1] if found[1].count(".") >= 2 else found[1] + (found[2] or "")
    return f"{number}~{found[3]}{found[4]}"


def check(version: str, stock: str) -> None:
    """Compare *version* with the stock version and the likely next stock updates.

    :raises SeriesError: it does not sort above the first and below all the others
    """
    ours = parse(version)
    if not ours > NativeVersion(stock):
        raise SeriesError(
            f"version {version} sorts below the stock {stock}: it would never be installed",
            hint="use a --version-suffix that starts with '+0'",
        )
    for update in likely_updates(stock):
        if not ours < NativeVersion(update):
            raise SeriesError(
                f"version {version} sorts above the likely stock update {update}: it would hide it",
                hint="use a --version-suffix that starts with '+0'",
            )


def likely_updates(stock: str) -> tuple[str, ...]:
    """The versions that the stock package may come to have next, as distributions number them."""
    epoch, upstream, revision = _parts(stock)
    updates = [f"{epoch}{upstream}-{next_}" for next_ in _next_revisions(revision)]
    updates.append(f"{epoch}{_bumped(upstream)}-{_zeroth(revision)}")
    return tuple(updates)


def _parts(text: str) -> tuple[str, str, str]:
    """The epoch of a version with its colon, the upstream version, and the revision.

    :raises SeriesError: see :func:`parse`
    """
    version = parse(text)
    assert version.upstream_version is not None
    assert version.debian_revision is not None
    epoch = f"{version.epoch}:" if version.epoch else ""
    return epoch, version.upstream_version, version.debian_revision


def _next_revisions(revision: str) -> list[str]:
    """A stable or security update, a new revision, a new backport of the same revision."""
    backport = _BACKPORT.fullmatch(revision)
    if backport:
        own, tail, number = backport["own"], backport["tail"], int(backport["number"])
        rest = backport["rest"]
        again = [f"{own}{tail}{number + 1}", own]
        again += [f"{own}{tail}{number}{rest}.1"] if rest else [f"{own}{tail}{number}.1"]
        return again + [f"{r}{tail}{number}" for r in _next_revisions(own)]
    ubuntu = _UBUNTU.fullmatch(revision)
    if ubuntu:
        stem, number = f"{ubuntu['debian']}ubuntu", int(ubuntu["number"])
        return [f"{revision}.1", f"{stem}{number + 1}", f"{revision}+esm1"]
    return [
        f"{revision}+deb7u1",
        f"{revision}+deb12u1",
        f"{revision}+esm1",
        f"{revision}+b1",
        f"{revision}.1",
        _bumped(revision),
    ]


def _bumped(text: str) -> str:
    """*text* with its first run of digits of the revision, or last of a release, one higher."""
    found = re.match(r"(.*?)(\d+)(\D*)$", text)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{text}1"


def _zeroth(revision: str) -> str:
    """The revision that comes before the packager's first for a new release."""
    backport = _BACKPORT.fullmatch(revision)
    if backport:
        return _zeroth(backport["own"]) + backport["tail"] + backport["number"]
    return "0ubuntu0" if "ubuntu" in revision else "0"


def _same_release(packaged: str, upstream: str) -> bool:
    """Whether the packaging's upstream version is that release, or a repack of it."""
    return re.sub(r"\+(dfsg|ds|repack)[.\d]*$", "", packaged) == upstream
