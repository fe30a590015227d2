"""The faults that are put into the source, how they are drawn, and that tests find them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.covering import PACKAGE
from bench.mutants import Mutant, chosen, drawn, found_by, table
from bench.mutations import mutations
from bench.treecopies import Copy, Outcome

ROOT = Path(__file__).parents[2]
SOURCES = {
    f"{PACKAGE}/{name}": text.encode()
    for name, text in {
        "room/one.py": "def f(a):\n    return a == 1 or a > 2\n",
        "room/two.py": "def f(a):\n    if a:\n        raise KeyError\n",
        "other.py": "FLAG = True\nlimit: int = 5\n",
    }.items()
}


def texts(source: str) -> set[str]:
    """The source with each of its faults."""
    return {
        fault.applied(source.encode()).decode()
        for place in mutations(source.encode())
        for fault in place
    }


@pytest.mark.parametrize(
    ("source", "faulty"),
    [
        ("a is None", {"(a is not None)"}),
        ("x = a < b <= c", {"x = (a <= b <= c)", "x = (a < b < c)"}),
        ("x = a and b", {"x = (a or b)", "x = (a)", "x = (b)"}),
        ("if a: b()", {"if (not (a)): b()", "if a: pass"}),
        ("def f(): return a + 2", {"def f(): return (a - 2)", "def f(): return a + (3)"}),
        ("LIMIT = 4", {"LIMIT = (0)"}),
        ("def f(a: int = 4) -> int: ...", {"def f(a: int = (0)) -> int: ..."}),
        ("for x in y: continue", {"for x in y: pass", "for x in y: break"}),
        ("try: raise a\nexcept B: c = 'é', True", {
            "try: pass\nexcept B: c = 'é', True",
            "try: raise a\nexcept (): c = 'é', True",
            "try: raise a\nexcept B: c = 'é', False",
        }),
        ("@dataclass(slots=True)\nclass A: x: Literal[1] = f'{a + 1}'", set()),
        ("def f(): return lru_cache(maxsize=4)", set()),
    ],
)  # fmt: skip
def test_the_faults_of_a_source(source: str, faulty: set[str]) -> None:
    assert texts(source) == faulty


def test_each_fault_of_our_own_source_is_python_and_another_program() -> None:
    for path in sorted((ROOT / PACKAGE / "port" / "hunks").glob("*.py")):
        same = ast.dump(ast.parse(path.read_bytes()))
        for place in mutations(path.read_bytes()):
            for fault in place:
                assert ast.dump(ast.parse(fault.applied(path.read_bytes()))) != same, fault


def test_rooms_are_drawn_from_evenly_and_a_seed_draws_the_same() -> None:
    mutants = drawn(SOURCES, 4, 7)
    assert sorted(m.room for m in mutants) == ["other", "other", "room", "room"]
    assert mutants == drawn(SOURCES, 4, 7)
    assert len(drawn(SOURCES, 100, 7)) == sum(len(mutations(s)) for s in SOURCES.values())
    assert {m.room for m in drawn(SOURCES, 100, 7, ["other"])} == {"other"}
    assert {m.module for m in drawn(SOURCES, 100, 7, ["room/two"])} == {f"{PACKAGE}/room/two.py"}


def test_chosen_are_quick_tests_of_many_files() -> None:
    seconds = {"a::1": 1.0, "a::2": 2.0, "b::1": 3.0, "c::slow": 99.0}
    assert chosen(list(seconds), seconds, 5) == ["a::1", "b::1"]
    assert chosen(list(seconds), seconds, 50) == ["a::1", "b::1", "a::2"]
    assert chosen(["c::slow"], seconds, 5) == ["c::slow"]


class Fakes:
    """Stands for the map and for a copy: `own` finds the fault, `bad` fails always."""

    seconds = dict.fromkeys(("tests/room/test_one.py::own", "tests/x/test_x.py::bad"), 1.0)

    def __init__(self, finds: bool) -> None:
        self.finds = finds

    def of(self, _module: str, _line: int | None) -> list[str]:
        return list(self.seconds)


def test_a_test_that_fails_without_the_fault_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mutant, *_) = drawn(SOURCES, 1, 7, ["room"])
    path = tmp_path / "tree" / mutant.module
    path.parent.mkdir(parents=True)
    path.write_bytes(SOURCES[mutant.module])

    def run(copy: Copy, names: list[str], _limit: float) -> Outcome:
        faulty = (copy.tree / mutant.module).read_bytes() != SOURCES[mutant.module]
        own = [name for name in names if name.endswith("own") and faulty and fakes.finds]
        failed = [*own, *(name for name in names if name.endswith("bad"))]
        return Outcome("status 1", failed[0]) if failed else Outcome()

    monkeypatch.setattr(Copy, "run", run)
    fakes = Fakes(finds=True)
    assert found_by(mutant, fakes, Copy(tmp_path, 1)) == "tests/room/test_one.py::own"
    fakes.finds = False
    assert found_by(mutant, fakes, Copy(tmp_path, 1)) == ""
    assert path.read_bytes() == SOURCES[mutant.module]


def test_what_lived_is_named_and_what_is_no_fault_is_not_counted() -> None:
    found, none, wrong, lived = [
        Mutant(f"{PACKAGE}/room/one.py", fault, "room")
        for (fault,) in mutations(b"a = b == c\na = b in c\na = b is c\na = b != c")
    ]
    mutants = [found, none, wrong, lived]
    equivalent = {none: "it is so", wrong: "it is not so"}
    assert table(mutants, [none, lived], equivalent).splitlines() == [
        "equivalent: src/patchseries/room/one.py:2: b in c → (b not in c): it is so",
        "wrongly in equivalents.toml, a test finds it: "
        "src/patchseries/room/one.py:3: b is c → (b is not c)",
        "lived: src/patchseries/room/one.py:4: b != c → (b == c)",
        "room            2 of    3 found,  66.7 % (4 drawn, 1 equivalent)",
        "all             2 of    3 found,  66.7 % (4 drawn, 1 equivalent)",
    ]
