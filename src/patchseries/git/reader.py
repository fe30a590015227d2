"""Reading objects by one ``git cat-file`` process, and keeping them for the next question.

To ask and wait costs two switches between processes, about as much as all that git does to find
an object. Questions known together are therefore asked together (:meth:`ObjectReader.prefetch`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

from patchseries import process

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_AT_ONCE = 12_000
"""Bytes of questions before an answer is read: they must fit a pipe, or both sides would wait."""
_NOT_THERE = (b" missing\n", b" ambiguous\n")
_KEPT_BYTES = 48_000_000
"""How much is kept: several ports' worth of files, and never a burden."""
_LARGE = 2_000_000
"""Larger objects are not kept."""
_MOST = 512 * 1024 * 1024 - 1
"""Larger objects are not read: git streams those (core.bigFileThreshold), so that one which is
damaged, or says that it is larger than it is, would be waited for without end."""

Object = tuple[str, bytes]
"""An object's type and its bytes."""


class ObjectReader:
    """A running ``git cat-file --batch-command``: ask with :meth:`read`, end with :meth:`close`."""

    def __init__(self, git_dir: Path, env: dict[str, str]) -> None:
        """Prepare to read objects of *git_dir*."""
        self._git = process.CoProcess(
            ["git", f"--git-dir={git_dir}", "cat-file", "--batch-command"], cwd=git_dir, env=env
        )
        self._kept: OrderedDict[str, Object] = OrderedDict()
        self._size = 0

    def read(self, oid: str) -> Object | None:
        """The object with the full id *oid*; None when it is not there or cannot be read."""
        kept = self._kept.get(oid)
        if kept is not None:
            self._kept.move_to_end(oid)
            return kept
        return self._ask([oid])[0] if _OID.fullmatch(oid) else None

    def has(self, oid: str) -> bool:
        """Whether the object is remembered."""
        return oid in self._kept

    def is_there(self, oid: str) -> bool:
        """Whether git finds the object with the full id *oid*, which is not read.

        :raises EOFError: git ended instead of answering
        """
        try:
            head = self._begin([f"info {oid}"]).readline()
        except OSError as error:
            self.close()
            raise EOFError("cat-file: the stream ended") from error
        except BaseException:
            self.close()
            raise
        if not head.endswith(b"\n"):
            self.close()
            raise EOFError("cat-file: the stream ended")
        return not head.endswith(_NOT_THERE)

    def prefetch(self, oids: Iterable[str], places: Iterable[tuple[str, str]] = ()) -> None:
        """Read objects that will be asked for one by one: by id, or by tree and path."""
        missing = (oid for oid in dict.fromkeys(oids) if oid not in self._kept)
        named = (f"{tree}:{path}" for tree, path in places if "\n" not in path)
        for some in _batches(chain(filter(_OID.fullmatch, missing), named)):
            self._ask(some)

    def keep(self, oid: str, read: Object) -> None:
        """Remember an object that was read or written."""
        if len(read[1]) > _LARGE or oid in self._kept:
            return
        self._kept[oid] = read
        self._size += len(read[1])
        while self._size > _KEPT_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1][1])

    def close(self) -> None:
        """End the process, if it runs."""
        self._git.close()

    def _ask(self, names: Sequence[str]) -> list[Object | None]:
        try:
            answers = self._begin([f"contents {name}" for name in names])
            found = [self._read_object(answers) for _ in names]
        except (OSError, EOFError):  # git ends at an object that is damaged
            self.close()
            return [None] * len(names)
        except BaseException:
            self.close()  # an answer half read would be taken for the next one
            raise
        return found

    def _begin(self, questions: Sequence[str]) -> IO[bytes]:
        """Ask *questions*; the stream that the answers come from.

        :raises OSError: git ended
        """
        running = self._git.running()
        assert running.stdin is not None
        assert running.stdout is not None
        lines = "".join(f"{question}\n" for question in questions)
        running.stdin.write(lines.encode("utf-8", "surrogateescape"))
        running.stdin.flush()
        return running.stdout

    def _read_object(self, stream: IO[bytes]) -> Object | None:
        head = stream.readline()
        if not head.endswith(b"\n"):
            raise EOFError("cat-file: the stream ended")
        if head.endswith(_NOT_THERE):
            return None
        oid, kind, length = head.decode().split(" ")
        size = int(length)
        if size > _MOST:
            raise EOFError("cat-file: an object is too large")
        data = stream.read(size + 1)
        if len(data) != size + 1:
            raise EOFError("cat-file: the stream ended")
        found = kind, data[:-1]
        self.keep(oid, found)
        return found


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    """*names* in order, so many at a time as can be asked at once."""
    some: list[str] = []
    size = 0
    for name in names:
        if some and size + len(name) > _AT_ONCE // 4:  # a character has at most four bytes
            yield some
            some, size = [], 0
        some.append(name)
        size += len(name) + len("contents \n")
    if some:
        yield some
