"""What pyflakes finds in the results of ports that the engine does not tell.

pyflakes reads Python 3: what Python 2 spells otherwise is respelled, line by line. A file that does
not parse then, though the target's and upstream's do, is a finding too; one of which that holds
for neither is counted as not read.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePath

from patchseries.git import Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.port import Change, PortResult
from patchseries.port.verify.names import BUILTINS

HARD = (
    "UndefinedName",
    "UndefinedLocal",
    "RedefinedWhileUnused",
    "DuplicateArgument",
    "MultiValueRepeatedKeyLiteral",
    "MultiValueRepeatedKeyVariable",
)
"""The kinds of messages that say that a program is wrong, not that it is untidy."""

_OLD = tuple(
    (re.compile(pattern, re.MULTILINE), new)
    for pattern, new in (
        (r"^(\s*except\s[^\n:]*?),\s*(\w+)\s*:", r"\1 as \2:"),
        (r"^(\s*)print\s+>>\s*([^,\n]+),?(.*)$", r"\1print(\2, \3)"),
        (r"^(\s*)print[ \t]+((?!\()[^\n]*)$", r"\1print((\2))"),
        (r"^(\s*)print[ \t]*$", r"\1print()"),
        (r"^(\s*)raise\s+([\w.]+)\s*,\s*([^\n]*)$", r"\1raise \2(\3)"),
        (r"(?<![\w.])0+([0-7]+)\b(?![.\w])", r"0o\1"),
        (r"\b(0x[0-9a-fA-F]+|[1-9]\d*|0)[lL]\b", r"\1"),
        (r"(?<![\w'\"])[uU][rR](?=['\"])", r"r"),
        (r"<>", "!="),
    )
)

Messages = Counter[tuple[str, str]]


def untold(
    store: Repository, change: Change, onto: TreeId, result: PortResult
) -> Iterator[tuple[str, str]]:
    """(kind, file and words) of each message that is new in the result and that no error tells.

    New: neither the target before the port nor upstream's file after the change has it. A file
    that could not be read has the kind ``unread``.
    """
    errors = [found for found in result.findings if found.severity == "error"]
    told, words = {found.file for found in errors}, " ".join(found.message for found in errors)
    for path, (before, entry) in store.changes(onto, result.tree or onto).items():
        if entry is None or not entry.is_file or not path.endswith(".py"):
            continue
        upstream = _upstream(store, change, path)
        here, old, new = (_messages(_text(store, e)) for e in (entry, before, upstream))
        if here is None:
            both = None in (old, new)
            if both or path not in told:
                yield "unread" if both else "Syntax", path
            continue
        for (kind, message), count in here.items():
            known = max((side or Counter())[kind, message] for side in (old, new))
            name = re.findall(r"'(\w+)'", message)
            if count > known and not (name and re.search(rf"\b{name[0]}\b", words)):
                yield kind, f"{path}: {message}"


def _upstream(store: Repository, change: Change, path: str) -> TreeEntry | None:
    """The file of the change that this one is made of: by its path, or its name alone."""
    changed = store.changes(change.before, change.after)
    same = [p for p in changed if p == path or PurePath(p).name == PurePath(path).name]
    return changed[path if path in changed else same[0]][1] if same else None


def _text(store: Repository, entry: TreeEntry | None) -> bytes:
    return store.blob(entry.oid) if entry is not None and entry.is_file else b""


@lru_cache(maxsize=256)
def _messages(text: bytes) -> Messages | None:
    """The hard messages about a text, without line numbers; None if it cannot be parsed."""
    from pyflakes import checker

    source = text.decode("utf-8", "replace")
    for respelled in (source, _modern(source)):
        try:
            tree = ast.parse(respelled)
        except (SyntaxError, ValueError):
            continue
        found = checker.Checker(tree, builtins=map(bytes.decode, BUILTINS)).messages
        return Counter(
            (type(m).__name__, re.sub(r" from line \d+", "", m.message % m.message_args))
            for m in found
            if type(m).__name__ in HARD
        )
    return None


def _modern(source: str) -> str:
    for old, new in _OLD:
        source = old.sub(new, source)
    return source
