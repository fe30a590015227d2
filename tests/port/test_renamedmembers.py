"""Members of a module or class that the target calls otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchseries.git import Repository
from patchseries.model import Outcome
from patchseries.port import Change, PortOptions, PortResult
from patchseries.port.engine import port
from port.test_engine import Files, content, tree

API = b"def bake(a, b):\n    return a\n\n\ndef cool(a):\n    return a\n"
HERE = API.replace(b"bake", b"heat")
TILL = b"from shop import api\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n"
USE = TILL.replace(b"return 2", b"return api.bake(2, api.cool(3)), 'api.bake', rebake, bake")
USED = USE.replace(b"return api.bake(", b"return api.heat(").replace(b"'api.bake'", b"'api.heat'")
BESIDE: Files = {"shop/__init__.py": b""}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("store") / "r.git") as repository:
        yield repository


def ported(
    store: Repository,
    there: Files,
    here: Files,
    till: tuple[bytes, bytes, bytes] = (TILL, USE, TILL),
    options: PortOptions | None = None,
) -> tuple[PortResult, bytes]:
    """The port of an edit of the till; *there* and *here* is what is beside it."""
    before, after, onto = (
        tree(store, {**BESIDE, **beside, "shop/till.py": text})
        for beside, text in zip((there, there, here), till, strict=True)
    )
    result = port(store, Change(before, after), onto, options)
    return result, content(store, result.tree)["shop/till.py"]


def test_a_function_goes_by_the_targets_name(store: Repository) -> None:
    result, text = ported(store, {"shop/api.py": API}, {"shop/api.py": HERE})
    assert text == USED
    assert (result.outcome, result.strategies) == (Outcome.ADAPTED, ("names:learned",))
    assert result.review
    assert result.findings == ()


def test_one_that_a_module_has_from_another_too(store: Repository) -> None:
    """The package has all names of its only module, by which alone upstream calls them."""
    facade = {"shop/api/__init__.py": b"from shop.api.impl import *\n"}
    _, text = ported(
        store, {**facade, "shop/api/impl.py": API}, {**facade, "shop/api/impl.py": HERE}
    )
    assert text == USED


def test_where_upstream_keeps_the_old_name_beside_the_new(store: Repository) -> None:
    there = API.replace(b"(a, b)", b"(a, b, c)") + b"\n\nheat = bake\n"
    _, text = ported(store, {"shop/api.py": there}, {"shop/api.py": HERE})
    assert text == USED


def test_an_attribute_of_the_class_itself(store: Repository) -> None:
    till = b"class Till:\n    def __init__(self):\n        self.coins = []\n\n"
    till += b"    def count(self):\n        return 1\n"
    after = till.replace(b"return 1", b"return len(self.coins)")
    sides = till, after, till.replace(b"coins", b"money")
    _, text = ported(store, {}, {}, sides)
    assert text == after.replace(b"coins", b"money")


def test_an_attribute_that_a_class_method_reads(store: Repository) -> None:
    till = (
        b"class Till:\n    coins = []\n\n    @classmethod\n    def count(cls):\n        return 1\n"
    )
    after = till.replace(b"return 1", b"return len(cls.coins)")
    _, text = ported(store, {}, {}, (till, after, till.replace(b"coins", b"money")))
    assert text == after.replace(b"coins", b"money")


def test_a_local_variable_is_no_attribute(store: Repository) -> None:
    till = b"class Till:\n    coins = []\n    gold = 1\n\n    def count(self):\n        return 1\n"
    local = b"\n\ndef count(coins):\n    purse = coins\n    return purse\n"
    after = till.replace(b"return 1", b"return len(self.coins)")
    onto = till.replace(b"    coins = []\n", b"")
    _, text = ported(store, {}, {}, (till + local, after + local, onto + local))
    assert text == after.replace(b"    coins = []\n", b"") + local


def test_a_module_by_whatever_way_each_side_has_it(store: Repository) -> None:
    there, here = (line.encode() for line in ("import service as api", "import kinds as api"))
    lines = [TILL.replace(b"import api", there), USE.replace(b"import api", there)]
    star: Files = {"shop/kinds.py": b"from shop.api import *\n"}
    _, text = ported(
        store,
        {"shop/service.py": b"from shop.api import *\n", "shop/api.py": API},
        {**star, "shop/api.py": HERE},
        (lines[0], lines[1], TILL.replace(b"import api", here)),
    )
    assert text == USED.replace(b"import api", here)


def test_what_has_no_other_name_is_left_and_told(store: Repository) -> None:
    here = API.replace(b"def bake(a, b)", b"def heat(x)")
    result, text = ported(store, {"shop/api.py": API}, {"shop/api.py": here})
    assert text == USE
    assert "port-unknown-name" in [f.code for f in result.findings]


def test_a_module_that_the_target_lacks_teaches_nothing(store: Repository) -> None:
    _, text = ported(store, {"shop/api.py": API}, {"shop/api/__init__.py": HERE})
    assert text == USE


def test_git_alone_changes_nothing(store: Repository) -> None:
    sides: tuple[Files, Files] = {"shop/api.py": API}, {"shop/api.py": HERE}
    result, text = ported(store, *sides, options=PortOptions(git_only=True))
    assert (result.outcome, text) == (Outcome.CLEAN, USE)


def test_every_time_that_it_is_said_and_nothing_else_of_that_name(store: Repository) -> None:
    after = TILL.replace(b"return 1", b"return api.bake(1, 1)").replace(
        b"return 2",
        b"x = api.bake(api.bake(2, x.bake), 2)\n    return api.bake(x, y.api.bake) + api.baked",
    )
    there, here = ({"shop/api.py": text + b"\n\nbaked = 1\n"} for text in (API, HERE))
    _, text = ported(store, there, here, (TILL, after, TILL))
    heat = after.replace(b" api.bake(", b" api.heat(").replace(b"(api.bake(", b"(api.heat(")
    assert text == heat


def test_two_of_them_on_one_line(store: Repository) -> None:
    after = TILL.replace(b"return 2", b"return api.bake(1, api.cool(2))")
    _, text = ported(
        store,
        {"shop/api.py": API},
        {"shop/api.py": HERE.replace(b"cool", b"chill")},
        (TILL, after, TILL),
    )
    assert text == after.replace(b"bake", b"heat").replace(b"cool", b"chill")


def test_one_that_nobody_knows_says_nothing_of_the_next(store: Repository) -> None:
    there = API + b"\n\ndef ask(a):\n    return a\n"
    after = TILL.replace(b"return 2", b"return api.ask(2), api.bake(3, 4), api.ask(5)")
    _, text = ported(store, {"shop/api.py": there}, {"shop/api.py": HERE}, (TILL, after, TILL))
    assert text == after.replace(b"bake", b"heat")


def test_a_name_that_leads_to_nothing_is_none(store: Repository) -> None:
    """A local variable of that name says nothing."""
    local = b"\n\ndef run():\n    heat = bake\n    return heat()\n"
    here = API.replace(b"def bake(a, b)", b"def warm(x)") + local.replace(b"bake", b"cool")
    result, text = ported(store, {"shop/api.py": API + local}, {"shop/api.py": here})
    assert text == USE
    assert "port-unknown-name" in [f.code for f in result.findings]
