"""Reading subunit streams, version 2: the packets that stestr, subunit2 and oslotest write.

python-subunit takes the packets apart. What is no packet (a test printed it) is passed over here:
the library reads such bytes one by one, and takes the last byte of some characters for a packet.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun, worse

SIGNATURE = b"\xb3"
"""The byte that a packet begins with."""
_SHORTEST = 8  # signature, flags, length, checksum
_MOST_SUMS = 8
"""How often over the bytes of a stream are summed up: a hostile one asks for many more."""

_ENDINGS = {
    "success": Ending.PASSED,
    "fail": Ending.FAILED,
    "skip": Ending.SKIPPED,
    "xfail": Ending.EXPECTED_FAILURE,
    "uxsuccess": Ending.UNEXPECTED_SUCCESS,
}
_PARSER = "subunit.parser"
"""The test that python-subunit names for what it cannot read."""


def read(stream: bytes) -> TestRun:
    """The run that *stream* tells of; a stream that is cut off or damaged, as far as it goes."""
    from subunit import ByteStreamToStreamResult

    result = _PacketResult()
    for packet in _packets(stream):
        try:
            ByteStreamToStreamResult(BytesIO(packet)).run(result)
        except Exception:  # whatever an odd packet makes of it: it is one packet
            continue
    return TestRun(result.endings, result.details, next(reversed(result.begun), None))


def _packets(stream: bytes) -> Iterator[bytes]:
    """The packets, each with the checksum that it says; what lies between them is left out."""
    at, budget = stream.find(SIGNATURE), _MOST_SUMS * len(stream)
    while at >= 0 and budget > 0:
        length = _length(stream, at)
        end = at + length
        if length and end <= len(stream):
            budget -= length
            if zlib.crc32(stream[at : end - 4]) == int.from_bytes(stream[end - 4 : end]):
                yield stream[at:end]
                at = stream.find(SIGNATURE, end)
                continue
        at = stream.find(SIGNATURE, at + 1)


def _length(stream: bytes, at: int) -> int:
    """The bytes of the packet at *at*: behind the flags, a number of 1 to 3 bytes; 0: none."""
    first = stream[at + 3 : at + 4]
    if not first:
        return 0
    more = first[0] >> 6
    length = int.from_bytes(stream[at + 3 : at + 4 + more]) & ((1 << (6 + 8 * more)) - 1)
    return length if length >= _SHORTEST else 0


class _PacketResult:
    """What the packets say, one call each."""

    def __init__(self) -> None:
        self.endings: dict[str, Ending] = {}
        self.details: dict[str, str] = {}
        self.begun: dict[str, None] = {}
        self._output: dict[str, bytes] = {}

    def status(
        self,
        test_id: str | None = None,
        test_status: str | None = None,
        file_bytes: bytes | None = None,
        **_: Any,
    ) -> None:
        """One packet (python-subunit calls this)."""
        if test_id is None or test_id == _PARSER:
            return
        if file_bytes:
            said = self._output.get(test_id, b"") + bytes(file_bytes)[-LONGEST_DETAIL:]
            self._output[test_id] = said[-LONGEST_DETAIL:]
        if test_status == "inprogress":
            self.begun[test_id] = None
        ending = _ENDINGS.get(test_status or "")
        if ending is None:
            return
        self.begun.pop(test_id, None)
        self.endings[test_id] = worse(self.endings.get(test_id), ending)
        output = self._output.pop(test_id, b"")
        if output.strip() and not ending.is_good:
            self.details[test_id] = output.decode("utf-8", "replace")
