"""Each rule of the hunk resolver on the smallest case that needs it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.resolve import MergedText, Sound, anything, resolve
from patchseries.port.hunks.wrap import LIMIT, fit

CASES = {
    "adjacent": ("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"),
    "words": ("f(a, b)\n", "f(z, b)\n", "f(a, b, c)\n", "f(z, b, c)\n"),
    "dropped": (
        "x = 1\n\n\ndef f():\n    a = 1\n    b = 2\n    return a\n\n\ny = 1\n",
        "x = 1\n\n\ny = 1\n",
        "x = 1\n\n\ndef f():\n    a = 2\n    b = 2\n    return a\n\n\ny = 1\n",
        "x = 1\n\n\ny = 1\n",
    ),
    "already-in": (
        "def f():\n    pass\n\n\nx = 1\n",
        "def f():\n    go()\n    done()\n\n\ndef g():\n    own()\n\n\nx = 1\n",
        "def f():\n    go()\n    done()\n\n\nx = 1\n",
        "def f():\n    go()\n    done()\n\n\ndef g():\n    own()\n\n\nx = 1\n",
    ),
    "theirs": (
        "x\n# number of things\n# size = 5\ny\n",
        "x\ny\n",
        "x\n# number of things, at most\n\n# another thing\n# other = 2\n# third = 3\ny\n",
        "x\n# number of things, at most\n\n# another thing\n# other = 2\n# third = 3\ny\n",
    ),
}


def port(base: str, ours: str, theirs: str, sound: Sound = anything) -> MergedText:
    return resolve(split_lines(base), split_lines(ours), split_lines(theirs), sound)


@pytest.mark.parametrize("rule", CASES)
def test_rule(rule: str) -> None:
    base, ours, theirs, wanted = CASES[rule]
    resolution = port(base, ours, theirs)
    assert "".join(resolution.lines) == wanted
    assert resolution.rules == (rule,)


def test_an_import_that_the_target_has_already_is_not_repeated() -> None:
    resolution = port("x\n", "import os\nx\n", "y\nimport os\nx\n")
    assert "".join(resolution.lines).count("import os") == 1


def test_imports_of_both_sides_are_kept_in_order() -> None:
    resolution = port(
        "import os\n\nx\n", "import os\nimport sys\n\nx\n", "import os\nimport re\n\nx\n"
    )
    assert "".join(resolution.lines) == "import os\nimport re\nimport sys\n\nx\n"


def test_entries_added_to_one_list_are_all_kept() -> None:
    resolution = port("x = {'a': 1}\n", "x = {'a': 1, 'b': 2}\n", "x = {'a': 1, 'c': 3}\n")
    assert "".join(resolution.lines) == "x = {'a': 1, 'b': 2, 'c': 3}\n"


def test_a_positional_parameter_goes_before_a_named_one() -> None:
    resolution = port("def f(a):\n", "def f(a, s=None):\n", "def f(a, b):\n")
    assert "".join(resolution.lines) == "def f(a, b, s=None):\n"


def test_a_new_method_goes_in_though_its_neighbours_and_the_bases_of_its_class_differ() -> None:
    near = "    def near(self):\n        return self.oven.near(1)\n\n"
    far = "    def far(self):\n        return self.oven.far(2)\n\n"
    new = "    def new(self):\n        return self.oven.new(3)\n\n"
    own = "    def own(self):\n        return 4\n\n"
    end = "\nclass Next(Base):\n    x = 1\n"
    base = f"class Bakery(Base):\n{own}{near}{far}{end}"
    ours = f"class Bakery(object):\n{own}{end}".replace("Next(Base)", "Next(object)")
    text = port(base, ours, f"class Bakery(Base):\n{own}{near}{new}{far}{end}")
    assert "".join(text.lines) == ours.replace(own, own + new)


def test_a_setting_stays_out_where_its_section_is_missing() -> None:
    head, end = "[a]\nx = 1\n", "[c]\nz = 3\n"
    base = f"{head}[b]\ny = 2\nw = 5\n{end}"
    theirs = base.replace("y = 2\n", "y = 2\nnew = 4\n")
    text = port(base, head + end, theirs)
    assert "".join(text.lines) == head + end
    assert text.rules == ("dropped",)
    moved = head + end + "[b]\nown = 9\n"
    assert "new = 4\n" in port(base, moved, theirs).lines


ITEMS = "known = {\n    'a': one,\n    'b': two,\n    'c': three}\n"
MORE = ITEMS.replace("'c': three}", "'d': four,\n    'e': five,\n    'f': six}")


def test_an_item_that_upstream_only_keeps_does_not_come_along() -> None:
    """Upstream has one more than the target there, and the change exchanges the one below it."""
    ours = "known = {\n    'a': one,\n    'oven': heat}\n"
    text = port(ITEMS, ours, MORE)
    assert "".join(text.lines) == MORE.replace("    'b': two,\n", "")
    assert text.rules == ("theirs",)


def test_but_one_that_the_target_has_in_other_words_does() -> None:
    ours = "known = {\n    'a': one,\n    'b': twice,\n    'oven': heat}\n"
    assert "'b'" in "".join(port(ITEMS, ours, MORE).lines)


def test_theirs_comes_whole_where_the_target_has_nothing() -> None:
    base = "x = 1\n    'b': two,\n    'c': three}\ny = 1\n"
    theirs = base.replace("'c': three}", "'d': four, 5,\n    'e': five, 6,\n    'f': six}")
    text = port(base, "x = 1\ny = 1\n", theirs)
    assert (text.rules, "".join(text.lines)) == (("theirs",), theirs)


def test_theirs_comes_whole_where_it_could_not_stand_without() -> None:
    ours = "known = {\n    'a': one,\n    'oven': heat}\n"
    text = port(ITEMS, ours, MORE, lambda lines, _: float("    'b': two,\n" in lines))
    assert "".join(text.lines) == MORE


def test_a_function_goes_in_though_its_neighbour_is_missing() -> None:
    head, gone, new = "def a():\n    pass\n", "\n\ndef b():\n    x()\n", "\n\ndef n():\n    y()\n"
    resolution = port(head + gone, head, head + gone + new)
    assert "def n" in "".join(resolution.lines)
    assert "def b" not in "".join(resolution.lines)


def test_an_edit_follows_a_line_that_stands_elsewhere() -> None:
    line, other = "option = a rather long line to be found\n", "z\n"
    resolution = port("a\n" + line + "b\nc\n", "a\nb\nc\n" + other + line, "a\nLINE\nb\nc\n")
    assert "".join(resolution.lines) == "a\nb\nc\n" + other + "LINE\n"


def test_an_unsound_candidate_gives_way_to_a_sound_one() -> None:
    resolution = port(*CASES["words"][:3], lambda lines, _: "c" not in "".join(lines))
    assert "".join(resolution.lines) == "f(z, b)\n"


def test_the_best_of_what_can_stand_is_taken() -> None:
    base, ours, theirs = CASES["words"][:3]
    first, second, *_ = port(base, ours, theirs).choices[0].candidates

    def sound(lines: Sequence[str], _: object) -> float:
        return {first.lines: 0.5, second.lines: 1}.get(tuple(lines), 0)

    assert port(base, ours, theirs, sound).rules == (second.rule,)
    assert port(base, ours, theirs, lambda *_: 0.5).rules == (first.rule,)
    assert port(base, ours, theirs, lambda *_: 0.5).sound


def test_when_nothing_is_sound_that_is_said() -> None:
    assert not port(*CASES["words"][:3], lambda *_: False).sound


def test_what_is_left_out_is_accounted_for() -> None:
    base, ours, theirs, _ = CASES["dropped"]
    (choice,) = port(base, ours, theirs).choices
    assert choice.taken.dropped(choice.dispute) == ("    a = 2\n",)


def test_a_line_made_too_long_is_broken_at_the_bracket() -> None:
    long = "    result = function(" + ", ".join(f"argument{n}" for n in range(6)) + ")\n"
    broken = fit(long, ["short\n"])
    assert max(map(len, broken.split("\n"))) <= LIMIT
    assert broken.replace("\n" + " " * 22, " ") == long
    assert fit(long, ["x" * 90 + "\n"]) == long


@pytest.mark.parametrize("head", ["class C:\n    pass\n", "x = 1\n"])
def test_what_goes_on_with_the_block_above_comes_before_what_ends_it(head: str) -> None:
    base = "class B:\n    def b():\n        pass\n"
    ours, theirs = base + "\n\n" + head, base + "\n    def c():\n        pass\n"
    for sides in ((base, ours, theirs), (base, theirs, ours)):
        ancestor, here, there = map(split_lines, sides)
        merged = resolve(ancestor, here, there)
        assert "".join(merged.lines) == theirs + "\n\n" + head
