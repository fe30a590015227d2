"""Members of local variables whose class is known, and that it does not have on this base."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]

TILL = "class Till(object):\n    def __init__(self):\n        self.keys = 1\n\n"
TILL += "    def shut(self):\n        return 1\n"
HERE = TILL.replace("shut", "lock").replace("self.keys", "self.locks")
HEAD = "from shop import till\nfrom shop.till import Till\n\n\ndef f(x):\n    "
MADE = "a = Till()\n    "
LACKS = "is no attribute of class Till"


def told(
    examined: Examined, made: str, use: str, here: str = HERE, upstream: str = TILL
) -> list[str]:
    def files(text: str, user: str) -> dict[str, str]:
        return {"shop/__init__.py": "", "shop/till.py": text, "a.py": user}

    old, new = HEAD + made + "return x\n", HEAD + made + use + "\n    return x\n"
    found = examined(files(upstream, old), files(upstream, new), files(here, old), files(here, new))
    return [one.message for one in found if one.code == "port-unknown-name"]


@pytest.mark.parametrize("made", [MADE, "a = till.Till()\n    ", "b = a = Till()\n    "])
@pytest.mark.parametrize(
    "use", ["a.shut()", "x(a.shut)", "print(a.shut().b)", "def g():\n        return a.shut()"]
)
def test_a_member_that_the_class_has_only_upstream(examined: Examined, made: str, use: str) -> None:
    assert told(examined, made, use) == [f"a.shut {LACKS}"]


def test_each_member_is_told_once(examined: Examined) -> None:
    use = "a.shut()\n    a.shut()\n    a.keys"
    assert told(examined, MADE, use) == [f"a.shut {LACKS}", f"a.keys {LACKS}"]


@pytest.mark.parametrize(
    ("made", "use"),
    [
        (MADE, "a.lock()"),
        (MADE, "a.locks"),
        (MADE, "a.other()"),  # nor has it upstream
        (MADE, "a.shut = x"),
        (MADE, "a.shut = x\n    a.shut()"),
        (MADE, "stub(a, 'shut')\n    a.shut()"),
        (MADE, "x.a.shut()"),
        (MADE + "a.shut()\n    ", "a.lock()"),  # the target had it already
        (MADE + "a = x\n    ", "a.shut()"),
        (MADE + "for a in x: pass\n    ", "a.shut()"),
        ("a = x\n    ", "a.shut()"),
        ("a = x.Till()\n    ", "a.shut()"),
        ("a = Till().b()\n    ", "a.shut()"),
        ("Till = x\n    a = Till()\n    ", "a.shut()"),
    ],
)
def test_what_it_has_or_what_may_be_another(examined: Examined, made: str, use: str) -> None:
    assert told(examined, made, use) == []


@pytest.mark.parametrize(("size", "is_told"), [(49_000, True), (50_000, False)])
def test_a_function_of_some_length_is_not_read(
    examined: Examined, size: int, is_told: bool
) -> None:
    long = MADE + f"'{'x' * size}'\n    "
    assert bool(told(examined, long, "a.shut()")) is is_told


def test_outside_a_function_nothing_is_known(examined: Examined) -> None:
    old = "from till import Till\n\n\nclass A(object):\n    a = Till()\n"
    new = old + "    b = lambda a: a.shut()\n"
    sides = ((TILL, old), (TILL, new), (HERE, old), (HERE, new))
    found = examined(*({"till.py": till, "a.py": user} for till, user in sides))
    assert [one.message for one in found if one.code == "port-unknown-name"] == []


@pytest.mark.parametrize(
    "here",
    [
        HERE.replace("    def lock", "    __metaclass__ = Door\n\n    def lock"),
        HERE.replace("(object)", "(far.Door)").replace("class", "import far\n\n\nclass"),
        "class Door(object):\n    def shut(self):\n        return 1\n\n\n"
        + HERE.replace("(object)", "(Door)"),
        "from far import Till\n",
        "Till = far()\n",
    ],
)
def test_a_class_that_may_have_it(examined: Examined, here: str) -> None:
    assert told(examined, MADE, "a.shut()", here) == []
