"""The files of /etc in a directory or a tar archive, read as those of a stranger: bounded in size,
and never outside.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from patchseries.debian.tarball import DAMAGE, BoundedStream, open_compressed
from patchseries.errors import SeriesError, UsageError
from patchseries.files import read_file
from patchseries.settings.etc import EtcFiles, UnreadableError

_LARGEST = 4 << 20
"""Bytes of one file; a package's list of sudoers or settings has a hundredth."""
_LARGEST_ARCHIVE = 256 << 20
_MOST_FILES = 20_000
DPKG_STATUS = "var/lib/dpkg/status"
LARGEST_STATUS = 64 << 20


class EtcDirectory:
    """A directory that is /etc or a copy of it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def place(self, path: str) -> Path:
        """Where *path* is, links followed; it need not be there.

        :raises UnreadableError: a link leads out of the directory, or to itself
        """
        try:
            place = (self._root / path).resolve()
        except (OSError, RuntimeError) as error:
            raise UnreadableError(f"a link cannot be followed: {error}") from error
        if not place.is_relative_to(self._root):
            raise UnreadableError("it is a link that leads out of the directory")
        return place

    def read(self, path: str) -> str | None:
        """See :class:`EtcFiles`."""
        try:
            data = read_file(self.place(path), _LARGEST, follow=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, SeriesError) as error:
            words = error.strerror if isinstance(error, OSError) else str(error)
            raise UnreadableError(f"it cannot be read: {words}") from error
        return data.decode("utf-8", "surrogateescape")

    def names(self, directory: str) -> list[str]:
        """See :class:`EtcFiles`."""
        try:
            with os.scandir(self.place(directory)) as entries:
                return sorted(entry.name for entry in islice(entries, _MOST_FILES))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise UnreadableError(f"/etc/{directory} cannot be read: {error.strerror}") from error


class EtcArchive:
    """The files of a tar archive, read in memory; links in it are not followed."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> str | None:
        """See :class:`EtcFiles`."""
        data = self._files.get(path)
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def names(self, directory: str) -> list[str]:
        """See :class:`EtcFiles`."""
        parts = PurePosixPath(directory).parts
        below = (PurePosixPath(path).parts for path in self._files)
        return sorted({p[len(parts)] for p in below if p[:-1][: len(parts)] == parts})


def open_etc(path: Path) -> tuple[EtcFiles, bytes | None]:
    """The files at *path*, and the status file of dpkg that an archive holds beside them.

    An archive holds ``etc/``, or what is below it.

    :raises UsageError: there is nothing
    :raises SeriesError: it is no archive, or too large
    """
    if path.is_dir():
        return EtcDirectory(path), None
    if not path.is_file():
        raise UsageError(f"{path} is neither a directory nor a tar archive")
    files = dict(_members(path))
    below = {name.removeprefix("etc/"): data for name, data in files.items() if name[:4] == "etc/"}
    return EtcArchive(below or files), files.get(DPKG_STATUS)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """The regular files of the archive that are not too large, by their plain paths."""
    try:
        with _open(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, member in enumerate(archive, 1):
                if number > _MOST_FILES:
                    raise SeriesError(f"{path} has more than {_MOST_FILES} members")
                name = os.path.normpath(member.name).lstrip("/")
                largest = LARGEST_STATUS if name == DPKG_STATUS else _LARGEST
                if not member.isreg() or member.issparse() or not 0 <= member.size <= largest:
                    continue
                if content := archive.extractfile(member):
                    yield name, content.read()
    except (tarfile.TarError, ValueError, OverflowError, *DAMAGE) as error:
        raise SeriesError(f"{path} is not a tar archive", cause=str(error)) from error


def _open(path: Path) -> BoundedStream:
    """The unpacked bytes of an archive, by its suffix; one that is not known is a plain one."""
    plain = path.suffix not in (".gz", ".tgz", ".bz2", ".xz", ".lzma")
    stream = path.open("rb") if plain else open_compressed(path)
    return BoundedStream(stream, path.name, _LARGEST_ARCHIVE)
