"""Whether the result parses if the target did (Python 2 and 3, by tree-sitter).

Parsing takes a fifth of a second for each megabyte, and test modules are large. So first only
the definitions that changed are parsed, cut out by their indentation; a whole file is parsed
when one of those does not parse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from tree_sitter import Node, Parser, Tree

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.lines import Run
from patchseries.port.names.textsearch import shared_ends
from patchseries.port.verify.indentation import has_misfit, misfits
from patchseries.port.verify.lenience import lenience
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.queries import language
from patchseries.port.verify.scopes import Scopes


@cache
def _parser() -> Parser:
    return Parser(language())


@lru_cache(maxsize=64)
def parse(text: bytes) -> Tree:
    """The syntax tree of Python source; what does not parse becomes error nodes."""
    return _parser().parse(text)


@lru_cache(maxsize=32)
def errors(text: bytes) -> int:
    """How many error nodes the syntax tree of *text* has."""
    root = parse(text).root_node
    return _count_errors(root) if root.has_error else 0


def errors_beside(text: bytes, parsed: bytes) -> int:
    """The same, where *parsed* was parsed before and most of *text* stands in it: far quicker."""
    head, tail = shared_ends(text, parsed)
    tree = parse(parsed).copy()
    nowhere = 0, 0  # errors are counted: their lines are not asked for
    tree.edit(head, len(parsed) - tail, len(text) - tail, nowhere, nowhere, nowhere)
    root = _parser().parse(text, tree).root_node
    return _count_errors(root) if root.has_error else 0


def _count_errors(node: Node) -> int:
    if not node.has_error:
        return 0
    own = int(node.is_error or node.is_missing)
    return own + sum(map(_count_errors, node.children))


@lru_cache(maxsize=32)
def faults(text: bytes) -> int:
    """How many error nodes it has, and places that Python would not take."""
    return errors(text) + len([*_lenience(text)]) + len(misfits(text))


def _lenience(text: bytes) -> Iterator[Node]:
    return lenience(parse(text).root_node, text.split(b"\n"))


_FAR = 1000
"""A statement that starts further above is data; its whole file is parsed instead."""


class Chunk:
    """Consecutive whole definitions or statements of a file, parsed on their own.

    ``parses``: whether they do; ``is_odd``: whether Python would not take them all the same.
    """

    __slots__ = ("end", "is_odd", "offset", "parses", "start", "tree")

    def __init__(self, scopes: Scopes, extent: Run, near: Run) -> None:
        """Parse the lines *extent*, of which *near* were changed or stand next to such."""
        self.start, self.end = extent
        lines = [*scopes.lines[self.start : self.end], b""]
        if lines[0][:1] in (b" ", b"\t"):
            # An indented definition is a method of a class, as far as syntax goes.
            lines.insert(0, b"class __some__:")
        self.tree = parse(b"\n".join(lines))
        self.offset = self.end - len(lines) + 1
        low, high = (line - self.offset for line in near)
        root = self.tree.root_node
        self.parses = not root.has_error
        self.is_odd = self.parses and next(lenience(root, lines, low, high), None) is not None


def chunks(scopes: Scopes, runs: Iterable[Run]) -> list[Chunk]:
    """The chunks that cover *runs* (first line, one past the last), in order, without overlap.

    A run of no lines stands for the line that it is before.
    """
    found: list[tuple[Run, Run]] = []
    for first, last in runs:
        at = max(first, found[-1][0][1]) if found else first
        near = first - 1, last + 1
        if at > first:  # it begins in what an earlier run stands in
            extent, (first_near, _) = found[-1]
            found[-1] = extent, (first_near, near[1])
        while at < max(last, first + 1):
            start, end = _extent(scopes, at)
            if found and start <= found[-1][0][1]:
                (start, _), (first_near, _) = found.pop()
                near = first_near, near[1]
            found.append(((start, end), near))
            at = max(end, at + 1)
    return [Chunk(scopes, extent, _within(near, extent)) for extent, near in found]


def changed_chunks(file: PortedFile) -> list[Chunk]:
    """The chunks of the result that cover what the port changed in *file*."""
    runs = ((run.new_start, run.new_start + len(run.added)) for run in file.ours)
    return chunks(file.result_scopes, runs)


def _within(near: Run, extent: Run) -> Run:
    return max(near[0], extent[0]), min(near[1], extent[1])


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
    return _first_decorator(scopes, start, level), end


def _first_decorator(scopes: Scopes, start: int, level: int) -> int:
    """The first line of the decorators above the definition at *start*; *start* without any."""
    first = start
    for above in range(start - 1, max(start - _FAR, 0) - 1, -1):
        line, indent = scopes.lines[above], scopes.indent(above)
        if indent is None or not (indent > level or _closes(line) or line.lstrip()[:1] == b"@"):
            break
        if indent <= level and line.lstrip()[:1] == b"@":
            first = above
    return first


def _end(scopes: Scopes, start: int, end: int, level: int) -> int:
    """Where what begins at *start* and reaches at least to *end* is complete."""
    lines = scopes.lines
    head = next((n for n in range(end - 1, start, -1) if scopes.indent(n) == level), start)
    while end < len(lines):
        indent = scopes.indent(end)
        if indent is None or indent > level or _closes(lines[end]):
            end += 1
        elif lines[head].lstrip().startswith(b"@"):  # what it decorates
            head, end = end, end + 1
        elif b"\n".join(lines[start:end]).count(b'"""') % 2:  # a text at the left margin
            end = next((n for n in range(end, len(lines)) if b'"""' in lines[n]), end) + 1
        else:
            break
    return end


