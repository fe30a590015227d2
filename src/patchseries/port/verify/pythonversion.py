"""Syntax, and some names, newer than the Python which the target says that it runs on.

A branch for maintenance often runs on an older Python than upstream does. The grammar takes either,
so that an f-string would be no fault where 3.5 has to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, partial

from tree_sitter import Node

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.lines import Run
from patchseries.port.verify.definitions import imported
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.queries import captures, node_text
from patchseries.port.verify.syntax import Chunk, parse

Version = tuple[int, int]

_SYNTAX: dict[str, tuple[Version, str]] = {
    "keyword": ((3, 0), "a keyword-only argument"),
    "annotation": ((3, 0), "an annotation"),
    "nonlocal": ((3, 0), "nonlocal"),
    "cause": ((3, 0), "raise … from"),
    "metaclass": ((3, 0), "a keyword in the head of a class"),
    "starred": ((3, 0), "a starred assignment"),
    "super": ((3, 0), "super() without arguments"),
    "bytes": ((3, 0), "bytes() with an encoding"),
    "keys": ((3, 0), "a set of keys()"),
    "builtins": ((3, 0), "the module builtins"),
    "error": ((3, 3), "this exception"),
    "delegated": ((3, 3), "yield from"),
    "async": ((3, 5), "async or await"),
    "unpacked": ((3, 5), "unpacking in a list, tuple, dict or call"),
    "formatted": ((3, 6), "an f-string"),
    "variable": ((3, 6), "an annotated variable"),
    "assigned": ((3, 8), "an assignment expression"),
    "positional": ((3, 8), "a positional-only argument"),
    "opened": ((3, 9), "a with statement in brackets"),
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
(set (list_splat) @unpacked)
(argument_list (dictionary_splat) @unpacked . ["," (keyword_argument)])
(argument_list (list_splat) @unpacked . "," . ")")
(tuple_pattern (list_splat_pattern) @starred)
(call function: (identifier) @super arguments: (argument_list . "(" . ")"))
(call function: (identifier) @bytes arguments: (argument_list (_) . (string)))
(binary_operator left: (call function: (attribute attribute: (identifier) @keys))
 operator: ["-" "&" "|"])
(string_content) @builtins
(except_clause (identifier) @error)
(with_item (parenthesized_expression (as_pattern)) @opened)
(with_clause "(" (with_item) @opened . ",")
(string (interpolation) @formatted)
(assignment type: (type) @variable)
(named_expression) @assigned
(positional_separator) @positional
(match_statement) @matched
"""
_SAYING = {
    "super": re.compile(rb"super$"),
    "bytes": re.compile(rb"bytes$"),
    "keys": re.compile(rb"(?:keys|items)$"),
    "builtins": re.compile(rb"builtins\.[a-z]+$"),
    "error": re.compile(
        rb"(?:File(?:NotFound|Exists)|Permission|ProcessLookup|(?:Not|Is)ADirectory|Timeout"
        rb"|BrokenPipe|Connection(?:Refused|Reset|Aborted)?|BlockingIO|ChildProcess|Interrupted)"
        rb"Error$"
    ),
}
"""What the text of such a capture has to be."""
_NEWEST = max(since for since, _ in _SYNTAX.values())
_MODULES: dict[bytes, Version] = {
    **dict.fromkeys((b"builtins", b"configparser", b"queue", b"socketserver"), (3, 0)),
    **dict.fromkeys((b"http.client", b"http.server", b"html.parser"), (3, 0)),
    **dict.fromkeys((b"urllib.error", b"urllib.parse", b"urllib.request"), (3, 0)),
    b"unittest.mock": (3, 3),
    b"asyncio": (3, 4),
    b"contextvars": (3, 7),
    b"dataclasses": (3, 7),
    b"importlib.metadata": (3, 8),
    b"zoneinfo": (3, 9),
}
"""Modules of Python, and since when."""
_IMPORT = "(module [(import_statement) (import_from_statement)] @import)"
_CODING = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=]|\xef\xbb\xbf")

