"""Reading TAP, the Test Anything Protocol: `ok 1 - words`, `not ok 2 - words # TODO`.

A test's id is its words, or its number when it has none. Each line is read by itself, so a stream
that is cut off is read as far as it goes. (tap.py takes `okay` for a result, and raises at numbers
and versions that it does not expect.)
"""

from __future__ import annotations

import re

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun, worse

_RESULT = re.compile(r"(?P<bad>not )?ok\b[ \t]*+(?P<number>\d{0,9}+)(?P<rest>.*)")
_PLAN = re.compile(r"1\.\.(\d{1,9})\b(?P<rest>.*)")
_DIRECTIVE = re.compile(r"(?<!\\)#[ \t]*(skip|todo)", re.IGNORECASE)


def read(stream: bytes) -> TestRun:
    """The run that *stream* tells of. Lines behind a failure are its detail, up to the next."""
    endings: dict[str, Ending] = {}
    details: dict[str, list[str]] = {}
    planned, count, failed, bail = None, 0, "", ""
    for line in stream.decode("utf-8", "replace").splitlines():
        if match := _RESULT.fullmatch(line):
            count += 1
            test, ending = _result(match, count)
            endings[test] = worse(endings.get(test), ending)
            failed = "" if ending.is_good else test
        elif match := _PLAN.fullmatch(line):
            planned = int(match[1])
        elif line.startswith("Bail out!"):
            bail = line[:200]
        elif failed and line.strip():
            details.setdefault(failed, []).append(line.removeprefix("#"))
    if not bail and planned is not None and count < planned:
        bail = f"it planned {planned} tests and ran {count}"
    texts = {test: "\n".join(lines)[-LONGEST_DETAIL:] for test, lines in details.items()}
    return TestRun(endings, texts, stopped=bail)


def _result(match: re.Match[str], count: int) -> tuple[str, Ending]:
    """The id of a test, and how it ended."""
    directive = _DIRECTIVE.search(match["rest"])
    words = match["rest"][: directive.start()] if directive else match["rest"]
    test = words.strip().removeprefix("- ").strip() or match["number"] or str(count)
    kind = directive[1].lower() if directive else ""
    if kind == "skip":
        return test, Ending.SKIPPED
    if kind == "todo":
        return test, Ending.EXPECTED_FAILURE if match["bad"] else Ending.UNEXPECTED_SUCCESS
    return test, Ending.FAILED if match["bad"] else Ending.PASSED