def _statement_start(scopes: Scopes, line: int) -> int:
    """The first line of the statement in a class body or a module that *line* is in."""
    around = scopes.around(line)
    first, level = 0, 0
    if around:
        body = _body(scopes, around[-1].line, line)
        if body is None:
            return around[-1].line
        first, level = body, scopes.indent(body) or 0
    for start in range(line, max(line - _FAR, 0), -1):
        indent = scopes.indent(start)
        if indent is not None and indent <= level and not _closes(scopes.lines[start]):
            return _text_start(scopes, start, first)
    return max(line - _FAR, 0)


def _text_start(scopes: Scopes, start: int, body: int) -> int:
    """The line that opens the text (in three quotes) which *start* is in; else *start* itself."""
    if scopes.quotes(body, start) % 2:
        return next(n for n in range(start - 1, -1, -1) if b'"""' in scopes.lines[n])
    return start


def _body(scopes: Scopes, head: int, line: int) -> int | None:
    """The first line of the body that the header at *head* opens; None if *line* is before it."""
    ends = (
        n for n in range(head, line) if scopes.lines[n].partition(b"#")[0].rstrip()[-1:] == b":"
    )
    end = next(ends, None)
    if end is None:
        return None
    return next((n for n in range(end + 1, line) if scopes.indent(n) is not None), line)


def _closes(line: bytes) -> bool:
    """Whether a line goes on with what an earlier line at the same depth began."""
    word = line.lstrip()
    return word[:1] in (b")", b"]", b"}", b"#", b'"', b"'") or word.startswith(
        (b"else", b"elif", b"except", b"finally")
    )


def misfits_beside(scopes: Scopes, parts: Iterable[Chunk]) -> bool:
    """Whether a line is indented wrongly since *parts* changed."""
    return any(has_misfit(scopes.text, scopes.lines, part.start, part.end) for part in parts)


def check_syntax(file: PortedFile, parts: list[Chunk]) -> Iterator[Finding]:
    """A file that does not parse, or parses worse than before, though target and upstream did."""
    odd = any(part.is_odd for part in parts) or misfits_beside(file.result_scopes, parts)
    if not file.result or not (odd or any(not part.parses for part in parts)):
        return
    count = faults if odd else errors
    broken = count(file.result)
    if broken > count(file.onto) and broken > count(file.upstream_text):
        yield Finding(
            PortCode.SYNTAX,
            Severity.ERROR,
            "the result is not valid Python",
            file=file.path,
            line=_first_error(file.result),
        )


def _first_error(text: bytes) -> int:
    """The 1-based line of the first syntax error."""
    node = parse(text).root_node
    found = [place.start_point.row + 1 for place in _lenience(text)]
    found += [text.count(b"\n", 0, start) + 1 for start in misfits(text)[:1]]
    while child := next((c for c in node.children if c.has_error), None):
        node = child
    return min([*found, node.start_point.row + 1] if node.has_error else found)
