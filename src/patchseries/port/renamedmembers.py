"""Members that the target calls otherwise: learned from the file that defines them.

A test says ``db.flavor_create``, which ``db/api.py`` defines upstream; in the target's version of
that file the same line defines ``instance_type_create``. Only of what is known to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from patchseries.port.hunks.lines import decode, encode, split_lines
from patchseries.port.movedimports import python_files
from patchseries.port.names.members import renamed
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.names import Names
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.syntax import changed_chunks


class RenamedMembers(NamedTuple):
    """Lines of a file, by 0-based number: as they are, and in the target's names."""

    file: PortedFile
    lines: Mapping[int, tuple[str, str]]


class _Lost(NamedTuple):
    """A member that the target lacks by upstream's name.

    :ivar lines: the 0-based lines of the result that say it
    :ivar owner: what stands before its dot there, as a pattern
    :ivar texts: the file that defines it, upstream and in the target
    :ivar has: whether the owner may have a member of some name here
    """

    lines: Sequence[int]
    owner: str
    name: str
    texts: tuple[bytes, bytes]
    has: Callable[[bytes], bool]


def renamed_members(port: Port) -> Iterator[RenamedMembers]:
    """The lines of the result that say lost members of which the target's name is known."""
    for file in python_files(port):
        lines = split_lines(decode(file.result))
        changed: dict[int, str] = {}
        for lost in _lost(port, file):
            old, new = map(decode, lost.texts)
            other = renamed(old, new, lost.name)
            if other is not None and lost.has(encode(other)):
                said = re.compile(rf"(?<![\w.])({lost.owner}\.){lost.name}(?!\w)")
                for at in set(lost.lines):
                    changed[at] = said.sub(rf"\g<1>{other}", changed.get(at, lines[at]))
        if changed:
            yield RenamedMembers(file, {at: (lines[at], new) for at, new in changed.items()})


def _lost(port: Port, file: PortedFile) -> Iterator[_Lost]:
    names = Names(port, file, changed_chunks(file))
    modules = port.modules(port.result)
    for chain, here, there, lines in names.lost_chains():
        path = port.modules(port.before).definer(there) or ""
        old, new = (port.repository.file(tree, path) for tree in (port.before, port.onto))
        if old and new:
            *owner, name = map(decode, chain)
            home = here.rpartition(b".")[0]
            has = partial(_may_have, modules, home)
            yield _Lost(lines, re.escape(".".join(owner)), name, (old, new), has)
    for attribute, class_, lines in names.lost_attributes():
        has = partial(_class_may_have, modules, names.home, class_)
        texts = file.before, file.onto
        yield _Lost(lines, "(?:self|cls)", decode(attribute), texts, has)


def _may_have(modules: Modules, owner: bytes, name: bytes) -> bool:
    return modules.resolve(owner + b"." + name) is not False


def _class_may_have(modules: Modules, home: bytes, owner: bytes, name: bytes) -> bool:
    return modules.has_attribute(home, owner, name, own_only=True) is not False
