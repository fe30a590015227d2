r"""Reading subunit streams, version 1: the text that testtools, subunit and trial write.

>>> read(b"test: a.B.c\nfailure: a.B.c [\nboom\n]\ntest: a.B.d\n").endings
{'a.B.c': <Ending.FAILED: 'failed'>}

A stream comes from code that is not ours, and may be cut off anywhere: what is no line of the
protocol is passed over. Nothing in it is an error. (python-subunit reads this version too, but an
odd line that a test prints ends it with an exception, and a long detail takes it quadratic time.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun

_ENDINGS = {
    b"success": Ending.PASSED,
    b"successful": Ending.PASSED,
    b"failure": Ending.FAILED,
    b"error": Ending.ERROR,
    b"skip": Ending.SKIPPED,
    b"xfail": Ending.EXPECTED_FAILURE,
    b"uxsuccess": Ending.UNEXPECTED_SUCCESS,
}

_LINE = re.compile(
    rb"(?P<verb>test|testing|success|successful|failure|error|skip|xfail|uxsuccess)"
    rb"(?::[ ]*|[ ]+)(?:test[ ]+)?(?P<label>\S.*?)(?P<opens>[ ]\[(?P<parts>[ ]multipart)?)?"
)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})\r?\n")


def read(stream: bytes) -> TestRun:
    """The run that *stream* tells of. Of a test that ended twice, the worse ending counts."""
    return _StreamReader(stream).run()


class _StreamReader:
    """Reads one stream from its beginning."""

    def __init__(self, stream: bytes) -> None:
        self._stream = BytesIO(stream)
        self._endings: dict[str, Ending] = {}
        self._details: dict[str, str] = {}
        self._begun: str | None = None

    def run(self) -> TestRun:
        for line in self._lines():
            match = _LINE.fullmatch(line.rstrip(b" "))
            if match:
                self._event(match)
        return TestRun(self._endings, self._details, self._begun)

    def _lines(self) -> Iterator[bytes]:
        """The lines from here on, without their ends."""
        for line in self._stream:
            yield line.removesuffix(b"\n").rstrip(b"\r")

    def _event(self, match: re.Match[bytes]) -> None:
        test = _text(match["label"])
        ending = _ENDINGS.get(match["verb"])
        if ending is None:
            self._begun = test
            return
        detail = b""
        if match["opens"]:
            whole = self._parts() if match["parts"] else self._bracketed()
            if whole is None:
                return  # cut off: the test has not come to its end
            detail = whole
        if self._begun == test:
            self._begun = None
        before = self._endings.get(test)
        if before is None or before.is_good:
            self._endings[test] = ending
            if detail.strip() and not ending.is_good:
                self._details[test] = _text(detail)[-LONGEST_DETAIL:]

    def _bracketed(self) -> bytes | None:
        """The lines up to one with a bracket alone; None when the stream ends before it."""
        lines: list[bytes] = []
        for line in self._lines():
            if line == b"]":
                return b"\n".join(lines)
            lines.append(b"]" if line == b" ]" else line)
        return None

    def _parts(self) -> bytes | None:
        """The text of a multipart detail: for each part its kind, its name, its chunks."""
        texts: list[bytes] = []
        for kind in self._lines():
            if kind == b"]":
                return b"\n".join(texts)
            if not kind.startswith(b"Content-Type:"):
                continue
            self._stream.readline()  # the name
            data = self._chunks()
            if kind.removeprefix(b"Content-Type:").strip().startswith(b"text/"):
                texts.append(data)
        return None

    def _chunks(self) -> bytes:
        """What a part holds: chunks with their length, in hexadecimal, up to one of none."""
        data = []
        start = self._stream.tell()
        while match := _CHUNK.fullmatch(self._stream.readline()):
            data.append(self._stream.read(int(match[1], 16)))
            start = self._stream.tell()
            if not data[-1]:
                break
        self._stream.seek(start)  # a line that is no length is not this part's
        return b"".join(data)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
