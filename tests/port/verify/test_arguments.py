"""Calls of functions that take other arguments on this base."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]

SHOP = "class Till(object):\n    def __init__(self, number, roof=None):\n        self.a = number\n"
SHOP += "\n    @classmethod\n    def made(cls, number):\n        return cls(number)\n"
SHOP += "\n    def shut(self, number):\n        return number\n"
SHOP += "\n    def opened(self):\n        return self\n"
SHOP += "\n    @staticmethod\n    def of(number):\n        return number\n"
SHOP += "\n\ndef opened(till, wide=False):\n    return till\n"
HERE = SHOP.replace("number, roof=None", "number, key, roof=None").replace(
    "(cls, number)", "(cls, number, key)"
)
HERE = HERE.replace("shut(self, number)", "shut(self, number, key)")
HERE = HERE.replace("wide=False", "tall=False").replace("of(number)", "of()")
USER = "from shop import till, Till as S\nfrom shop.till import Till as T, opened\n\n\n"
USER += "class Shop(T):\n    def close(self, one):\n        pass\n\n    def day(self):\n"
USER += "        x = 1\n        return x\n"


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f.message for f in findings if f.code == "port-wrong-arguments"]


def files(till: str, user: str) -> dict[str, str]:
    return {"shop/__init__.py": "from shop.till import Till\n", "shop/till.py": till, "a.py": user}


def ported(examined: Examined, call: str, here: str = HERE, user: str = USER) -> list[str]:
    new = USER.replace("return x", f"return {call}")
    result = user.replace("return x", f"return {call}")
    return told(
        examined(files(SHOP, USER), files(SHOP, new), files(here, user), files(here, result))
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("till.Till(1)", "till.Till needs the argument key here"),
        ("T(1, roof=2)", "T needs the argument key here"),
        ("till.Till.made(1)", "till.Till.made needs the argument key here"),
        ("till.Till.of(1)", "till.Till.of takes 0 arguments in order, not 1 here"),
        ("opened(x, wide=True)", "opened has no parameter wide here"),
        ("self.made(1)", "self.made needs the argument key here"),
        ("self.shut(1)", "self.shut needs the argument key here"),
        ("S.of(1)", "S.of takes 0 arguments in order, not 1 here"),
        ("[opened(T(1), x)]", "T needs the argument key here"),
        ("opened(x, wide=True).a().b()", "opened has no parameter wide here"),
        ("x.f(T(1))", "T needs the argument key here"),
        ("opened(\n            x,\n            wide=1)", "opened has no parameter wide here"),
        ("(till\n                .Till(1))", "till.Till needs the argument key here"),
    ],
)
def test_a_call_that_only_upstreams_function_takes(
    examined: Examined, call: str, message: str
) -> None:
    assert ported(examined, call) == [message]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("swap(a, b)", "swap has the parameter a in another place here"),
        ("swap(a, b, more=1)", "swap has no parameter more here"),
        ("swap(a, 1)", "swap has the parameter a in another place here"),
        ("swap(1, c)", ""),
        ("swap(b, a)", ""),
        ("swap(1, b.a)", ""),
        ("swap(b, 1)", ""),
        ("swap(1, 2, a)", ""),
        ("swap(a=a, b=b)", ""),
    ],
)
def test_a_variable_by_the_name_of_a_parameter_that_stands_elsewhere(
    examined: Examined, call: str, message: str
) -> None:
    """It goes to that parameter upstream, and would go to another here."""
    there, here = (
        f"def swap({names}):\n    pass\n" for names in ("a, b, c=1, more=2", "b, a, c=1")
    )
    user = "from shop.till import swap\n\n\ndef day(a, b, c):\n    return a\n"
    new = user.replace("return a", f"return {call}")
    sides = files(there, user), files(there, new), files(here, user), files(here, new)
    assert told(examined(*sides)) == ([message] if message else [])


@pytest.mark.parametrize(
    "call",
    [
        "till.Till(1, 2)",
        "opened(x)",
        "opened(*x)",  # known at run time only
        "till.Till(1, 2, 3, 4)",  # upstream does not take it, either
        "x.opened(1, wide=2)",  # what x is, is not known
        "till.Till.shut(1)",  # called on no object
        "till.Gone(1)",
        "self.day(1, 2, 3)",
        "opened",
        "till(1)",
        "self.a.made(1)",  # a method of something else
        "self.shut.more(1)",
        "till.Till.made.of(1)",
        "till.Till.A.made(1)",
        "super(Shop, self).made(1)",
    ],
)
def test_what_fits_or_cannot_be_known(examined: Examined, call: str) -> None:
    assert ported(examined, call) == []


@pytest.mark.parametrize(
    "here",
    [
        HERE.replace("class Till(object):", "class Till(object):\n    __metaclass__ = Door"),
        HERE.replace("class Till(object):", "class Till(object):\n    def __new__(cls, a): pass\n"),
        HERE.replace("    def __init__", "    @wrapped\n    def __init__"),
        HERE.replace("class Till(object):", "class Till(far.Door):").replace("__init__", "start"),
        "from far import Till\n",
        "def Till(number):\n    pass\n",
    ],
)
def test_a_class_that_is_made_in_ways_not_seen(examined: Examined, here: str) -> None:
    assert ported(examined, "till.Till(1)", here) == []


def test_a_method_does_not_depend_on_how_the_object_is_made(examined: Examined) -> None:
    here = HERE.replace("(object):", "(object):\n    def __new__(cls, a): pass\n")
    assert ported(examined, "self.made(1)", here) == ["self.made needs the argument key here"]


def test_a_local_of_the_name_is_another_thing(examined: Examined) -> None:
    user = USER.replace("x = 1", "opened = x = print")
    assert ported(examined, "opened(x, wide=1)", user=user) == []


def test_it_is_found_through_a_package_and_in_the_file_itself(examined: Examined) -> None:
    new = "from shop import Till\n\n\ndef f(a):\n    return Till(1)\n\n\nf(2)\n"
    old = "\n\ndef f(a):\n    pass\n"
    here = "\n\ndef f(a, b):\n    pass\n"
    sides = files(SHOP, old), files(SHOP, new), files(HERE, here)
    result = files(HERE, new.replace("f(a):", "f(a, b):"))
    assert told(examined(*sides, result)) == [
        "Till needs the argument key here",
        "f needs the argument b here",
    ]


def test_a_local_has_methods_of_its_own(examined: Examined) -> None:
    user = USER.replace("x = 1", "till = x = print")
    assert ported(examined, "till.Till(1)", user=user) == []


def test_upstreams_function_has_to_be_known(examined: Examined) -> None:
    new = USER.replace("return x", "return opened(x, wide=1)")
    there = SHOP.replace("def opened", "@wrapped\ndef opened")
    assert told(examined(files(there, USER), files(there, new), files(HERE, USER))) == []


USES = {
    "opened": "def f(x):\n    return opened(x, wide=1)\n",
    "Till": "def f(x):\n    y = Till(x, 1)\n    return y.shut(1)\n",
}


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize(("times", "is_told"), [(1, True), (4, True), (5, False)])
def test_an_import_leads_on_so_often(
    examined: Examined, times: int, is_told: bool, name: str
) -> None:
    def linked(till: str, user: str) -> dict[str, str]:
        links = {f"l{n}.py": f"from l{n - 1} import {name}\n" for n in range(1, times)}
        return links | {"l0.py": till, "a.py": user}

    old = f"from l{times - 1} import {name}\n\n\n"
    new = old + USES[name]
    found = told(examined(linked(SHOP, old), linked(SHOP, new), linked(HERE, old)))
    assert bool(found) is is_told


@pytest.mark.parametrize("name", USES)
def test_modules_that_import_from_each_other_lead_nowhere(examined: Examined, name: str) -> None:
    ring = {"l.py": f"from m import {name}\n", "m.py": f"from l import {name}\n"}
    old = f"from l import {name}\n\n\n"
    new = old + USES[name]
    assert told(examined(ring | {"a.py": old}, ring | {"a.py": new}, ring | {"a.py": old})) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1", "x = opened(1, wide=2)"),  # above the added line
        ("return x\n", "return x\n        opened(1, wide=2)\n"),
        ("return x\n", "return x\n\n    def late(self):\n        return opened(1, wide=2)\n"),
    ],
)
def test_a_line_that_the_port_did_not_add_is_not_looked_at(
    examined: Examined, old: str, new: str
) -> None:
    assert ported(examined, "2", user=USER.replace(old, new)) == []


@pytest.mark.parametrize(
    ("gone", "lines"),
    [
        ("        print(1)\n", "        print(1)\n        return opened(1, wide=2)\n"),
        ("            1,\n", "        return opened(x,\n            1,\n            wide=2)\n"),
    ],
)
def test_where_a_line_goes_nothing_is_looked_at(examined: Examined, gone: str, lines: str) -> None:
    old = USER.replace("        return x\n", lines)
    new = old.replace(gone, "")
    sides = files(SHOP, old), files(SHOP, new), files(HERE, old)
    assert told(examined(*sides, files(HERE, new))) == []


OPEN = HERE.replace("class Till(object):", "class Till(object):\n    __metaclass__ = Door")
MADE = USER.replace("x = 1", "x = S(1, key=2)")


@pytest.mark.parametrize("here", [HERE, OPEN])
@pytest.mark.parametrize("user", [MADE, MADE.replace("S(", "T("), MADE.replace("S(", "till.Till(")])
def test_an_object_of_a_class_that_a_function_makes(
    examined: Examined, user: str, here: str
) -> None:
    assert ported(examined, "x.shut(1)", here, user) == ["x.shut needs the argument key here"]
    assert ported(examined, "x.shut(1, 2)", here, user) == []


@pytest.mark.parametrize(
    "made",
    [
        "x = T(1, 2)\n        x = 1",
        "x = T(1, 2)\n        for x in range(3): pass",
        "x = T(1, 2)\n        x.shut = print",
        "x = T(1, 2)\n        stub(x, 'shut')",
        'x = T(1, 2)\n        stub(x, "shut")',
        "T = x = print",
        "T = print\n        x = T()",
        "x = T(1, 2).day()",
        "x = till.Till.made(1, 2)",
        "x = self.made(1, 2)",
        "x = opened(1)",
        "x = far.Till(1)",
        "x = [T(1, 2)]",
    ],
)
def test_an_object_that_may_be_another(examined: Examined, made: str) -> None:
    assert ported(examined, "x.shut(1)", user=USER.replace("x = 1", made)) == []


def test_a_method_that_a_class_inherits_from_one_that_may_have_more(examined: Examined) -> None:
    here = OPEN.replace("class Till(object)", "class Till(Door)").replace("def shut", "def lock")
    door = "class Door(object):\n    def shut(self, number, key):\n        return key\n\n\n"
    assert ported(examined, "x.shut(1)", door + here, MADE) == []
    known = here.replace("    __metaclass__ = Door\n", "")
    assert ported(examined, "x.shut(1)", door + known, MADE) == [
        "x.shut needs the argument key here"
    ]
