"""Does the result parse where the target did? Python 2 and 3, by tree-sitter.

Parsing takes a fifth of a second for each megabyte, and test modules are large. So first only
the definitions that changed are parsed, cut out by their indentation; a whole file is parsed
when one of those does not parse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from patchseries.model import Finding, Severity
from patchseries.port.trust.ported import PortedFile
from patchseries.port.trust.scopes import Scopes


@cache
def _language() -> Language:
    import tree_sitter_python

    return Language(tree_sitter_python.language())


@cache
def _parser() -> Parser:
    return Parser(_language())


@cache
def query(text: str) -> Query:
    """A query of Python's syntax trees."""
    return Query(_language(), text)


@lru_cache(maxsize=64)
def parse(text: bytes) -> Tree:
    """The syntax tree of Python source; what does not parse becomes error nodes."""
    return _parser().parse(text)


@lru_cache(maxsize=32)
def errors(text: bytes) -> int:
    """How many error nodes the syntax tree of *text* has, and blocks with nothing in them."""
    root = parse(text).root_node
    return (_count_errors(root) if root.has_error else 0) + len(_empty_blocks(root))


def _count_errors(node: Node) -> int:
    if not node.has_error:
        return 0
    own = int(node.is_error or node.is_missing)
    return own + sum(map(_count_errors, node.children))


def _empty_blocks(node: Node) -> list[Node]:
    """The blocks without a statement: an ``if a:`` before a line that is not indented deeper.

    The parser takes those for code that is still being written, and reports no error.
    """
    blocks = QueryCursor(query("(block) @block")).captures(node).get("block", [])
    return [block for block in blocks if block.start_byte == block.end_byte]


def parses_in(text: bytes, path: str, runs: Iterable[tuple[int, int]]) -> bool:
    """Whether the definitions of *text* parse that *runs* (first, one past the last) stand in."""
    return all(part.parses for part in chunks(Scopes.of(text, path), runs))


_FAR = 1000
"""A statement that starts further above is data; its whole file is parsed instead."""


class Chunk:
    """Consecutive whole definitions or statements of a file, and whether they parse alone."""

    __slots__ = ("end", "offset", "parses", "start", "tree")

    def __init__(self, scopes: Scopes, start: int, end: int) -> None:
        """Parse the lines from *start* up to *end* (0-based, end excluded)."""
        self.start = start
        self.end = end
        text = b"\n".join(scopes.lines[start:end]) + b"\n"
        indented = text[:1] in (b" ", b"\t")
        # An indented definition is a method of a class, as far as syntax goes.
        self.tree = parse(b"class _:\n" + text if indented else text)
        self.offset = start - int(indented)
        root = self.tree.root_node
        self.parses = not root.has_error and not _empty_blocks(root)


def chunks(scopes: Scopes, runs: Iterable[tuple[int, int]]) -> list[Chunk]:
    """The chunks that cover *runs* (first line, one past the last), in order, without overlap."""
    found: list[tuple[int, int]] = []
    for first, last in runs:
        at = max(first, found[-1][1]) if found else first
        while at < max(last, first + 1):
            start, end = _extent(scopes, at)
            if found and start <= found[-1][1]:
                start = found.pop()[0]
            found.append((start, end))
            at = max(end, at + 1)
    return [Chunk(scopes, start, end) for start, end in found]


def _extent(scopes: Scopes, line: int) -> tuple[int, int]:
    """The lines of the outermost function around *line*, or of the statement that it is in."""
    total = len(scopes.lines)
    while line < total and scopes.indent(line) is None:
        line += 1
    if line >= total:
        return total, total
    around = scopes.around(line)
    function = next((h.line for h in around if h.is_function), None)
    start = _statement_start(scopes, line) if function is None else function
    level = scopes.indent(start) or 0
    end = _end(scopes, start, max(start, line) + 1, level)
    while start > 0 and scopes.lines[start - 1].lstrip().startswith(b"@"):
        start -= 1
    return start, end


def _end(scopes: Scopes, start: int, end: int, level: int) -> int:
    """Where what begins at *start* and reaches at least to *end* is complete."""
    total = len(scopes.lines)
    while end < total:
        if _continues(scopes, end, level):
            end += 1
        elif b"\n".join(scopes.lines[start:end]).count(b'"""') % 2:  # a text at the left margin
            end = next((n for n in range(end, total) if b'"""' in scopes.lines[n]), end) + 1
        else:
            break
    return end


def _statement_start(scopes: Scopes, line: int) -> int:
    """The first line of the statement in a class body or a module that *line* is in."""
    around = scopes.around(line)
    body = around[-1].indent if around else -1
    if around and around[-1].line == line:
        return line
    for _ in range(_FAR):
        if line == 0:
            break
        indent = scopes.indent(line)
        above = max(0, line - 1)
        while above > 0 and scopes.indent(above) is None:
            above -= 1
        upper = scopes.indent(above)
        outermost = indent is not None and (indent == 0 or (upper is not None and upper <= body))
        if outermost and not _closes(scopes.lines[line]):
            return line
        line = above
    return line


def _continues(scopes: Scopes, line: int, level: int) -> bool:
    indent = scopes.indent(line)
    if indent is None or indent > level or _closes(scopes.lines[line]):
        return True
    return scopes.lines[line - 1].lstrip().startswith(b"@")


def _closes(line: bytes) -> bool:
    """Whether a line goes on with what an earlier line at the same depth began."""
    word = line.lstrip()
    return word[:1] in (b")", b"]", b"}", b"#", b'"', b"'") or word.startswith(
        (b"else", b"elif", b"except", b"finally")
    )


def check_syntax(file: PortedFile, parts: list[Chunk]) -> Iterator[Finding]:
    """A file that does not parse, or parses worse than before, though target and upstream did."""
    if not file.result or all(part.parses for part in parts):
        return
    broken = errors(file.result)
    if broken > errors(file.onto) and broken > errors(file.after):
        yield Finding("port-syntax", Severity.ERROR, "the result is not valid Python",
                      file=file.path, line=_first_error(file.result))  # fmt: skip


def _first_error(text: bytes) -> int:
    """The 1-based line of the first syntax error."""
    node = parse(text).root_node
    empty = [block.start_point.row + 1 for block in _empty_blocks(node)]
    while child := next((c for c in node.children if c.has_error), None):
        node = child
    return min([*empty, node.start_point.row + 1] if node.has_error else empty)
