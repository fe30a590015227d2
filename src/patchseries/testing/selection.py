"""Which files of tests belong to the files that a patch changes.

Three kinds: those that the patch itself changes, those that import a changed module by its name,
and those that are named for it; where there are none, those that import the package it is in. All
of it is read from the text, as that of a Python project; nothing is imported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

_FROM = re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(?:\(([^)]*)|[ \t]((?:\\\r?\n|[^;\n])*))", re.M
)
_IMPORT = re.compile(r"(?:^|;)[ \t]*import[ \t]+((?:\\\r?\n|[^;\n])+)", re.M)
_COMMENT = re.compile(r"#.*")
_NAME = re.compile(r"\s*([\w.]+)")
_ROOMS = {"test", "tests", "unit", "functional"}
_ROOTS = {"src", "lib"}
"""Directories that a project keeps its packages in, which no import names."""

USUAL = ("test_*.py", "*/test_*.py", "*_test.py")
"""What files of tests are called where the manifest does not say it."""


def belonging_tests(changed: Collection[str], tests: Mapping[str, str]) -> list[str]:
    """The paths of the test files that belong to the *changed* files, sorted.

    :param changed: paths of files, as the patch names them
    :param tests: the text of each test file, by path
    """
    modules = {path: module_name(path) for path in changed}
    names = {name for name in modules.values() if name}
    imported = {path: imported_names(text) for path, text in tests.items()}
    belonging = [
        path
        for path in tests
        if path in modules
        or not names.isdisjoint(imported[path])
        or any(is_named_for(path, other) for other, name in modules.items() if name)
    ]
    if not belonging:
        packages = {name.rpartition(".")[0] for name in names} - {""}
        belonging = [path for path in tests if not packages.isdisjoint(imported[path])]
    return sorted(belonging)


def is_test(path: str, patterns: Sequence[str] = USUAL) -> bool:
    """Whether the file at *path* is called as files of tests are.

    :param patterns: as a shell has them, for the path or its end; ``*`` stands for slashes too

    >>> is_test("nova/tests/test_driver.py"), is_test("nova/tests/fake_network.py")
    (True, False)
    >>> is_test("spec/a_spec.rb", ["spec/*_spec.rb"])
    True
    """
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def module_name(path: str) -> str | None:
    """The dotted name of the module at *path*; None for what is no module.

    >>> module_name("nova/conductor/api.py"), module_name("nova/db/__init__.py")
    ('nova.conductor.api', 'nova.db')
    >>> module_name("bin/nova-conductor") is None
    True
    """
    parts = path.removesuffix(".py").split("/")
    if parts[0] in _ROOTS and len(parts) > 2:
        del parts[0]
    if not path.endswith(".py") or not all(part.isidentifier() for part in parts):
        return None
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(text: str) -> set[str]:
    """Every dotted name that *text* imports; what comes from a module is named with it.

    >>> sorted(imported_names("import a.b as c\\nfrom d import e, f as g"))
    ['a.b', 'd', 'd.e', 'd.f']
    """
    return set(_imported(text))


def _imported(text: str) -> Iterator[str]:
    for match in _FROM.finditer(text):
        yield match[1]
        yield from (f"{match[1]}.{name}" for name in _names(match[2] or match[3] or ""))
    for match in _IMPORT.finditer(text):
        yield from _names(match[1])


def _names(listed: str) -> Iterator[str]:
    """The names of an import statement, without what they are called there."""
    plain = _COMMENT.sub("", listed).replace("\\", " ")
    for item in plain.split(","):
        match = _NAME.match(item)
        if match:
            yield match[1]


def is_named_for(test: str, path: str) -> bool:
    """Whether the test file is called after the module: ``test_db_api`` is for ``db/…/api.py``.

    >>> is_named_for("nova/tests/test_db_api.py", "nova/db/sqlalchemy/api.py")
    True
    >>> is_named_for("nova/tests/test_driver.py", "nova/virt/disk/api.py")
    False
    """
    if not is_test(test):
        return False
    words = [word for word in _words(test) if word not in _ROOMS]
    module = _words(path)
    if not words or words[-1] != module[-1]:
        return False
    rest = iter(module)
    return all(word in rest for word in words)  # in this order, with gaps


def _words(path: str) -> list[str]:
    """The words of a path: directories, and the file's name taken apart."""
    *parts, name = path.removesuffix(".py").split("/")
    return [*parts, *name.strip("_").split("_")]
