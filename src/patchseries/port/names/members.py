"""What the target calls a member of a module or class, learned from the file that defines it."""

from __future__ import annotations

import re

from patchseries.port.hunks.lines import split_lines
from patchseries.port.names.renames import line_pairs
from patchseries.port.names.textsearch import says

_NAME = re.compile(r"[^\W\d]\w*")


def renamed(old: str, new: str, name: str) -> str | None:
    """What the text *new* calls what *old*, another version of it, defines as *name*.

    None unless it has one other name in *old* (``other = name``), or the line that defines it is
    alike in both but for the name, which *old* does not say.

    >>> renamed("def run(x):\\n", "def start(x):\\n", "run")
    'start'
    >>> renamed("def run(x, y):\\n    pass\\nstart = run\\n", "def start(x):\\n", "run")
    'start'
    """
    others = {other for other in _aliases(old, name) if says(new, other)}
    if not others:
        others = {other for other in _instead(old, new, name) if not says(old, other)}
    return others.pop() if len(others) == 1 else None


def _aliases(text: str, name: str) -> list[str]:
    same = rf"^[ \t]*(\w+)[ \t]*=[ \t]*{re.escape(name)}[ \t]*$"
    return re.findall(same, text, re.MULTILINE)


def _instead(old: str, new: str, name: str) -> set[str]:
    """The names for which *name* was exchanged in the lines that define it."""
    head = rf"([ \t]*(?:def[ \t]+|class[ \t]+|self\.|cls\.)?){re.escape(name)}[ \t]*[:=(]"
    others = set()
    for a, b in line_pairs(split_lines(old), split_lines(new), {name}):
        defined = re.match(head, a)
        other = _NAME.match(b, defined.end(1)) if defined else None
        if other and re.sub(rf"\b{re.escape(name)}\b", other[0], a) == b:
            others.add(other[0])
    return others
