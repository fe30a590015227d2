"""Variables in the expressions of YAML files that upstream sets, and the target says nowhere.

Ansible and its like know them at run time only: from another file, a host, a task before. But one
that a file of upstream's sets, and that no file of the target so much as mentions, has no value
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchseries.git.search import places
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.names.textsearch import says
from patchseries.port.verify.ported import Port, PortedFile

_BRACED = re.compile(rb"\{[{%](.*?)[%}]\}")
_KEY = re.compile(rb"[ \t]*(?:-[ \t]+)?([\w.-]+)[ \t]*:(?=[ \t]|$)")
_CONDITIONS = frozenset((b"when", b"until", b"failed_when", b"changed_when", b"that"))
"""Keys whose values, or the items of these, are expressions without braces."""
_STRING = re.compile(rb"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(rb"(?<![\w.-])[A-Za-z]\w*_\w*[A-Za-z0-9](?![\w-]|[ \t]*[(=](?!=))")
"""A plain name of two words or more: others stand everywhere. No call, no argument's name."""
_MOST = 20
"""So many names are searched for: each takes its time in every file of the tree."""


def check_expressions(port: Port, files: Sequence[PortedFile]) -> Iterator[Finding]:
    """Names that the added lines of *files* read, which upstream has set before the change."""
    read: dict[bytes, tuple[PortedFile, int]] = {}
    for file in files:
        for name, line in _names(file).items():
            if not says(file.onto, name):
                read.setdefault(name, (file, line))
    made = [line for file in files for _, line in file.added]
    for name in [name for name in read if any(_sets(line, name) for line in made)]:
        del read[name]  # the change itself sets it
    wanted = sorted(read)[:_MOST]
    there = places(port.repository, port.before, wanted)
    left = sorted({p.name for p in there if _is_settings(p.path) and _sets(p.line, p.name)})
    said = {place.name for place in places(port.repository, port.onto, left)}
    for name in (name for name in left if name not in said):
        file, line = read[name]
        yield Finding(
            PortCode.UNKNOWN_WORD,
            Severity.WARNING,
            f"{name.decode()} is nowhere in the target",
            file=file.path,
            line=line + 1,
            hint="upstream it is there; find its name here",
        )


def _names(file: PortedFile) -> dict[bytes, int]:
    """The names in the expressions of the added lines, with the line of each."""
    found: dict[bytes, int] = {}
    lines = file.result.split(b"\n")
    for number, line in file.added:
        if line.lstrip().startswith(b"#"):
            continue
        for expression in _expressions(lines, number, line):
            for name in _NAME.findall(_STRING.sub(b"", expression)):
                found.setdefault(name, number)
    return found


def _expressions(lines: Sequence[bytes], number: int, line: bytes) -> Iterator[bytes]:
    """The expressions on a line: in braces, or all of a condition."""
    yield from _BRACED.findall(line)
    key = _KEY.match(line)
    if key and key[1] in _CONDITIONS:
        yield line[key.end() :]
    elif not key and _key_above(lines, number) in _CONDITIONS:
        yield line


def _key_above(lines: Sequence[bytes], number: int) -> bytes:
    """The key that a line is an item of; empty where that is not plain."""
    depth = _depth(lines[number])
    for line in reversed(lines[max(number - 50, 0) : number]):
        key = _KEY.match(line)
        if key and _depth(line) <= depth:
            return key[1]
        if _depth(line) < depth and line.strip():
            break
    return b""


def _depth(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" "))


def _sets(line: bytes, name: bytes) -> bool:
    """Whether a line gives *name* a value."""
    key = _KEY.match(line)
    if key is None:
        return False
    value = line[key.end() :].strip(b" \t\r\n\"'")
    return key[1] == name or (key[1] == b"register" and value == name)


def _is_settings(path: str) -> bool:
    """Whether a file may set variables: YAML, or without a suffix such as ``group_vars/all``."""
    name = path.rpartition("/")[2]
    return "." not in name or name.endswith((".yml", ".yaml", ".sample"))
