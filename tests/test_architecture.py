"""The one direction of imports (CONTRIBUTING.md), and the doors that only some rooms may use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "patchseries"
TEXTS = SOURCE / "demo" / "upstreams"  # Python 2 of the demonstration: data, not our code

DOORS = {
    "subprocess": {"process"},
    "git": {"git"},
    "gitdb": {"git"},
}
"""Modules from outside that only these rooms may import."""

PRINTERS = ("cli", "__main__")
READERS = {"cli", "environment"}
ENVIRONMENT = {"environ", "environb", "getenv", "putenv", "expanduser", "expandvars"}


def rooms_in_order() -> list[str]:
    """The rooms as CONTRIBUTING.md lists them, from the foundation up."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    block = re.search(r"^(?:    \S.*\n)+", text, re.MULTILINE)
    assert block, "CONTRIBUTING.md lists no rooms"
    return re.findall(r"\w+", block[0])


def room_of(module: str) -> str:
    """The room of a dotted module of the package; "" for the package itself."""
    return [*module.split("."), ""][1]


def module_of(path: Path) -> str:
    """The dotted name of a file below src/."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> list[Path]:
    return [p for p in sorted(SOURCE.rglob("*.py")) if TEXTS not in p.parents]


def imports(tree: ast.AST, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Every module imported anywhere in *tree*, in functions too: (line, dotted name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".") if is_package else module.split(".")[:-1]
            near = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*near, *([node.module] if node.module else [])])
            if name == "patchseries":  # `from patchseries import process` imports a room
                yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, name


def wrong_imports(
    found: Sequence[tuple[int, str]], room: str, order: Sequence[str]
) -> Iterator[str]:
    """What *room* imports and may not."""
    for line, name in found:
        top = name.split(".")[0]
        other = room_of(name) if top == "patchseries" else ""
        if other in order and order.index(other) > order.index(room):
            yield f"{line}: {room} imports {other}, which comes after it"
        if other not in ("", "__version__", *order):
            yield f"{line}: {room} imports {other}, which is no room"
        if room not in DOORS.get(top, {room}):
            yield f"{line}: {room} imports {top}: only {', '.join(sorted(DOORS[top]))} may"


def wrong_calls(tree: ast.AST, room: str) -> Iterator[str]:
    """Printing, prompting and reading the environment outside the rooms that may."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("print", "input") and room not in PRINTERS:
            yield f"{node.lineno}: {room} uses {node.id}"
        elif isinstance(node, ast.Attribute | ast.alias):
            yield from _wrong_name(node, room)


def _wrong_name(node: ast.Attribute | ast.alias, room: str) -> Iterator[str]:
    name = node.attr if isinstance(node, ast.Attribute) else node.name
    if (name in ENVIRONMENT or _is(node, "Path", "home")) and room not in READERS:
        yield f"{node.lineno}: {room} reads the environment ({name})"
    if (_is(node, "sys", "stdout") or _is(node, "sys", "stderr")) and room not in PRINTERS:
        yield f"{node.lineno}: {room} uses sys.{name}"


