"""Reading what `pytest -v` prints: a line for each test, and a section for each failure.

pytest prints a test's id before the test runs, so that of a run that was ended the test is known
that hangs. Ids are pytest's own: it takes them as arguments. pytest-xdist's lines are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun, worse

_ENDINGS = {
    "PASSED": Ending.PASSED,
    "FAILED": Ending.FAILED,
    "ERROR": Ending.ERROR,
    "SKIPPED": Ending.SKIPPED,
    "XFAIL": Ending.EXPECTED_FAILURE,
    "XPASS": Ending.UNEXPECTED_SUCCESS,
}
_ENDED = re.compile(rf" ({'|'.join(_ENDINGS)})(?= |$)")
_XDIST = re.compile(r"\[gw\d+\] \[ *\d+%\] (\w+) ")
_ABOUT = re.compile(r"^ERROR (?:collecting|at \w+ of) ")
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST_LINE = 4000


def read(stream: bytes) -> TestRun:
    """The run that *stream*, pytest's standard output, tells of."""
    text = _STYLE.sub("", stream.decode("utf-8", "replace"))
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()]
    endings: dict[str, Ending] = {}
    last = ""
    for line in lines:
        if ended := _ended(line):
            endings[ended[0]] = worse(endings.get(ended[0]), ended[1])
        last = line.rstrip() or last
    begun = ".py::" in last and last not in endings and not _ended(last)
    return TestRun(endings, _details(lines, endings), last if begun else None)


def _ended(line: str) -> tuple[str, Ending] | None:
    """The test that *line* is about, and how it ended."""
    if match := _XDIST.match(line):
        word, test = match[1], line[match.end() :].rstrip()
    elif line.startswith(("FAILED ", "ERROR ")):  # of the summary
        word, _, rest = line.partition(" ")
        test = rest.partition(" - ")[0].rstrip()
    elif (match := _ENDED.search(line)) and "::" in line[: match.start()]:
        word, test = match[1], line[: match.start()]
    else:
        return None
    return (test, _ENDINGS[word]) if test and word in _ENDINGS else None


def _details(lines: Sequence[str], endings: dict[str, Ending]) -> dict[str, str]:
    """The sections of the failures, by the tests that they are about."""
    titles = {_heading(test): test for test, ending in endings.items() if not ending.is_good}
    return {
        titles[title]: text[-LONGEST_DETAIL:]
        for title, text in _sections(lines)
        if title in titles and text.strip()
    }


def _sections(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each heading with the text below it."""
    title, body = "", list[str]()
    for line in lines:
        rule = line[:3]
        if rule in ("___", "===") and line.endswith(rule):
            yield title, "\n".join(body)
            title, body = _ABOUT.sub("", line.strip("_= ")), []
        else:
            body.append(line)
    yield title, "\n".join(body)


def _heading(test: str) -> str:
    """How pytest heads the section of a test: `Case.test_a` for `tests/a.py::Case::test_a`."""
    path, _, names = test.partition("::")
    return names.replace("::", ".").strip("_") or path
