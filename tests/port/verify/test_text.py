"""Lines lost or doubled, hunks in the wrong place, leftovers, syntax: what the text tells."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from patchseries.model import Finding, Severity
from patchseries.port.verify import Accounted, LeftOut, wants_review

Examined = Callable[..., tuple[Finding, ...]]


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in findings}


def numbered(*words: str) -> str:
    return "".join(f"{word} = {at}\n" for at, word in enumerate(words))


BASE = numbered("one", "two", "three", "four", "five", "six", "seven")


def test_a_line_that_the_port_forgot_is_lost(examined: Examined) -> None:
    new = BASE + "eight = 8\n"
    findings = examined(
        {"a.py": BASE}, {"a.py": new}, {"a.py": "zero = 0\n" + BASE}, {"a.py": "zero = 0\n" + BASE}
    )
    assert codes(findings) == {"port-line-lost"}
    assert wants_review(findings)


def test_a_line_that_the_target_had_before_is_a_note(examined: Examined) -> None:
    new = BASE + "eight = 8\n"
    findings = examined(
        {"a.py": BASE}, {"a.py": new}, {"a.py": "zero = 0\n" + new}, {"a.py": "zero = 0\n" + new}
    )
    assert codes(findings) == {"port-line-present"}
    assert not wants_review(findings)


def test_a_line_that_was_to_go_and_stays_is_kept(examined: Examined) -> None:
    new = BASE.replace("four = 3\n", "")
    target = {"a.py": "zero = 0\n" + BASE}
    assert codes(examined({"a.py": BASE}, {"a.py": new}, target, target)) == {"port-line-kept"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("    reply = connection.send(1)\n", True),
        ("    connection.send(one, two)\n", True),
        ("    reply = send(1)\n", False),  # short: by chance
        ("    reply = connection.send(1,\n        2)\n", False),  # goes on, maybe otherwise
        ("    return connection.send(1)\n", False),
    ],
)
def test_a_line_that_only_a_like_definition_here_still_has(
    examined: Examined, line: str, told: bool
) -> None:
    old = BASE + "\n\ndef one():\n    pass\n" + line
    new = old.replace(line, "    connect()\n")
    own = "def two():\n    pass\n" + line + "\n\n"
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": own + old})
    assert codes(findings) == ({"port-line-kept"} if told else set())
    assert examined({"a.py": own + old}, {"a.py": own + new}, {"a.py": "x = 0\n" + own + old}) == ()


def test_a_line_that_the_target_never_had_cannot_be_removed(examined: Examined) -> None:
    new = BASE.replace("four = 3\n", "")
    findings = examined({"a.py": BASE}, {"a.py": new}, {"a.py": new + "zero = 0\n"})
    assert codes(findings) == {"port-line-absent"}


def test_a_line_added_twice_is_doubled(examined: Examined) -> None:
    new = BASE + "eight = 8\n"
    findings = examined(
        {"a.py": BASE},
        {"a.py": new},
        {"a.py": "zero = 0\n" + BASE},
        {"a.py": "zero = 0\neight = 8\n" + new},
    )
    assert codes(findings) == {"port-line-doubled"}


def test_a_line_that_nobody_asked_to_remove_is_told(examined: Examined) -> None:
    new = BASE.replace("seven = 6\n", "seven = 7\n")
    result = "zero = 0\n" + new.replace("two = 1\n", "")
    findings = examined(
        {"a.py": BASE}, {"a.py": new}, {"a.py": "zero = 0\n" + BASE}, {"a.py": result}
    )
    assert codes(findings) == {"port-line-removed"}


def test_a_line_of_the_targets_own_that_goes_is_told(examined: Examined) -> None:
    new = BASE.replace("seven = 6\n", "seven = 7\n")
    target = BASE.replace("two = 1\n", "two = 1\nown = 1\n")
    findings = examined({"a.py": BASE}, {"a.py": new}, {"a.py": target}, {"a.py": new})
    assert codes(findings) == {"port-line-removed"}


def test_how_often_a_line_stands_in_the_result_is_compared_with_upstream(
    examined: Examined,
) -> None:
    """Of each number before and after the change, and before and after the port, in one file."""
    numbers = list(product(range(3), repeat=4))
    sides = [
        {f"{n}.txt": "a\n" + "ten\n" * times[side] + end for n, times in enumerate(numbers)}
        for side, end in enumerate(("z\n", "zz\n") * 2)
    ]
    found = {(f.file, f.code) for f in examined(*sides)}
    for n, (before, after, onto, result) in enumerate(numbers):
        change, here = after - before, result - onto
        expected = {
            "lost": here < change > 0 and result < change,
            "removed": here < change <= 0 and (result < after or after == before == 0),
            "kept": here > change < 0 and result > after,
            "absent": here > change < 0 and result <= after,
            "doubled": here > change >= 0 and result > after,
        }
        told = {
            code for code in [*expected, "present"] if (f"{n}.txt", f"port-line-{code}") in found
        }
        only = {code for code, is_told in expected.items() if is_told}
        assert told == (only or {"present"} if here != change else set()), numbers[n]


def test_a_line_added_once_is_not_doubled_though_its_old_place_stays(examined: Examined) -> None:
    moved = BASE.replace("two = 1\n", "") + "two = 1\n"
    target = {"a.py": "zero = 0\n" + BASE}
    result = {"a.py": "zero = 0\n" + BASE + "two = 1\n"}
    assert codes(examined({"a.py": BASE}, {"a.py": moved}, target, result)) == {"port-line-present"}


@pytest.mark.parametrize(
    ("lost", "shown"),
    [
        (["own = 1"], ": own = 1"),
        (["own = 1", "other = 2"], ": other = 2 (and 1 more)"),
        ([f"own{n} = {'1' * 90}" for n in range(3)], f": own0 = {'1' * 73} (and 2 more)"),
    ],
)
def test_of_several_lines_one_is_shown_and_the_others_are_counted(
    examined: Examined, lost: list[str], shown: str
) -> None:
    target = {"a.py": "zero = 0\n" + BASE}
    new = {"a.py": BASE + "".join(f"{line}\n" for line in lost)}
    [finding] = examined({"a.py": BASE}, new, target, target)
    assert finding.message.endswith(shown)


def test_a_dropped_hunk_is_accounted_for(examined: Examined) -> None:
    target = {"a.py": "zero = 0\n" + BASE}
    case = ({"a.py": BASE}, {"a.py": BASE + "eight = 8\n"}, target, target)
    said = Accounted(dropped=(LeftOut("a.py", added=(b"eight = 8\n",)),))
    assert codes(examined(*case)) == {"port-line-lost"}
    assert examined(*case, accounted=said) == ()
    assert examined(*case, accounted=Accounted(dropped=(LeftOut("a.py"),))) == ()
    removing = ({"a.py": BASE}, {"a.py": BASE.replace("two = 1\n", "")}, target, target)
    said = Accounted(dropped=(LeftOut("a.py", removed=(b"two = 1\n",)),))
    assert codes(examined(*removing)) == {"port-line-kept"}
    assert examined(*removing, accounted=said) == ()


def test_a_mapped_path_and_renamed_words_are_accounted_for(examined: Examined) -> None:
    said = Accounted(
        paths={"new/a.py": "old/a.py"}, rename=lambda text: text.replace(b"neutron", b"quantum")
    )
    findings = examined(
        {"new/a.py": BASE},
        {"new/a.py": BASE + "neutron = 8\n"},
        {"old/a.py": "zero = 0\n" + BASE},
        {"old/a.py": "zero = 0\n" + BASE + "quantum = 8\n"},
        said,
    )
    assert findings == ()


def test_a_file_with_another_name_here_that_is_else_the_same_is_good(examined: Examined) -> None:
    said = Accounted(paths={"new/a.py": "old/a.py"})
    after = BASE + "eight = 8\n"
    sides = ({"new/a.py": BASE}, {"new/a.py": after}, {"old/a.py": BASE}, {"old/a.py": after})
    assert examined(*sides, said) == ()
    found = examined(*sides[:3], {"old/a.py": BASE + "x = (1\n"}, said)
    assert codes(found) == {"port-line-lost", "port-line-doubled", "port-syntax"}


def test_a_rename_that_the_merge_followed_is_seen(examined: Examined) -> None:
    findings = examined({"new.py": BASE}, {"new.py": BASE + "eight = 8\n"}, {"old.py": BASE})
    assert findings == ()


TWICE = """class A:
    def setup(self):
        self.one()
        self.two()