def _is(node: ast.AST, owner: str, name: str) -> bool:
    """Whether *node* is ``owner.name``."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    )


def violations(text: str, module: str, order: Sequence[str], is_package: bool = False) -> list[str]:
    """What one module does against the rules, as ``line: words``."""
    tree, room = ast.parse(text), room_of(module)
    if room == "":
        return []  # the package itself holds its version and nothing else
    if room not in order:
        return [f"1: {room} is not among the rooms that CONTRIBUTING.md lists"]
    found = list(imports(tree, module, is_package))
    return [*wrong_imports(found, room, order), *wrong_calls(tree, room)]


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_one_direction(path: Path) -> None:
    name = module_of(path)
    assert violations(path.read_text(), name, rooms_in_order(), path.name == "__init__.py") == []


def test_the_package_itself_imports_nothing() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text())
    assert list(imports(tree, "patchseries", True)) == []


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("port.engine", "from patchseries.cli import main", "port imports cli"),
        ("port.engine", "from patchseries import report", "port imports report"),
        ("port.engine", "import patchseries.debian.orig", "port imports debian"),
        ("port.engine", "from ..patches import text", "port imports patches"),
        ("port.engine", "def f():\n    from patchseries.patches import text", "2: port imports"),
        ("port.engine", "from patchseries.helpers import x", "which is no room"),
        ("git.repository", "import subprocess", "git imports subprocess"),
        ("sources.fetch", "from subprocess import run", "sources imports subprocess"),
        ("sources.fetch", "import git", "sources imports git"),
        ("port.engine", "print('done')", "port uses print"),
        ("port.engine", "import sys\nsys.stderr.write('x')", "2: port uses sys.stderr"),
        ("port.engine", "import os\nA = os.environ['A']", "2: port reads the environment"),
        ("port.engine", "from os import getenv", "port reads the environment"),
        ("port.engine", "from pathlib import Path\nPath.home()", "port reads the environment"),
        ("helpers", "", "helpers is not among the rooms"),
    ],
)
def test_a_violation_is_seen(module: str, text: str, expected: str) -> None:
    found = violations(text, f"patchseries.{module}", rooms_in_order())
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("port.engine", "from patchseries.git import Repository\nfrom .result import Change"),
        ("process", "import subprocess"),
        ("environment", "import os\nE = os.environ"),
        ("git.repository", "import git\nfrom gitdb import IStream"),
        ("cli.main", "import os\nprint(os.environ)"),
        ("cli.main", "from patchseries.pipeline import run"),
        ("cli.main", "from patchseries import __version__"),
        ("port.engine", "from patchseries.port.names import paths\npaths.home('a')"),
    ],
)
def test_what_is_allowed_passes(module: str, text: str) -> None:
    assert violations(text, f"patchseries.{module}", rooms_in_order()) == []


def test_the_order_is_read_whole() -> None:
    order = rooms_in_order()
    assert (order[0], order[-1]) == ("redaction", "__main__")
    assert len(order) == len(set(order)) > 15


def classes(tree: ast.AST) -> Iterator[str]:
    """The name of every class of a module, without the underscore of a private one."""
    return (node.name.lstrip("_") for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def said_twice(modules: dict[str, str]) -> dict[str, list[str]]:
    """Each class name that several classes have, and in which modules; *modules*: name → text."""
    homes: dict[str, list[str]] = {}
    for module, text in modules.items():
        for name in classes(ast.parse(text)):
            homes.setdefault(name, []).append(module)
    return {name: where for name, where in homes.items() if len(where) > 1}


def test_a_class_name_has_one_meaning() -> None:
    assert said_twice({module_of(path): path.read_text() for path in sources()}) == {}


def test_a_class_name_with_two_meanings_is_seen() -> None:
    modules = {"a": "class Plan: ...", "b": "def f():\n    class _Plan: ...", "c": "class X: ..."}
    assert said_twice(modules) == {"Plan": ["a", "b"]}


LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def too_long(text: str) -> Iterator[str]:
    """What is longer than a module or a function may be, in lines."""
    lines = len(text.splitlines())
    if lines > LONGEST_MODULE:
        yield f"the module has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {lines} lines"


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_short_enough_to_read(path: Path) -> None:
    assert list(too_long(path.read_text())) == []


def test_what_is_too_long_is_seen() -> None:
    body = "def f():\n" + "    x = 1\n" * 40
    assert list(too_long(body)) == ["1: f has 41 lines"]
    assert list(too_long("x = 1\n" * 401)) == ["the module has 401 lines"]


MOST_PARAMETERS = 5
MORE_PARAMETERS = {
    "process.run": "as subprocess.run: each by name, each but the program with a default",
    "checks.rule.Rule.finding": "the fields of a finding, by name; a rule gives those that it has",
}
"""Functions with more parameters, and why they are no value of a type."""


def parameters(tree: ast.Module, module: str) -> dict[str, int]:
    """The number of parameters of each function of a module; a command's are its options.

    *module* is the name without the package; `self` and `cls` do not count.
    """
    counted: dict[str, int] = {}

    def visit(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                visit(child, f"{path}.{child.name}")
            elif isinstance(child, ast.FunctionDef):
                name = f"{path}.{child.name}"
                visit(child, name)
                if not any("click.command" in ast.unparse(d) for d in child.decorator_list):
                    given = child.args
                    all_of = [*given.posonlyargs, *given.args, *given.kwonlyargs]
                    counted[name] = sum(a.arg not in ("self", "cls") for a in all_of)
            else:
                visit(child, path)

    visit(tree, module)
    return counted


def test_what_belongs_together_is_one_parameter() -> None:
    many = {
        name
        for path in sources()
        for name, count in parameters(
            ast.parse(path.read_text()), module_of(path).removeprefix("patchseries.")
        ).items()
        if count > MOST_PARAMETERS
    }
    assert many == set(MORE_PARAMETERS)


def test_parameters_are_counted() -> None:
    text = (
        "def f(a, b, /, c, *, d): ...\nclass C:\n    def g(self, x):\n        def h(): ...\n"
        "@click.command('x')\ndef command(a, b): ...\n"
    )
    assert parameters(ast.parse(text), "m") == {"m.f": 4, "m.C.g": 1, "m.C.g.h": 0}


VAGUE = {"found", "known", "one", "said", "told"}
"""Words that say nothing of what a thing is."""


def vague_names(tree: ast.Module) -> Iterator[str]:
    """Functions, classes, attributes and parameters whose whole name is a vague word.

    Of two alike, *one* and *other* say all that there is to say.
    """
    for node in (
        *tree.body,
        *(n for c in tree.body if isinstance(c, ast.ClassDef) for n in c.body),
    ):
        name = ""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        if name.strip("_").lower() in VAGUE:
            yield f"{node.lineno}: {name}"
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            given = function.args
            names = {a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
            for name in sorted(names & (VAGUE - ({"one"} if "other" in names else set()))):
                yield f"{function.lineno}: {name} of {function.name}"


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_names_say_what_a_thing_is(path: Path) -> None:
    assert list(vague_names(ast.parse(path.read_text()))) == []


def test_a_vague_name_is_seen() -> None:
    text = (
        "def _told(): ...\nclass Found:\n    known: int\n    founder: int\n    def one(self): ...\n"
        "def f(one, other, *, found): ...\ndef g(one): ..."
    )
    assert list(vague_names(ast.parse(text))) == [
        *("1: _told", "2: Found", "3: known", "5: one", "6: found of f", "7: one of g")
    ]
