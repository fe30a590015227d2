"""The examples in the docstrings are the specification of what parses: they hold."""

from __future__ import annotations

import doctest
import importlib

import pytest

from test_architecture import module_of, sources

MODULES = [module_of(path) for path in sources() if ">>> " in path.read_text()]
FEWEST = 40
"""Functions with examples; a finder that finds nothing would pass otherwise."""


def examples(module: str) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("module", MODULES)
def test_examples_hold(module: str) -> None:
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
    tests = examples(module)
    assert tests, "its examples are not found: they are not in a docstring"
    for test in tests:
        runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_many_functions_have_examples() -> None:
    assert sum(len(examples(module)) for module in MODULES) >= FEWEST
