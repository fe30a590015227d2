"""Keys and imports that stand twice after a port."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]


def told(findings: tuple[Finding, ...]) -> list[tuple[str, int | None]]:
    return [(f.message, f.line) for f in findings if f.code == "port-duplicate-definition"]


OLD = 'd = {\n    "a": 1,\n    "z": 9,\n}\n'
NEW = OLD.replace('    "z"', '    "b": 2,\n    "z"')


@pytest.mark.parametrize(
    ("here", "lines"),
    [
        ('    "b": 3,\n    "a": 1,\n', [('"b" stands 2 times in a dict', 4)]),
        ('    "b": 2,\n    "a": 1,\n', []),  # the same value: nothing depends on which one counts
        ('    b: 3,\n    "a": 1,\n', []),
        (
            '    **more,  # of them\n    "b": 3,\n    "a": 1,\n',
            [('"b" stands 2 times in a dict', 5)],
        ),
        # one that was there twice is no news, and hides none
        (
            '    "b": 3,\n    "a": 1,\n    "a": 2,\n',
            [('"b" stands 2 times in a dict', 5)],
        ),
        (
            '    "a": 1,\n    "a": 2,\n    "b": 3,\n',
            [('"b" stands 2 times in a dict', 5)],
        ),
    ],
)
def test_a_key_that_the_target_has(
    examined: Examined, here: str, lines: list[tuple[str, int]]
) -> None:
    target = OLD.replace('    "a": 1,\n', here)
    result = NEW.replace('    "a": 1,\n', here)
    for above in ("", "x = 1\n\n\n"):
        sides = ({"a.py": above + text} for text in (OLD, NEW, target, result))
        shifted = [(message, line + above.count("\n")) for message, line in lines]
        assert told(examined(*sides)) == shifted


def test_what_a_call_gives_may_be_another_key_each_time(examined: Examined) -> None:
    target, new, result = (
        text.replace('    "a": 1,\n', f'    "a": 1,\n{lines}')
        for text, lines in (
            (OLD, "    f(): 1,\n"),
            (OLD, "    f(): 2,\n"),
            (OLD, "    f(): 2,\n    f(): 1,\n"),
        )
    )
    assert told(examined({"a.py": OLD}, {"a.py": new}, {"a.py": target}, {"a.py": result})) == []


def test_a_key_that_stands_twice_since_lines_went_is_none_that_was_added(
    examined: Examined,
) -> None:
    gone = "}\ne = {\n"
    old, here = (f'd = {{\n    "a": 1,\n{gone}    {key}: 2,\n}}\n' for key in ('"z"', '"a"'))
    sides = old, old.replace(gone, ""), here, here.replace(gone, "")
    assert told(examined(*({"a.py": side} for side in sides))) == []


def test_a_key_that_was_there_twice_before(examined: Examined) -> None:
    twice = OLD.replace('    "a": 1,\n', '    "a": 1,\n    "b": 3,\n    "b": 2,\n')
    result = twice.replace('"b": 3', '"b": 4')
    files = {"a.py": OLD}, {"a.py": NEW}, {"a.py": twice}, {"a.py": result}
    assert told(examined(*files)) == []


def test_two_dicts_may_have_one_key(examined: Examined) -> None:
    target = OLD + 'e = {"b": 3}\n'
    assert told(examined({"a.py": OLD}, {"a.py": NEW}, {"a.py": target})) == []


CODE = "import os\n\n\ndef f():\n    return os\n"


@pytest.mark.parametrize(
    ("new", "target", "lines"),
    [
        ("from a import one\n", "from a import one\n", [("one is imported 2 times", 1)]),
        ("from a import one\n", "from b import one\n", [("one is imported 2 times", 1)]),
        ("from a import one\n", "from b import two as one\n", [("one is imported 2 times", 1)]),
        ("from a import (\n    one,\n)\n", "from a import one\n", [("one is imported 2 times", 2)]),
        (
            "from p import z\nfrom q import z\nfrom a import one\n",  # z is upstream's own
            "from b import one\n",
            [("one is imported 2 times", 3)],
        ),
        ("import one\n", "import one  # noqa\n", [("one is imported 2 times", 1)]),
        ("import os.path\n", "", []),
        ("from a import one\n", "from a import two\n", []),
        ("from a import one\n", "try:\n    from b import one\nexcept E:\n    pass\n", []),
    ],
)
def test_an_import_that_the_target_has(
    examined: Examined, new: str, target: str, lines: list[tuple[str, int]]
) -> None:
    use = CODE.replace("return os", "return one")
    after, onto, result = new + use, CODE + target, new + use + target
    findings = examined({"a.py": CODE}, {"a.py": after}, {"a.py": onto}, {"a.py": result})
    assert told(findings) == lines


@pytest.mark.parametrize(("there", "severity"), [("a", "note"), ("b", "warning")])
def test_the_same_import_twice_does_no_harm(examined: Examined, there: str, severity: str) -> None:
    after, here = f"from a import one\n{CODE}", f"{CODE}from {there} import one\n"
    result = f"from a import one\n{here}"
    findings = examined({"a.py": CODE}, {"a.py": after}, {"a.py": here}, {"a.py": result})
    assert [f.severity for f in findings if f.code == "port-duplicate-definition"] == [severity]


def test_an_import_that_only_the_result_has_once(examined: Examined) -> None:
    sides = CODE, "from a import one\n" + CODE, CODE + "x = 1\n", "import uno\n" + CODE + "x = 1\n"
    assert told(examined(*({"a.py": side} for side in sides))) == []


def test_an_import_that_upstream_has_twice(examined: Examined) -> None:
    new = "from a import one\nfrom b import one\n" + CODE
    assert told(examined({"a.py": CODE}, {"a.py": new}, {"a.py": CODE + "\n\nx = 1\n"})) == []
