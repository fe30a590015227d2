"""Ports of one file, in any language: what the checks say of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from port.verify.conftest import Examined

Codes = Callable[[str, str, str, str, str], list[str]]


@pytest.fixture(scope="session")
def codes(examined: Examined) -> Codes:
    """The codes of what is wrong in a file *path*: upstream before and after, here so too."""

    def run(path: str, before: str, after: str, onto: str, result: str) -> list[str]:
        sides = ({path: text} for text in (before, after, onto, result))
        return [f.code for f in examined(*sides) if not f.code.startswith("port-line-")]

    return run
