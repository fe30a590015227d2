"""Syntax that the Python of the target cannot read yet."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined

SETUP = 'setup(\n    name="oven",\n    python_requires=">=3.5",\n)\n'
BAKE = "import heat\n\n\ndef bake(x, *more):\n    y = x\n    return y\n"
OWN = "\n\ndef cool(x):\n    return x\n"


def told(examined: Examined, line: str, metadata: dict[str, str], own: str = OWN) -> list[str]:
    """What is said of the change of ``y = x`` to *line*, where the target has *metadata*."""
    after = BAKE.replace("    y = x\n", line)
    path = "oven.py"
    found = examined({path: BAKE}, {path: after}, {path: BAKE + own, **metadata})
    return [f"{f.line}: {f.message}" for f in found if f.code == "port-syntax"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("    y = f'{x}'\n", "an f-string needs Python 3.6"),
        ("    y: int = x\n", "an annotated variable needs Python 3.6"),
        ("    y = (z := x)\n", "an assignment expression needs Python 3.8"),
        ("    def y(z, /): pass\n", "a positional-only argument needs Python 3.8"),
        ("    with (x.y() as z): pass\n", "a with statement in brackets needs Python 3.9"),
        ("    with (x as y, y as z): pass\n", "a with statement in brackets needs Python 3.9"),
        ("    match x:\n        case y: pass\n", "match needs Python 3.10"),
    ],
)
def test_what_is_newer_than_the_target(examined: Examined, line: str, what: str) -> None:
    said = [f"5: {what}, and the target says 3.5"]
    assert told(examined, line, {"setup.py": SETUP}) == said
    newer = SETUP.replace("3.5", "3.10")
    assert told(examined, line, {"setup.py": newer}) == []


PY2 = {"setup.cfg": "[metadata]\nclassifier =\n  Programming Language :: Python :: 2.7\n"}


@pytest.mark.parametrize(
    "line",
    [
        "    def y(*, z): pass\n",
        "    def y(*a, z=1): pass\n",
        "    def y(z: int): pass\n",
        "    def y(z) -> int: pass\n",
        "    def y():\n        nonlocal x\n",
        "    raise y from x\n",
        "    class y(z, metaclass=w): pass\n",
        "    y, *z = x\n",
        "    yield from x\n",
        "    async def y(): pass\n",
        "    await y\n",
        "    y = [*x]\n",
        "    y = {**x}\n",
        "    y = (1, *x)\n",
        "    y = {1, *x}\n",
        "    heat(**x, y=1)\n",
        "    heat(**x,)\n",
        "    heat(*x,)\n",
        "    (y, *z) = x\n",
        "    super().y(x)\n",
        "    y = bytes(x, 'utf-8')\n",
        "    y = x.keys() - more\n",
        "    y = x.items() & more\n",
        "    y = 'builtins.open'\n",
        "    try: heat()\n    except FileNotFoundError: pass\n",
        "    y = 'ä'\n",
        "    # ä\n",
    ],
)
def test_what_python_2_cannot_read(examined: Examined, line: str) -> None:
    assert len(told(examined, line, PY2)) == 1
    assert told(examined, line, {"setup.py": SETUP}) == []


@pytest.mark.parametrize(
    "line",
    [
        "    y = heat(x, *more, **{}) or [z for z in x]\n",
        "    y = x[1:2] / 3 or lambda *a, **k: {1: 2}\n",
        "    try:\n        yield x\n    except (A, B) as y:\n        raise\n",
        "    y = 'f{x}' % u'async' if x else b'await'\n",
        "    y = heat(*x, y=1) or heat(y=1, **x) or heat(**x  # all\n    )\n",
        "    y = super(A, x).y() or x.super() or bytes(x) or x.get() - x.keys()\n",
        "    y = 'builtins.open()'\n",
        "    y = '\\xe4'\n",
        "    try: heat()\n    except OSError: pass\n",
        "    with (x): pass\n    with (x) as y: pass\n",
    ],
)
def test_what_every_python_reads(examined: Examined, line: str) -> None:
    assert told(examined, line, PY2) == []


@pytest.mark.parametrize(
    ("metadata", "oldest"),
    [
        ({}, ""),
        ({"setup.py": "setup(python_requires='>2')\n"}, ""),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.4,<4"\n'}, "3.4"),
        ({"setup.cfg": "[options]\npython_requires = >= 3.5\n"}, "3.5"),
        ({"setup.py": SETUP.replace('">=3.5"', "(\n  '>=2.7, !=3.0.*')")}, "2.7"),
        ({"setup.py": "x = ['Programming Language :: Python :: 3']\n"}, ""),
        ({"setup.py": "x = ['Programming Language :: Python :: 2',\n]\n"}, "2.7"),
        ({"setup.py": "x = ['Programming Language :: Python :: 3.10',\n'3.9']\n"}, ""),
        (
            {"setup.cfg": "Programming Language :: Python :: 3.9\n", "pyproject.toml": "[build]\n"},
            "",
        ),
        ({"setup.cfg": "Programming Language :: Python :: 3\n", "setup.py": SETUP}, "3.5"),
        ({**PY2, "setup.py": SETUP}, "2.7"),
    ],
)
def test_where_the_target_says_its_python(
    examined: Examined, metadata: dict[str, str], oldest: str
) -> None:
    said = f"5: an f-string needs Python 3.6, and the target says {oldest}"
    assert told(examined, "    y = f'{x}'\n", metadata) == ([said] if oldest else [])


def test_a_file_that_has_the_like_is_not_for_that_python(examined: Examined) -> None:
    own = "\n\ndef cool(x):\n    return f'{x}'\n"
    assert told(examined, "    y = f'{x}'\n", {"setup.py": SETUP}, own) == []
    assert told(examined, "    y: int = x\n", {"setup.py": SETUP}, own) == []
    assert len(told(examined, "    y = (z := x)\n", {"setup.py": SETUP}, own)) == 1


def test_a_text_in_quotes_is_no_syntax(examined: Examined) -> None:
    text = "DOC = '''\noptions:\n  heat:\n    type: int\n'''\n"
    more = text.replace("options:\n", "options:\n  cool:\n    type: str\n")
    found = examined({"a.py": text}, {"a.py": more}, {"a.py": text + OWN, "setup.py": SETUP})
    assert found == ()


def test_a_new_file_is_looked_at_and_one_for_python_3_is_not(examined: Examined) -> None:
    new = "def y(z):\n    return f'{z}'\n"
    told_of = {}
    for path in ("a.py", "py3_a.py"):
        found = examined({}, {path: new}, {"setup.py": SETUP})
        told_of[path] = [f.code for f in found]
    assert told_of == {"a.py": ["port-syntax"], "py3_a.py": []}


@pytest.mark.parametrize(
    ("head", "is_told"),
    [
        ("", True),
        ("# coding: utf-8\n", False),
        ("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n", False),
        ("\ufeff", False),
        ("# ä was here before\n", False),
        ("#\n#\n# coding: utf-8\n", True),
    ],
)
def test_the_coding_of_a_file_for_python_2(examined: Examined, head: str, is_told: bool) -> None:
    before, after = head + BAKE, head + BAKE.replace("= x", "= 'ä'")
    line = 5 + head.count("\n")
    for metadata, told_of in ((PY2, is_told), ({"setup.py": SETUP}, False)):
        found = examined({"a.py": before}, {"a.py": after}, {"a.py": before + OWN, **metadata})
        assert [(f.code, f.line) for f in found] == [("port-syntax", line)] * told_of


@pytest.mark.parametrize("text", [b"x = '\xff'\n", b"'''\n\xff\n'''", b"try: x\nexcept \xff: y"])
def test_any_bytes_may_be_in_a_file(examined: Examined, text: bytes) -> None:
    found = examined({"a.py": b""}, {"a.py": text}, {"a.py": b"", **PY2})
    assert {f.code for f in found} <= {"port-syntax"}


@pytest.mark.parametrize(
    ("line", "python", "is_told"),
    [
        ("from unittest import mock", "2.7", True),
        ("import queue", "2.7", True),
        ("from urllib import parse, error", "2.7", True),
        ("import zoneinfo", "3.8", True),
        ("import zoneinfo", "3.9", False),
        ("import mock", "2.7", False),
        ("try:\n    import queue\nexcept ImportError:\n    import Queue as queue", "2.7", False),
    ],
)
def test_a_module_that_an_older_python_lacks(
    examined: Examined, line: str, python: str, is_told: bool
) -> None:
    sides = {"a.py": BAKE}, {"a.py": f"{line}\n{BAKE}"}
    target = {"a.py": BAKE + OWN, "setup.py": SETUP.replace("3.5", python)}
    found = [f.code for f in examined(*sides, target) if f.code == "port-unknown-import"]
    assert found == ["port-unknown-import"] * (line.count(",") + 1) * is_told
    own = {"queue.py": "", "unittest/__init__.py": "", "unittest/mock.py": ""}
    if "queue" in line or "unittest" in line:  # the target has a module of that name
        assert examined(*sides, target | own) == ()
