"""Names that a function of the result reads and nothing binds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding
from patchseries.port.verify import Accounted

Examined = Callable[..., tuple[Finding, ...]]

OLD = "def f(one):\n    start(one)\n    a = 1\n    b = 2\n    c = 3\n    stop(one)\n"


def told(findings: tuple[Finding, ...]) -> list[tuple[str, int | None]]:
    return [(f.message, f.line) for f in findings if f.code == "port-unknown-name"]


def test_a_local_of_upstreams_function(examined: Examined) -> None:
    old = OLD.replace("one):", "one, two):")
    new = old.replace("stop(one)", "stop(two)")
    result = OLD.replace("stop(one)", "stop(two)")
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": OLD}, {"a.py": result})
    assert told(findings) == [("two is not defined in this function", 6)]
    assert findings[-1].severity == "error"
    # It is there when the port brings it along, or the module has it.
    assert told(examined({"a.py": old}, {"a.py": new}, {"a.py": OLD}, {"a.py": new})) == []
    known = {"a.py": "two = 1\n" + OLD}, {"a.py": "two = 1\n" + result}
    assert told(examined({"a.py": old}, {"a.py": new}, *known)) == []


def test_a_local_that_is_taken_away_and_still_read(examined: Examined) -> None:
    new = OLD.replace("    a = 1\n", "")
    target = OLD + "    return a\n"
    findings = examined({"a.py": OLD}, {"a.py": new}, {"a.py": target})
    assert told(findings) == [("a is not defined in this function", 6)]


@pytest.mark.parametrize("head", ["", "from sea import *\n\n\n", "c = 1\n\n\n"])
def test_a_local_that_is_set_too_late(examined: Examined, head: str) -> None:
    """What else the module has, or may have, of that name is not what the function reads."""
    old, new = (
        head + OLD.replace("    c = 3\n", ""),
        head + OLD.replace("    c = 3\n", "    a(c)\n"),
    )
    onto, result = head + OLD, head + OLD.replace("    b = 2\n", "    b = 2\n    a(c)\n")
    sides = {"a.py": old}, {"a.py": new}, {"a.py": onto}
    found = [m for m, _ in told(examined(*sides, {"a.py": result}))]
    assert found == ["c is not defined in this function"]
    # It may well be set before, if the target reads it so, too.
    loop = onto + "\n\ndef g(one):\n    for a in one:\n        a(c)\n        c = a\n"
    assert told(examined(*sides[:2], {"a.py": loop}, {"a.py": loop.replace(onto, result)})) == []


def test_so_many_names_are_looked_for(examined: Examined) -> None:
    """Each takes its time in all of the lines."""
    many = ", ".join(f"name{n:02}" for n in range(60))
    new, result = OLD.replace("one)", f"one, {many})"), OLD.replace("stop(one)", f"stop({many})")
    found = told(examined({"a.py": OLD}, {"a.py": new}, {"a.py": OLD}, {"a.py": result}))
    assert [message.split()[0] for message, _ in found] == [f"name{n:02}" for n in range(50)]


def test_what_python_has_itself_is_bound(examined: Examined) -> None:
    """Where upstream does not read it, either."""
    new, result = (OLD.replace("stop(one)", f"stop({line})") for line in ("one, 1", "len(one), 1"))
    assert told(examined({"a.py": OLD}, {"a.py": new}, {"a.py": OLD}, {"a.py": result})) == []


def test_of_a_name_of_a_module_the_rule_for_these_speaks(examined: Examined) -> None:
    """Of upstream's, and of one that the target had; of each once."""
    old, new = "two = 1\n" + OLD, "two = 1\n" + OLD.replace("stop(one)", "stop(one, 1)")
    result = OLD.replace("stop(one)", "stop(two, 1)")
    for before, after, onto in ((old, new, OLD), (OLD, new.removeprefix("two = 1\n"), old)):
        found = examined({"a.py": before}, {"a.py": after}, {"a.py": onto}, {"a.py": result})
        assert "is not defined in this function" not in " ".join(f.message for f in found)


def test_what_the_run_time_provides_is_no_news(examined: Examined) -> None:
    new = OLD.replace("    a = 1\n", "    a = given(1)\n")
    assert told(examined({"a.py": OLD}, {"a.py": new}, {"a.py": "x = 1\n" + OLD})) == []
    dynamic = "from x import *\n"
    target = dynamic + OLD + "    return a\n"
    gone = OLD.replace("    a = 1\n", "")
    assert told(examined({"a.py": OLD}, {"a.py": gone}, {"a.py": target})) == []


def test_a_class_may_define_it_further_up(examined: Examined) -> None:
    old = "class A(object):\n    def a(self):\n        pass\n\n    b = 1\n    c = 2\n    d = 3\n"
    new = old.replace("    d = 3\n", "    d = property(a)\n")
    assert told(examined({"a.py": old}, {"a.py": new}, {"a.py": "x = 1\n" + old})) == []


def test_in_a_file_that_never_parsed_a_class_may_define_it_further_up(examined: Examined) -> None:
    """But its functions do not see it."""
    start = (
        "def odd(:\n    pass\n\n\nclass A(object):\n    def a(self):\n        pass\n\n    b = 1\n"
    )
    upstream = start + "    c = property(b)\n    d = property(b)\n"
    result = start + "    c = property(a)\n    d = property(zz)\n"
    findings = examined({"a.py": start}, {"a.py": upstream}, {"a.py": start}, {"a.py": result})
    assert told(findings) == [("zz is not defined in this function", 11)]
    method = "\n    def c(self):\n        return {}\n"
    sides = start, start + method.format("b"), start, start + method.format("a")
    findings = examined(*({"a.py": side} for side in sides))
    assert told(findings) == [("a is not defined in this function", 12)]


def test_a_function_in_one_that_has_a_text_at_the_left_margin(examined: Examined) -> None:
    """Its indentation alone does not show what it is in."""
    start = "def f(one):\n    text = '''\nend {\n}'''\n\n    def g():\n        a = one\n"
    start += "        b = text\n        return 1\n\n    return g\n"
    plain = start.replace("'''\nend {\n}'''", "1").replace("a = one", "a = 2")
    for there, here in ((start, start), (plain, start.replace("a = one", "a = 2"))):
        old = there + "x = 1\n"
        new = old.replace("        return 1\n", "        return one\n")
        result = here.replace("        return 1\n", "        return one\n")
        assert told(examined({"a.py": old}, {"a.py": new}, {"a.py": here}, {"a.py": result})) == []


def test_a_renaming_to_what_nothing_defines_does_not_excuse_itself(examined: Examined) -> None:
    new = OLD.replace("stop(one)", "here = 1\n    stop(here)")
    result = new.replace("stop(here)", "stop(there)")
    said = Accounted(rename=lambda text: text.replace(b"stop(here)", b"stop(there)"))
    findings = examined({"a.py": OLD}, {"a.py": new}, {"a.py": OLD}, {"a.py": result}, said)
    assert told(findings) == [("there is not defined in this function", 7)]