class B:
    def setup(self):
        self.one()
        self.two()
"""


def test_a_hunk_in_another_class_is_misplaced(examined: Examined) -> None:
    here, there = "class A:\n    def setup(self):\n", "class B:\n    def setup(self):\n"
    line = f"one = {'1' * 90}"
    findings = examined(
        {"a.py": TWICE},
        {"a.py": TWICE.replace(there, f"{there}        {line}\n")},
        {"a.py": "import os\n" + TWICE},
        {"a.py": "import os\n" + TWICE.replace(here, f"{here}        {line}\n")},
    )
    assert codes(findings) == {"port-hunk-misplaced"}
    assert findings[0].message == f"upstream this is in B.setup, here in A.setup: {line[:80]}"


def test_a_blank_line_is_in_no_wrong_place_and_hides_none(examined: Examined) -> None:
    here, there = "class A:\n    def setup(self):\n", "class B:\n    def setup(self):\n"
    blank = "\nimport x\n"
    findings = examined(
        {"a.py": "import x\n" + TWICE},
        {"a.py": blank + TWICE.replace(there, there + "        one = 1\n")},
        {"a.py": "import os\nimport x\n" + TWICE},
        {"a.py": "import os\n" + blank + TWICE.replace(here, here + "        one = 1\n")},
    )
    assert codes(findings) == {"port-hunk-misplaced"}


@pytest.mark.parametrize("name", ["B", "C"])
def test_what_another_class_loses_or_gains_is_misplaced_where_the_change_renames_it(
    examined: Examined, name: str
) -> None:
    """What is taken out was in the class of the old name, what is added is in that of the new."""
    body = "        self.one()\n        self.two()\n"
    here, there = "class A:\n    def setup(self):\n", "class B:\n    def setup(self):\n"
    for left, told in (
        ("        self.two()\n", "upstream this is in B.setup, here in A.setup: self.one()"),
        (f"{body}        new()\n", f"upstream this is in {name}.setup, here in A.setup: new()"),
    ):
        findings = examined(
            {"a.py": TWICE},
            {"a.py": TWICE.replace(there + body, there + left).replace("class B", f"class {name}")},
            {"a.py": "import os\n" + TWICE},
            {
                "a.py": "import os\n"
                + TWICE.replace(here + body, here + left).replace("class B", f"class {name}")
            },
        )
        assert [f.message for f in findings if f.code == "port-hunk-misplaced"] == [told]


def test_a_hunk_in_a_renamed_function_is_not_misplaced(examined: Examined) -> None:
    findings = examined(
        {"a.py": TWICE},
        {"a.py": TWICE.replace("        self.two()\n\n", "        one = 1\n\n")},
        {"a.py": TWICE.replace("setup", "prepare")},
    )
    assert findings == ()


@pytest.mark.parametrize("line", ["<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n"])
def test_a_conflict_marker_is_left_over(examined: Examined, line: str) -> None:
    findings = examined(
        {"a.txt": BASE},
        {"a.txt": BASE + "eight\n"},
        {"a.txt": "0\n" + BASE},
        {"a.txt": "0\n" + BASE + line + "eight\n"},
    )
    assert "port-leftover-marker" in codes(findings)
    assert [f.line for f in findings if f.code == "port-leftover-marker"] == [9]


def test_a_marker_of_upstreams_own_is_none(examined: Examined) -> None:
    new = BASE + "=======\n"
    assert examined({"a.txt": BASE}, {"a.txt": new}, {"a.txt": "0\n" + BASE}) == ()


METHOD = "    def extra(self):\n        return 1\n\n"


def test_a_method_defined_twice_is_told(examined: Examined) -> None:
    class_ = "class A:\n    def first(self):\n        return 0\n\n"
    tail = "    def last(self):\n        return 2\n"
    middle = "    def middle(self):\n        return 3\n\n"
    findings = examined(
        {"a.py": class_ + middle + tail},
        {"a.py": class_ + METHOD + middle + tail},
        {"a.py": class_ + middle + tail + "\n" + METHOD},
        {"a.py": class_ + METHOD + middle + tail + "\n" + METHOD},
    )
    assert "port-duplicate-definition" in codes(findings)
    assert any("A.extra is defined 2 times" in f.message for f in findings)


def test_two_classes_may_have_one_method_name_each(examined: Examined) -> None:
    rest = "class B:\n    def extra(self):\n        return 1\n"
    old = "class A:\n    pass\n\n\n"
    new = "class A:\n    def extra(self):\n        return 2\n\n\n"
    assert (
        examined({"a.py": old + rest}, {"a.py": new + rest}, {"a.py": old + rest + "x = 1\n"}) == ()
    )


def test_a_setting_set_twice_in_a_section_is_told(examined: Examined) -> None:
    old, key = "[one]\na = 1\n[two]\nb = 2\nc = 3\n", "d = 4\n"
    findings = examined(
        {"a.conf": old},
        {"a.conf": old.replace("b = 2\n", key + "b = 2\n")},
        {"a.conf": old + key},
        {"a.conf": old.replace("b = 2\n", key + "b = 2\n") + key},
    )
    assert "port-duplicate-definition" in codes(findings)


def test_a_block_that_stands_twice_is_told(examined: Examined) -> None:
    block = "".join(f"* point {n}\n" for n in range(6))
    rest = "".join(f"{n}\n" for n in range(9))
    findings = examined(
        {"a.txt": rest},
        {"a.txt": block + rest},
        {"a.txt": rest + block},
        {"a.txt": block + rest + block},
    )
    assert "port-duplicate-block" in codes(findings)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("def f(a:\n    return a\n", None),
        ("def f(a):\nreturn a\n", 1),
        ("def f(a):\n    if a:\n    return a\n", 2),
        ("class F:\n\nx = 1\n", 1),
        ("f = 1\n  g = 2\n", 2),
        ("try:\n    f = 1\nfinally:\n# nothing\n", 3),
    ],
)
def test_a_result_that_does_not_parse_is_an_error(
    examined: Examined, broken: str, line: int | None
) -> None:
    new = BASE + "def f(a):\n    return a\n"
    own = "\nzero = 0\n" + BASE
    findings = examined({"a.py": BASE}, {"a.py": new}, {"a.py": own}, {"a.py": own + broken})
    [finding] = [f for f in findings if f.code == "port-syntax"]
    assert finding.severity is Severity.ERROR
    assert finding.line is not None
    assert line is None or finding.line == own.count("\n") + line


def test_a_file_whose_changed_parts_parse_is_not_parsed_whole(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("patchseries.port.verify.syntax.errors")
    new = BASE.replace("one = 0", "one = 1")
    assert examined({"a.py": BASE}, {"a.py": new}, {"a.py": BASE + "own = 0\n"}) == ()


def test_python_2_parses(examined: Examined) -> None:
    new = BASE + "try:\n    print 'a' % one\nexcept IOError, error:\n    raise E, error\n"
    assert examined({"a.py": BASE}, {"a.py": new}, {"a.py": "zero = 0\n" + BASE}) == ()


@pytest.mark.parametrize(("most", "expected"), [(29, {"port-syntax"}), (28, set())])
def test_a_text_that_nobody_would_review_is_not_compared(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, most: int, expected: set[str]
) -> None:
    monkeypatch.setattr("patchseries.port.verify.ported.MAX_BYTES", most)
    before, after = "x = 1\n", "y = 2\nx = 1\n"
    here = "\n\n\nz = (3)\n"
    result = after + "w = (\n" + here
    assert len(result) == 29
    found = examined({"a.py": before}, {"a.py": after}, {"a.py": before + here}, {"a.py": result})
    assert {f.code for f in found if f.code == "port-syntax"} == expected


def test_a_target_that_never_parsed_is_no_news(examined: Examined) -> None:
    odd = "def f(:\n" + BASE
    assert examined({"a.py": odd}, {"a.py": odd + "def g(:\n"}, {"a.py": "zero = 0\n" + odd}) == ()


def test_a_line_far_from_the_change_that_no_longer_fits_is_named(examined: Examined) -> None:
    before = "class A(object):\n    a = 1\n    b = 2\n\n    c = 3\n    d = 4\n"
    after, target = before.replace("b = 2", "b = 3"), before + "    own = 5\n"
    result = target.replace("    b = 2\n", "").replace("    a = 1\n", "  a = 1\n  b = 3\n")
    findings = examined({"a.py": before}, {"a.py": after}, {"a.py": target}, {"a.py": result})
    (found,) = [f for f in findings if f.code == "port-syntax"]
    assert found.line == 5


def test_a_renaming_that_breaks_the_syntax_does_not_excuse_itself(examined: Examined) -> None:
    new = BASE + "f(a,\n  b)\n"
    result = BASE + "f(a)\n  b)\n"
    said = Accounted(rename=lambda text: text.replace(b"f(a,", b"f(a)"))
    target = {"a.py": "zero = 0\n" + BASE}
    findings = examined(
        {"a.py": BASE}, {"a.py": new}, target, {"a.py": "zero = 0\n" + result}, accounted=said
    )
    assert codes(findings) == {"port-syntax"}
