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
        ("    y = (z := x)\n", "an assignment in an expression needs Python 3.8"),
        ("    def y(z, /): pass\n", "an argument by place only needs Python 3.8"),
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
