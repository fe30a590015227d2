"""Identifier maps: declared ones are inverse, recognised ones need evidence, learned ones too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.port.names import renames
from patchseries.port.names.maps import READY_MADE, NameMap, maps_in_use

MAP = READY_MADE["quantum-neutron"]
SPELLED = st.sampled_from(["quantum", "Quantum", "QUANTUM", "x", "_", "Db", ".", " ", "\n", "1"])


@given(st.lists(SPELLED).map("".join))
def test_a_map_and_its_inverse_undo_each_other(text: str) -> None:
    assert MAP.inverse.apply(MAP.apply(text)) == text


def test_all_casings_and_parts_of_words_are_mapped() -> None:
    text = "QuantumDbPluginV2 quantumclient QUANTUM_OPTS"
    assert MAP.apply(text) == "NeutronDbPluginV2 neutronclient NEUTRON_OPTS"


def test_a_map_is_wanted_where_both_sides_keep_to_their_own_names() -> None:
    assert MAP.wanted("import quantum", "import neutron", "import quantum.x")
    assert not MAP.wanted("import quantum", "import quantum", "import quantum.x")
    assert not MAP.wanted("import os", "import neutron", "import re")


def test_own_maps_are_used_both_ways_and_unknown_ones_refused() -> None:
    assert NameMap("a=b", (("a", "b"),)) in maps_in_use(("a=b",))
    assert NameMap("a=b", (("b", "a"),)) in maps_in_use(("a=b",))
    with pytest.raises(SeriesError, match="no name map 'nonsense'"):
        maps_in_use(("nonsense",))


BASE = "from pkg import flavors\n\nx = flavors.get_flavor(1)\ny = flavors.size\n"
OURS = "from pkg import kinds\n\nx = kinds.get_kind(1)\ny = kinds.size\n"
THEIRS = BASE + "z = flavors.get_flavor(2)\n"
OLD = {"pkg/flavors.py": "def get_flavor(number):\n    return number\n"}
NEW = {"pkg/kinds.py": "def get_kind(number):\n    return number\n"}


def test_a_renamed_module_and_what_it_defines_are_learned() -> None:
    found = renames.learn(BASE, OURS, THEIRS, OLD.get, NEW.get)
    assert found["flavors"] == "kinds"
    assert found["get_flavor"] == "get_kind"
    assert renames.apply(found, "z = flavors.get_flavor(2)") == "z = kinds.get_kind(2)"


def test_nothing_is_learned_of_a_module_that_the_target_has_too() -> None:
    assert renames.learn(BASE, OURS, THEIRS, OLD.get, {**OLD, **NEW}.get) == {}


def test_nothing_is_learned_of_names_that_the_change_does_not_bring() -> None:
    assert renames.learn(BASE, OURS, BASE + "z = 1\n", OLD.get, NEW.get) == {}


def test_nothing_is_learned_of_names_that_the_file_does_not_bind() -> None:
    base, ours = "t.assertEqual(1)\n", "t.assertEquals(1)\n"
    assert renames.learn(base, ours, base + "t.assertEqual(2)\n", OLD.get, NEW.get) == {}


PHRASES = "from shop import store\n{0}\nx = {1}.open(1)\ny = {1}.open(2)\n"


@pytest.mark.parametrize(
    ("head", "used", "ours", "added", "known", "is_learned"),
    [
        ("", "box.lid", "lid", "z = box.lid.open(3)", "", True),
        ("", "box.lid", "lid", "box = box.lid.open(3)", "", False),  # it is a new name
        ("", "box.lid", "lid", "for box in box.lid.open(3):", "", False),
        ("", "box.lid", "lid", "with f as box: box.lid.open(3)", "", False),
        ("", "box.lid", "lid", "box == box.lid.open(3)", "", True),
        ("", "box.lid", "lid", "z = self.box.lid.open(box=3)", "", True),
        ("", "box.lid", "lid", "box = z.box.lid.open(3)", "", True),
        ("", "self.lid", "lid", "z = self.lid.open(3)", "", False),  # a local name is none here
        ("", "self.lid", "self.top", "z = self.lid.open(3)", "", True),
        ("", "store.lid", "lid", "z = store.lid.open(3)", "", True),
        ("", "store.lid", "lid", "z = store.lid.open(3)", "lid = 1", False),  # it works here
        ("", "store.lid", "lid", "z = store.lid.open(3)", "lids = 1", True),
    ],
)
def test_a_phrase_is_learned_only_where_the_target_cannot_say_it(
    head: str, used: str, ours: str, added: str, known: str, is_learned: bool
) -> None:
    base, target = PHRASES.format(head, used), PHRASES.format(head, ours)
    found = renames.learn(base, target, base + added + "\n", OLD.get, {"shop/store.py": known}.get)
    assert (used in found) is is_learned
    assert found == ({used: ours} if is_learned else {})


def test_a_module_of_the_same_name_from_elsewhere_is_another() -> None:
    base = PHRASES.format("", "store.lid")
    ours = PHRASES.format("", "lid").replace("from shop import", "from mall import")
    theirs = base + "z = store.lid.open(3)\n"
    found = renames.learn(base, ours, theirs, OLD.get, {"mall/store.py": "lid = 1\n"}.get)
    assert found == {"store.lid": "lid"}


MARKED = "from shop.words import _LE, _LW\n\nlog(_LE('one'))\nlog(_LW('two'))\n"
PLAIN = "from shop.texts import _\n\nlog(_('one'))\nlog(_('two'))\n"


@pytest.mark.parametrize(
    ("ours", "there", "found"),
    [
        (PLAIN, "", {"_LE": "_", "_LW": "_", "_LI": "_"}),
        (PLAIN, "other = 1\n", {"_LE": "_", "_LW": "_", "_LI": "_"}),
        # One place of each is not enough for such short names.
        (PLAIN.replace("_('two')", "__('two')"), "", {}),
        (PLAIN.replace("_('two')", "_LW('two')"), "", {}),
        (PLAIN, "_LE = _LW = _LI = str\n", {}),  # the target can import them
    ],
)
def test_what_upstream_imports_from_one_module_and_the_target_calls_one_name(
    ours: str, there: str, found: dict[str, str]
) -> None:
    theirs = MARKED.replace("_LE, _LW", "_LE, _LW, _LI") + "log(_LI('three'))\n"
    target = {"shop/words.py": there} if there else {}
    assert renames.learn(MARKED, ours, theirs, OLD.get, target.get) == found


def test_a_short_name_for_a_dotted_one_is_not_learned() -> None:
    base = "import six\n\nx = six.text_type(1)\ny = six.text_type(2)\n"
    ours = base.replace("six.text_type", "str").replace("import six\n", "")
    theirs = base + "z = six.text_type(3)\n"
    assert renames.learn(base, ours, theirs, OLD.get, NEW.get) == {}
    longer = ours.replace("str", "unicode")
    assert renames.learn(base, longer, theirs, OLD.get, NEW.get) == {"six.text_type": "unicode"}


def test_one_name_says_nothing_of_another_from_its_module() -> None:
    base = "from shop import flavors\n\nx = flavors.get(1)\n"
    ours = "from shop import kinds\n\nx = kinds.get(1)\n"
    theirs = base + "from shop import doors\n\ny = doors.all(flavors)\n"
    assert renames.learn(base, ours, theirs, OLD.get, NEW.get) == {"flavors": "kinds"}


@given(st.text(), st.text(), st.text())
def test_any_text_can_be_learned_from(base: str, ours: str, theirs: str) -> None:
    names = renames.learn(base, ours, theirs, OLD.get, NEW.get)
    assert isinstance(renames.apply(names, theirs), str)


@pytest.mark.parametrize(("size", "names"), [(20, {"baker": "heater"}), (20_000, {})])
def test_a_line_teaches_a_name_unless_it_is_data(size: int, names: dict[str, str]) -> None:
    """Two lines are compared in a time that grows by the square of their length."""
    numbers = "1, " * size
    ancestor, ours = (f"{name} = [{numbers}]\n" for name in ("baker", "heater"))
    nothing: dict[str, str] = {}
    assert (
        renames.learn(ancestor, ours, f"{ancestor}print(baker)\n", nothing.get, nothing.get)
        == names
    )
