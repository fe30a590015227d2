"""Ports of one file, in any language: what the checks say of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from port.verify.conftest import Examined

Codes = Callable[[str, str, str, str, str], list[str]]


@dataclass(frozen=True)
class Sample:
    """A file in which a change makes a 2 of a 1, and every kind of fault can be put.

    :ivar gone: a definition or an import that *ours* reads
    :ivar bake: what the change edits
    :ivar ours: what the target has of its own
    :ivar heat: a definition that stands by itself
    :ivar end: the line that ends the first block
    :ivar imported: an import of ``warm``, where the language has such
    """

    path: str
    gone: str
    bake: str
    ours: str
    heat: str
    end: str
    imported: str = ""

    @property
    def before(self) -> str:
        """Upstream's file before the change."""
        return self.gone + self.bake

    @property
    def after(self) -> str:
        """Upstream's file after the change."""
        return self.before.replace("1", "2")

    @property
    def onto(self) -> str:
        """The target's file."""
        return self.before + self.ours

    def check(self, codes: Codes) -> None:
        """A good port has no finding, and each fault its own."""
        after, ours, heat = self.after, self.ours, self.heat

        def found(upstream: str, result: str, onto: str = "") -> list[str]:
            here = self.before + onto + ours
            return codes(self.path, self.before, upstream, here, result)

        assert found(after, after + ours) == []
        assert found(after, after.replace(self.end, "", 1) + ours) == ["port-syntax"]
        twice = found(after + heat, after + heat + ours + heat, heat)
        assert twice == ["port-duplicate-definition"]
        without = after.replace(self.gone, "")
        assert found(without, without + ours) == ["port-removed-name-used"]
        if self.imported:
            warm = after.replace("2", "warm(2)")
            assert found(self.imported + warm, warm + ours) == ["port-unknown-name"]


@pytest.fixture(scope="session")
def codes(examined: Examined) -> Codes:
    """The codes of what is wrong in a file *path*: upstream before and after, here so too."""

    def run(path: str, before: str, after: str, onto: str, result: str) -> list[str]:
        sides = ({path: text} for text in (before, after, onto, result))
        return [f.code for f in examined(*sides) if not f.code.startswith("port-line-")]

    return run