_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
_REQUIRES = re.compile(
    rb"(?:python_requires|python-requires|requires-python)[\"']?[ \t]*+[:=]\s*+(?:\(\s*+)?[\"']?"
    rb"[ \t]*+[>~]=[ \t]*+(\d)(?:\.(\d+))?"
)
_CLASSIFIER = re.compile(rb"Programming Language :: Python :: (\d)(?:\.(\d+))?[ \t]*[\"'\r\n]")


def check_version(port: Port, file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Syntax on the added lines that the target's Python lacks, and its file has nothing like."""
    oldest = _oldest(port)
    if oldest is None or oldest >= _NEWEST or "py3" in file.path:
        return
    known = cache(partial(_newest_needed, file, oldest))
    yield from _check_coding(file, oldest)
    yield from _check_modules(port, file, parts, oldest)
    runs = [(run.new_start, run.new_start + len(run.added)) for run in file.ours]
    if not any(since > oldest for part in parts for since, _, _ in _newer(part, runs)):
        return
    # What was parsed may begin within a text in quotes.
    whole = Chunk(file.result_scopes, (0, len(file.result_scopes.lines)), (0, 0))
    found = [each for each in _newer(whole, runs) if each[0] > oldest] if whole.parses else []
    for since, what, line in {each[1]: each for each in reversed(found)}.values():
        if since > known():
            yield _finding(PortCode.SYNTAX, file, line, what, (since, oldest))


def _newest_needed(file: PortedFile, oldest: Version) -> Version:
    """The newest Python that the target's file needs as it is."""
    return max((since for since, _, _ in _all(file.onto)), default=oldest)


def _check_coding(file: PortedFile, oldest: Version) -> Iterator[Finding]:
    """Python 2 takes no file with a character that is not ASCII, unless a line says its coding."""
    if oldest >= (3, 0) or file.result.isascii() or _CODING.match(file.result):
        return
    line = next((line for line, text in file.added if not text.isascii()), None)
    if line is not None and file.onto.isascii():
        what = "a character that is not ASCII, without a line that says the coding,"
        yield _finding(PortCode.SYNTAX, file, line, what, ((3, 0), oldest))


def _check_modules(
    port: Port, file: PortedFile, parts: Sequence[Chunk], oldest: Version
) -> Iterator[Finding]:
    """Modules of Python that the target's lacks, imported on added lines and in no block."""
    added = {line for line, _ in file.added}
    here = port.modules(port.onto)
    for part in parts:
        for node in captures(part.tree.root_node, _IMPORT).get("import", ()):
            line = node.start_point.row + part.offset
            for _, dotted in imported(b"\n" + node_text(node), b"") if line in added else ():
                since = _MODULES.get(dotted, oldest)
                if since > oldest and not here.has_package(dotted):
                    what = f"import {dotted.decode()}"
                    yield _finding(PortCode.UNKNOWN_IMPORT, file, line, what, (since, oldest))


def _finding(
    code: PortCode, file: PortedFile, line: int, what: str, versions: tuple[Version, Version]
) -> Finding:
    since, oldest = map(_shown, versions)
    message = f"{what} needs Python {since}, and the target says {oldest}"
    return Finding(code, Severity.ERROR, message, file=file.path, line=line + 1)


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
        found = _dated(part.tree.root_node, (low, high)) if low < high else {}
        for name, nodes in found.items():
            rows = [n.start_point.row for n in nodes if low <= n.start_point.row < high]
            if rows:
                yield *_SYNTAX[name], min(rows) + part.offset


def _all(text: bytes) -> Iterator[tuple[Version, str, int]]:
    for name in _dated(parse(text).root_node):
        yield *_SYNTAX[name], 0


def _dated(root: Node, rows: Run | None = None) -> dict[str, Sequence[Node]]:
    """The captures of the query that say what they have to say."""
    found: dict[str, Sequence[Node]] = {}
    for name, nodes in captures(root, _QUERY, rows).items():
        said = _SAYING.get(name)
        found[name] = [n for n in nodes if said.match(node_text(n))] if said else nodes
    return {name: nodes for name, nodes in found.items() if nodes}


def _shown(version: Version) -> str:
    return ".".join(map(str, version))
