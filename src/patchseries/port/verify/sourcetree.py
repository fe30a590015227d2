"""What the names of one file lead to in one tree."""

from __future__ import annotations

from typing import NamedTuple

from patchseries.port.verify.definitions import Module
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.names import meaning, module_here, module_name, module_upstream
from patchseries.port.verify.ported import Port, PortedFile


class SourceTree(NamedTuple):
    """A tree, and what the file means by its names there.

    :ivar home: the dotted name of the file's module
    """

    modules: Modules
    module: Module
    home: bytes

    @classmethod
    def here(cls, port: Port, file: PortedFile) -> SourceTree:
        """The result of the port."""
        return cls(port.modules(port.result), module_here(port, file), module_name(file.path)[0])

    @classmethod
    def upstream(cls, port: Port, file: PortedFile) -> SourceTree:
        """Upstream after the change."""
        home, _ = module_name(file.upstream)
        return cls(port.modules(port.after), module_upstream(port, file), home)

    def origin(self, chain: tuple[bytes, ...]) -> tuple[bytes, list[bytes]] | None:
        """The module and the names in it that *chain* stands for; None when it is a value."""
        is_object = chain[0] in (b"self", b"cls")
        dotted = None if is_object else meaning(self.module, self.home, chain)
        return self.modules.origin(dotted) if dotted else None

    def class_of(self, chain: tuple[bytes, ...]) -> tuple[bytes, bytes] | None:
        """The module and the name of what *chain* stands for, if it may be a class."""
        origin = self.origin(chain)
        return (origin[0], origin[1][0]) if origin and len(origin[1]) == 1 else None
