"""Syntax that is newer than the Python which the target says that it runs on.

A branch for maintenance often runs on an older Python than upstream does. The grammar takes either,
so that an f-string would be no fault where 3.5 has to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.lines import Run
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.queries import captures
from patchseries.port.verify.syntax import Chunk, parse

Version = tuple[int, int]

_SYNTAX: dict[str, tuple[Version, str]] = {
    "keyword": ((3, 0), "an argument by name only"),
    "annotation": ((3, 0), "an annotation"),
    "nonlocal": ((3, 0), "nonlocal"),
    "cause": ((3, 0), "raise … from"),
    "metaclass": ((3, 0), "an argument of a class"),
    "starred": ((3, 0), "a target with a star"),
    "delegated": ((3, 3), "yield from"),
    "async": ((3, 5), "async or await"),
    "unpacked": ((3, 5), "unpacking in a list, tuple or dict"),
    "formatted": ((3, 6), "an f-string"),
    "variable": ((3, 6), "an annotated variable"),
    "assigned": ((3, 8), "an assignment in an expression"),
    "positional": ((3, 8), "an argument by place only"),
    "matched": ((3, 10), "match"),
}
"""What each capture of the query is: since when, and what people call it."""
_QUERY = """
(parameters (keyword_separator) @keyword)
(parameters (list_splat_pattern) . [(identifier) (default_parameter)] @keyword)
(parameters [(typed_parameter) (typed_default_parameter)] @annotation)
(function_definition return_type: (_) @annotation)
(nonlocal_statement) @nonlocal
(raise_statement cause: (_) @cause)
(class_definition superclasses: (argument_list (keyword_argument) @metaclass))
(assignment left: (pattern_list (list_splat_pattern) @starred))
(yield "from") @delegated
(function_definition "async" @async)
(await) @async
(dictionary (dictionary_splat) @unpacked)
(list (list_splat) @unpacked)
(tuple (list_splat) @unpacked)
(string (interpolation) @formatted)
(assignment type: (type) @variable)
(named_expression) @assigned
(positional_separator) @positional
(match_statement) @matched
"""
_NEWEST = max(since for since, _ in _SYNTAX.values())

_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
_REQUIRES = re.compile(
    rb"(?:python_requires|python-requires|requires-python)[\"']?[ \t]*[:=][ \t]*\(?\s*[\"']?"
    rb"[ \t]*[>~]=[ \t]*(\d)(?:\.(\d+))?"
)
_CLASSIFIER = re.compile(rb"Programming Language :: Python :: (\d)(?:\.(\d+))?[ \t]*[\"'\r\n]")


def check_version(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Syntax on the added lines that the target's Python lacks, and its file has nothing like."""
    oldest = _oldest(port)
    if oldest is None or oldest >= _NEWEST or "py3" in file.path:
        return
    runs = [(run.new_start, run.new_start + len(run.added)) for run in file.ours]
    if not any(since > oldest for part in parts for since, _, _ in _newer(part, runs)):
        return
    # What was parsed may begin within a text in quotes.
    whole = Chunk(file.result_scopes, (0, len(file.result_scopes.lines)), (0, 0))
    found = [each for each in _newer(whole, runs) if each[0] > oldest] if whole.parses else []
    known = max((since for since, _, _ in _all(file.onto)), default=oldest)
    for since, what, line in {each[1]: each for each in reversed(found)}.values():
        if since > known:
            yield Finding(
                PortCode.SYNTAX,
                Severity.ERROR,
                f"{what} needs Python {_shown(since)}, and the target says {_shown(oldest)}",
                file=file.path,
                line=line + 1,
            )


def _oldest(port: Port) -> Version | None:
    """The oldest Python that the target says it runs on; None where it does not say."""
    texts = (port.repository.file(port.onto, path) or b"" for path in _METADATA)
    return next(filter(None, map(_oldest_named_in, texts)), None)


@lru_cache(maxsize=64)
def _oldest_named_in(text: bytes) -> Version | None:
    if required := _REQUIRES.search(text):
        return int(required[1]), int(required[2] or 0)
    named = {(int(major), int(minor or -1)) for major, minor in _CLASSIFIER.findall(text)}
    exact = {version for version in named if version[1] >= 0}
    # That it is for 2 or 3 says which at least, but not which of 3.
    return min(
        exact | {(2, 7)} if (2, -1) in named and (2, 6) not in exact else exact, default=None
    )


def _newer(part: Chunk, runs: Sequence[Run]) -> Iterator[tuple[Version, str, int]]:
    """The syntax with a date on the lines *runs* of a chunk: since when, what, on which line."""
    for first, last in runs:
        low, high = max(first, part.start) - part.offset, min(last, part.end) - part.offset
        found = captures(part.tree.root_node, _QUERY, (low, high)) if low < high else {}
        for name, nodes in found.items():
            rows = [n.start_point.row for n in nodes if low <= n.start_point.row < high]
            if rows:
                yield *_SYNTAX[name], min(rows) + part.offset


def _all(text: bytes) -> Iterator[tuple[Version, str, int]]:
    for name in captures(parse(text).root_node, _QUERY):
        yield *_SYNTAX[name], 0


def _shown(version: Version) -> str:
    return ".".join(map(str, version))
