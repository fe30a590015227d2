"""Members that the target calls otherwise: learned from the file that defines them.

A test says ``db.flavor_create``, which ``db/api.py`` defines upstream; in the target's version of
that file the same line defines ``instance_type_create``. Only of what is known to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from patchseries.port.hunks.lines import decode, split_lines
from patchseries.port.movedimports import python_files
from patchseries.port.names.members import renamed
from patchseries.port.verify.names import Names
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.syntax import changed_chunks


class RenamedMembers(NamedTuple):
    """Lines of a file, by 0-based number: as they are, and in the target's names."""

    file: PortedFile
    lines: Mapping[int, tuple[str, str]]


def renamed_members(port: Port) -> Iterator[RenamedMembers]:
    """The lines of the result that say lost members of which the target's name is known."""
    for file in python_files(port):
        names = Names(port, file, changed_chunks(file))
        lines = split_lines(decode(file.result))
        changed: dict[int, tuple[str, str]] = {}
        for at, old, new, name in _lost(port, file, names):
            if found := renamed(decode(old), decode(new), decode(name)):
                pattern = rf"(?<=\.){re.escape(decode(name))}(?!\w)"
                said = changed[at][1] if at in changed else lines[at]
                changed[at] = lines[at], re.sub(pattern, found, said)
        if changed:
            yield RenamedMembers(file, changed)


def _lost(port: Port, file: PortedFile, names: Names) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """The lost members: 0-based line, the file that defines them upstream, it here, name."""
    for chain, _, there, line in names.lost_chains():
        path = port.modules(port.before).definer(there) or ""
        old, new = (port.repository.file(tree, path) for tree in (port.before, port.onto))
        if old and new:
            yield line, old, new, chain[-1]
    for name, _, line in names.lost_attributes():
        yield line, file.before, file.onto, name
