"""A tarball from outside: opened by its name's ending, and held against what a source tree has."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from pathlib import Path

from patchseries.errors import SeriesError

DAMAGE = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What a stream of :func:`open_compressed` raises that was damaged."""

_LARGEST = 16 << 30
_ALWAYS = 256 << 20
_RATIO = 100
"""Bytes that may come out: at most so many times those that went in. Source code is at 10."""
_MEMBERS = 50_000
_BYTES_OF_A_MEMBER = 100
"""Members that there may be: one more for so many compressed bytes. Real trees have a tenth."""


def open_compressed(path: Path) -> io.BufferedIOBase:
    """The unpacked bytes of *path*: .gz, .tgz, .bz2, .xz or .lzma.

    :raises OSError: it cannot be read; what reading a damaged one raises is DAMAGE
    """
    if path.suffix in (".gz", ".tgz"):
        return gzip.open(path, "rb")
    return bz2.open(path, "rb") if path.suffix == ".bz2" else lzma.open(path, "rb")


def read_unpacked(path: Path, most: int) -> bytes:
    """The unpacked bytes of *path*, of which there may be *most*.

    :raises SeriesError: it is damaged, or unpacks to more
    """
    try:
        with BoundedStream(open_compressed(path), path.name, most) as stream:
            return stream.read(most + 1)
    except DAMAGE as error:
        raise SeriesError(f"{path.name} is damaged", cause=str(error)) from error


class BoundedStream(io.RawIOBase):
    """A stream that fails after *most* bytes: a small archive may unpack to a large one.

    :param name: how the error calls it
    """

    def __init__(self, stream: io.BufferedIOBase, name: str, most: int) -> None:
        self._stream = stream
        self._name = name
        self._most = most
        self._left = most

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes.

        :raises SeriesError: there were too many
        """
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise SeriesError(f"{self._name} unpacks to more than {self._most >> 20} MiB")
        return data

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()


def check_tarball(path: Path) -> None:
    """See that *path* can be unpacked: it is a tar archive and no bomb. Nothing is written.

    :raises SeriesError: it is none, or has more bytes or members than any source tree
    """
    packed = path.stat().st_size
    largest = min(_LARGEST, max(_ALWAYS, _RATIO * packed))
    most = _MEMBERS + packed // _BYTES_OF_A_MEMBER
    size = number = 0
    name = f"{path.name} of {packed} bytes"
    try:
        with (
            BoundedStream(open_compressed(path), name, largest) as stream,
            tarfile.open(fileobj=stream, mode="r|", bufsize=1 << 18) as archive,
        ):
            for number, member in enumerate(archive, 1):
                size += member.size  # of a file with holes: as long as it says
                if size > largest:
                    raise SeriesError(f"{name} unpacks to more than {largest >> 20} MiB")
                if number > most:
                    raise SeriesError(f"{path.name} has more than {most} members")
    except (tarfile.TarError, ValueError, OverflowError, MemoryError, *DAMAGE) as error:
        raise SeriesError(f"{path.name} is not a tar archive", cause=str(error)) from error
    if not number:
        raise SeriesError(f"{path.name} is an empty tar archive")
