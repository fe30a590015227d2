"""Reading objects by one ``git cat-file --batch`` process, and keeping them for the next question.

To ask and wait costs two switches between processes, about as much as all that git does to find
an object. Questions known together are therefore asked together (:meth:`ObjectReader.prefetch`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from patchseries import process

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_AT_ONCE = 256
"""Questions asked before an answer is read: they must fit a pipe, or both sides would wait."""
_KEPT_BYTES = 48_000_000
"""How much is kept: several ports' worth of files, and never a burden."""
_LARGE = 2_000_000
"""Larger objects are not kept."""

Object = tuple[str, bytes]
"""An object's type and its bytes."""


class ObjectReader:
    """A running ``git cat-file --batch``: ask with :meth:`read`, end with :meth:`close`."""

    def __init__(self, git_dir: Path, env: dict[str, str]) -> None:
        """Prepare to read objects of *git_dir*."""
        self._git = process.CoProcess(
            ["git", f"--git-dir={git_dir}", "cat-file", "--batch"], cwd=git_dir, env=env
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

    def prefetch(self, oids: Iterable[str]) -> None:
        """Read objects that will be asked for one by one."""
        missing = [oid for oid in dict.fromkeys(oids) if oid not in self._kept]
        for at in range(0, len(missing), _AT_ONCE):
            self._ask(list(filter(_OID.fullmatch, missing[at : at + _AT_ONCE])))

    def keep(self, oid: str, found: Object) -> None:
        """Remember an object that was read or written."""
        if len(found[1]) > _LARGE or oid in self._kept:
            return
        self._kept[oid] = found
        self._size += len(found[1])
        while self._size > _KEPT_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1][1])

    def close(self) -> None:
        """End the process, if it runs."""
        self._git.close()

    def _ask(self, oids: Sequence[str]) -> list[Object | None]:
        running = self._git.running()
        assert running.stdin is not None
        assert running.stdout is not None
        try:
            running.stdin.write("".join(f"{oid}\n" for oid in oids).encode())
            running.stdin.flush()
            found = [_read_object(running.stdout) for _ in oids]
        except (OSError, EOFError):  # git ends at an object that is damaged
            self.close()
            return [None] * len(oids)
        except BaseException:
            self.close()  # an answer half read would be taken for the next one
            raise
        for oid, answer in zip(oids, found, strict=True):
            if answer is not None:
                self.keep(oid, answer)
        return found


def _read_object(stream: IO[bytes]) -> Object | None:
    head = stream.readline()
    if not head.endswith(b"\n"):
        raise EOFError("cat-file: the stream ended")
    words = head.split()
    if len(words) != 3:  # "ID missing"
        return None
    size = int(words[2])
    data = stream.read(size + 1)
    if len(data) != size + 1:
        raise EOFError("cat-file: the stream ended")
    return words[1].decode(), data[:-1]
