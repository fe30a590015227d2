"""Every case of the corpus, run as a user runs the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.runner import Case, World, as_it_is, build_world, cases, check, copied

CORPUS = list(cases())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build_world(tmp_path_factory.mktemp("hostile") / "world")


@pytest.fixture
def world(template: World, tmp_path: Path) -> Iterator[World]:
    made = copied(template, tmp_path / "world")
    yield made
    made.close()


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_hostile(case: Case, world: World) -> None:
    check(case, world)


def test_each_case_has_a_name_of_its_own() -> None:
    assert [name for name, n in Counter(case.name for case in CORPUS).items() if n > 1] == []


def _spring(world: World) -> None:
    world.mark.write_text("sprung")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Case("status", as_it_is, ("rebase",), 3), "exit status 1"),
        (Case("trap", _spring, ("status",), 0), "the trap was sprung"),
        (Case("words", as_it_is, ("status",), 0, ("no such words",)), "is not in"),
        (Case("lines", lambda w: w.write("series/small.toml", "x = 1\n"), ("status",), 3), "x"),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else "",
)
def test_the_runner_can_say_no(case: Case, words: str, world: World) -> None:
    with pytest.raises(AssertionError, match=words):
        check(case, world)
