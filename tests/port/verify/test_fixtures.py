"""Fixtures that a ported test asks for, and that this base does not define."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]

TILL = "import pytest\n\n\ndef test_old(shop):\n    assert shop\n"
ROOT = "import pytest\n\n\n@pytest.fixture\ndef shop():\n    return 1\n"
WITH_BELL = ROOT + "\n\n@pytest.fixture\nasync def bell(shop):\n    return 2\n"
NEW = "\n\ndef test_bell(bell):\n    assert bell\n"


def told(
    examined: Examined, new: str, there: dict[str, str], here: dict[str, str], own: str = ""
) -> list[tuple[str, int | None]]:
    path = "shop/tests/test_till.py"
    trees = (
        {**there, path: TILL},
        {**there, path: TILL + new},
        {**here, path: own + TILL},
        {**here, path: own + TILL + new},
    )
    found = (one for one in examined(*trees) if one.code == "port-unknown-name")
    return [(one.message, one.line) for one in found]


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (NEW, 8),
        (NEW.replace("(bell", "(shop, bell: int"), 8),
        (NEW.replace("(bell)", "(\n    shop,\n    bell\n)"), 10),
        ("\n\nclass TestBell:\n    def test_it(self, bell):\n        assert bell\n", 9),
        ("\n\nasync def test_bell(bell) -> None:\n    assert bell\n", 8),
    ],
)
@pytest.mark.parametrize("home", ["conftest.py", "shop/conftest.py", "shop/tests/conftest.py"])
def test_a_fixture_that_only_upstream_has(
    examined: Examined, new: str, line: int, home: str
) -> None:
    found = told(examined, new, {home: WITH_BELL}, {home: ROOT})
    assert found == [("bell is no fixture here", line)]


def test_each_is_told_where_it_is_first_asked_for(examined: Examined) -> None:
    new = "".join(NEW.replace("bell", name) for name in ("bell", "horn")) * 20
    horns = WITH_BELL + WITH_BELL[len(ROOT) :].replace("bell", "horn")
    found = told(examined, new, {"conftest.py": horns}, {"conftest.py": ROOT})
    assert found == [("bell is no fixture here", 8), ("horn is no fixture here", 12)]


def test_a_fixture_of_the_file_that_was_not_ported(examined: Examined) -> None:
    path, bell = "test_till.py", WITH_BELL[len(ROOT) :]
    trees = ({path: TILL}, {path: TILL + bell + NEW}, {path: TILL}, {path: TILL + NEW})
    found = [one.message for one in examined(*trees) if one.code == "port-unknown-name"]
    assert found == ["bell is no fixture here"]


@pytest.mark.parametrize(
    ("new", "there", "here", "own"),
    [
        (NEW, "conftest.py", "conftest.py", ""),
        (NEW, "conftest.py", "shop/tests/conftest.py", ""),
        (NEW, "conftest.py", "", WITH_BELL),
        (NEW, "conftest.py", "", "from shop.bells import bell\n"),
        (NEW, "far/conftest.py", "", ""),  # nor is it known where upstream has it from
        (NEW.replace("test_", "make_"), "conftest.py", "", ""),
        (NEW.replace("(bell)", "(x=bell)"), "conftest.py", "", ""),
    ],
)
def test_what_is_there_or_cannot_be_known(
    examined: Examined, new: str, there: str, here: str, own: str
) -> None:
    here_too = {here: WITH_BELL} if here else {}
    assert told(examined, new, {there: WITH_BELL}, here_too, own) == []


def test_a_fixture_that_a_plugin_may_give(examined: Examined) -> None:
    assert told(examined, NEW, {"conftest.py": ROOT}, {"conftest.py": ROOT}) == []


def test_another_name_that_a_conftest_says_may_make_it(examined: Examined) -> None:
    here = {"conftest.py": ROOT + "\n\nbell = bells.fixture()\n"}
    assert told(examined, NEW, {"conftest.py": WITH_BELL}, here) == []
