"""Python that says a thing twice, which no interpreter refuses: a key of a dict, an import."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from tree_sitter import Node

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.definitions import imported
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.queries import captured, child_named, node_text
from patchseries.port.verify.syntax import Chunk, parse

_NAME = re.compile(rb"\w+")
_PLAIN = re.compile(rb"\nimport[ \t]+(\w+)[ \t]*(?=[#\n])")

_CONSTANT = frozenset(("string", "integer", "float", "identifier", "attribute", "true", "false"))
"""Keys that are the same value where they are the same text."""


def check_repeated_keys(file: PortedFile, parts: Sequence[Chunk]) -> Iterator[Finding]:
    """Keys that stand twice in a dict with other values, one of them added by the port."""
    added = {number for number, _ in file.added}
    for part in parts:
        for key, rows in _repeated(part.tree.root_node):
            lines = [row + part.offset for row in rows]
            if added.isdisjoint(lines) or not _is_new(file, _keys, key, len(lines)):
                continue
            row, what = max(added.intersection(lines)), f"stands {len(lines)} times in a dict"
            yield _finding(file, row, key, what, Severity.WARNING)


def _repeated(root: Node) -> Iterator[tuple[bytes, list[int]]]:
    """The keys of each dict below *root* that have several values, and the lines of these."""
    for dictionary in captured(root, "(dictionary) @all", "all"):
        rows: dict[bytes, list[int]] = {}
        values: dict[bytes, set[bytes]] = {}
        for pair in dictionary.named_children:
            if pair.type == "pair" and (key := child_named(pair, "key")).type in _CONSTANT:
                rows.setdefault(node_text(key), []).append(key.start_point.row)
                values.setdefault(node_text(key), set()).add(node_text(child_named(pair, "value")))
        yield from ((key, rows[key]) for key, several in values.items() if len(several) > 1)


def _keys(text: bytes) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    for key, rows in _repeated(parse(text).root_node):
        found[key] = max(found[key], len(rows))
    return found


def check_repeated_imports(file: PortedFile) -> Iterator[Finding]:
    """Names that a module imports twice in its first column, one of these added by the port.

    It is a note where both import the same: that does no harm, and people leave it so.
    """
    repeated = {n: several for n, several in _imports(file.result).items() if len(several) > 1}
    for name, several in repeated.items():
        if not _is_new(file, _import_counts, name, len(several)):
            continue
        said = (n for n, line in file.added if name in _NAME.findall(line))
        if (number := next(said, None)) is not None:
            severity = Severity.WARNING if len(set(several)) > 1 else Severity.NOTE
            yield _finding(file, number, name, f"is imported {len(several)} times", severity)


def _import_counts(text: bytes) -> Counter[bytes]:
    return Counter({name: len(several) for name, several in _imports(text).items()})


@lru_cache(maxsize=64)
def _imports(text: bytes) -> Mapping[bytes, Sequence[bytes]]:
    """What each name is imported as; ``import a.b`` beside ``import a`` is no repetition."""
    text = b"\n" + text.replace(b"\r\n", b"\n")
    found: dict[bytes, list[bytes]] = {}
    dotted = ((name, of) for name, of in imported(text, b"") if b"." in of)
    for name, of in (*dotted, *((name, name) for name in _PLAIN.findall(text))):
        found.setdefault(name, []).append(of)
    return found


def _is_new(
    file: PortedFile, count: Callable[[bytes], Counter[bytes]], name: bytes, here: int
) -> bool:
    """Whether neither the target's file nor upstream's says it so often."""
    return all(count(text)[name] < here for text in (file.onto, file.after))


def _finding(file: PortedFile, row: int, name: bytes, what: str, severity: Severity) -> Finding:
    return Finding(
        PortCode.DUPLICATE_DEFINITION,
        severity,
        f"{name.decode('utf-8', 'replace')[:80]} {what}",
        file=file.path,
        line=row + 1,
        hint="the target had it already; keep one",
    )
