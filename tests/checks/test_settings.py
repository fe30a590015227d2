"""Settings against what the sources register, on values made for it."""

from __future__ import annotations

from typing import Any

import pytest

from patchseries.checks.inputs import CheckedTarget, CheckInputs, Obstacle
from patchseries.checks.settings import check
from patchseries.lock import Cell, Lock
from patchseries.manifest import parse
from patchseries.model import Outcome
from patchseries.settings.intree import RegisteredOption
from patchseries.settings.registered import Registration

TEXT = """\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "https://example.org/kitchen/oven.git"
bases = ["1.0", "1.1"]
[[patch]]
name = "fans"
project = "oven"
source = { commit = "0123456789012345678901234567890123456789" }
[[setting]]
name = "fans"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "fans"
why = "Faster."
cost = "Louder."
source = "the kitchen book"
"""


def found(
    given: str,
    *registered: dict[str, Any],
    outcome: Outcome | None = None,
    base: str = "1.0",
    obstacle: Obstacle | None = None,
) -> list[tuple[str, str, int | None]]:
    """The findings on the setting with the lines *given*."""
    usual: dict[str, Any] = {
        "option": "fans", "group": "oven", "kind": "integer", "default": None,
        "is_literal": True, "line": 7, "in_base": True,
    }  # fmt: skip
    options = []
    for one in registered:
        values = usual | one
        in_base = values.pop("in_base")
        options.append(RegisteredOption("oven/a.py", Registration(**values), in_base))
    target = CheckedTarget("oven", base, "x", options=tuple(options), obstacle=obstacle)
    text = f"{TEXT}{given}\n"
    lock = Lock(cells={("fans", base): Cell(outcome)} if outcome else {})
    inputs = CheckInputs(parse(text), "m", text, lock, "l", "", (target,))
    return [(f.code, f.message, f.line) for f in check(inputs)]


def test_an_option_as_the_manifest_says() -> None:
    assert found("value = 1", {}) == []
    assert found("value = 1\ndefault = 2", {"default": 2}) == []
    assert found("value = 1", {}, {"group": "other", "default": 9, "kind": "string"}) == []
    assert (
        found('expression = "vms"\nneeds = "fans"', {"in_base": False}, outcome=Outcome.CLEAN) == []
    )


@pytest.mark.parametrize(
    ("given", "registered", "code", "words"),
    [
        ("value = 1", [], "unknown", "no source of oven registers fans in [oven]"),
        ("value = 1", [{"group": "pan"}], "unknown", "it is in [pan] at oven/a.py:7"),
        ("value = 1", [{"group": None}], "unknown", "in a group that is not known, at oven"),
        ("value = true", [{}], "unknown", "as integer, not as boolean"),
        ("value = 1", [{"default": 3}], "default-changed", "the default 3, not none"),
        ("value = 1\ndefault = 3", [{}], "default-changed", "the default none, not 3"),
        ("value = 1\ndefault = 1", [{"default": True}], "default-changed", "True, not 1"),
        ("value = 1", [{"default": "a+b", "is_literal": False}], "default-changed", "no literal"),
        ("value = 1", [{"in_base": False}], "without-patch", "only a patch of the series"),
        ('value = 1\nneeds = "fans"', [{}], "without-patch", "needs fans, which was not rebased"),
    ],
)  # fmt: skip
def test_what_is_told(given: str, registered: list[Any], code: str, words: str) -> None:
    ((told, message, line),) = found(given, *registered)
    assert (told, line) == (f"setting-{code}", 11)
    assert message.startswith("fans on 1.0: ")
    assert words in message


@pytest.mark.parametrize("outcome", [Outcome.CONFLICT, Outcome.NOT_APPLICABLE, Outcome.EMPTY])
def test_a_patch_that_is_not_there(outcome: Outcome) -> None:
    ((code, message, _),) = found('value = 1\nneeds = "fans"', {}, outcome=outcome)
    assert (code, message) == (
        "setting-without-patch",
        f"fans on 1.0: needs fans, which is {outcome} there",
    )


def test_what_is_not_looked_at() -> None:
    assert found('value = 1\nsince = "1.1"') == []
    assert found("value = 1", obstacle=Obstacle("not at hand")) == []
