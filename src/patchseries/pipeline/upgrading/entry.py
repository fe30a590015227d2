"""The debian/ of a package on a new release: its patches, and its changelog with a new entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.debian.changelog import UNRELEASED, Entry, continued, read_head
from patchseries.debian.packaging import with_patches
from patchseries.debian.request import Maintainer, PackagedFile, Packaging
from patchseries.debian.version import release_version
from patchseries.errors import UsageError
from patchseries.patches.quilt import is_series_file, series_in_use
from patchseries.pipeline.publish import package_patches, parse_names
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Series
from patchseries.pipeline.upgrading.notes import PatchNote, changelog_lines


@dataclass(frozen=True, slots=True)
class EntryHead:
    """What the entry says besides what was done.

    :param upstream: the upstream version
    :param timestamp: seconds since 1970
    :param distribution: None: not released yet
    """

    upstream: str
    maintainer: Maintainer
    timestamp: int
    distribution: str | None = None
    urgency: str = "medium"


@dataclass(frozen=True)
class NewPackaging:
    """The debian/ that an upgrade makes.

    :param packaging: all of it
    :param patches: its patches/, by path
    :param changelog: its changelog
    :param entry: the newest entry of that, for people
    :param unported: patches that only another vendor's series file names, kept as they were
    """

    packaging: Packaging
    patches: Mapping[str, bytes]
    changelog: bytes
    entry: str
    unported: tuple[str, ...] = ()


def new_packaging(
    series: Series,
    stock: Packaging,
    cells: Sequence[RebasedCell],
    notes: Sequence[PatchNote],
    head: EntryHead,
) -> NewPackaging:
    """The debian/ of *stock* with the patches *cells*, and an entry that says what became of them.

    An entry of *stock* that is not released yet is continued.

    :raises UsageError: *stock* is of this release already, or of a newer one
    """
    patches = package_patches(series, cells)
    text = stock.debian["changelog"].data.decode("utf-8", "surrogateescape")
    changelog = continued(text, _entry(stock, changelog_lines(notes), head))
    data = changelog.encode("utf-8", "surrogateescape")
    made = with_patches(stock, patches)
    version = read_head(changelog).version
    debian = {**made.debian, "changelog": PackagedFile("100644", data)}
    distribution = head.distribution or UNRELEASED
    packaging = replace(made, debian=debian, version=version, distribution=distribution, orig=None)
    vendor = series.manifest.projects[cells[0].project].vendor if cells else "debian"
    unported = tuple(_unported(patches, vendor))
    return NewPackaging(packaging, patches, data, changelog[: _end_of_entry(changelog)], unported)


def upstream_version(release: str, orig: Path | None) -> str:
    """The upstream version of *release*: that of the tarball's name, where it is a repack of it.

    >>> upstream_version("27.5.1", Path("nova_27.5.1+dfsg1.orig.tar.xz"))
    '27.5.1+dfsg1'
    >>> upstream_version("27.5.1", Path("nova-27.5.1.tar.gz"))
    '27.5.1'
    """
    named = orig.name.partition("_")[2].partition(".orig.tar")[0] if orig else ""
    return named if named.startswith(release) else release


# Private -----------------------------------------------------------------------------------------


def _entry(stock: Packaging, lines: Sequence[str], head: EntryHead) -> Entry:
    version = release_version(stock.version, head.upstream)
    is_same = version == stock.version
    if is_same and stock.distribution != UNRELEASED:
        raise UsageError(
            f"{stock.source} {version} is of this release already", hint="name a newer release"
        )
    return Entry(
        source=stock.source,
        version=version,
        distribution=head.distribution or UNRELEASED,
        urgency=head.urgency,
        maintainer=head.maintainer,
        timestamp=head.timestamp,
        notes=tuple(lines) if is_same else ("New upstream release.", *lines),
    )


def _unported(patches: Mapping[str, bytes], vendor: str) -> Iterator[str]:
    """The patches that some series file names, and not the one in use."""
    in_use = parse_names(patches.get(series_in_use(patches, vendor), b""))
    others = (parse_names(data) for name, data in patches.items() if is_series_file(name))
    yield from dict.fromkeys(name for names in others for name in names if name not in in_use)


def _end_of_entry(changelog: str) -> int:
    """Where the newest entry ends."""
    return changelog.index("\n", changelog.index("\n -- ") + 1) + 1
