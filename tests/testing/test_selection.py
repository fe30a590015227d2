"""Which tests belong to a changed file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.testing.selection import (
    belonging_tests,
    imported_names,
    is_named_for,
    module_name,
)

TESTS = {
    "p/tests/test_by_import.py": "from p.compute import manager\n",
    "p/tests/test_by_name_inside.py": "from p.compute.manager import run\n",
    "p/tests/compute/test_manager.py": "",
    "p/tests/test_compute.py": "from p import compute\n",
    "p/tests/test_other.py": "from p.compute import managers, manage\n# from p.compute import x\n",
}


def test_tests_that_import_a_module_or_are_named_for_it() -> None:
    assert belonging_tests(["p/compute/manager.py", "bin/p-compute"], TESTS) == [
        "p/tests/compute/test_manager.py",
        "p/tests/test_by_import.py",
        "p/tests/test_by_name_inside.py",
    ]


def test_tests_that_the_patch_changes() -> None:
    assert belonging_tests(["p/tests/test_other.py"], TESTS) == ["p/tests/test_other.py"]
    assert belonging_tests(["README", "bin/p"], TESTS) == []
    assert belonging_tests(["spec/a_spec.rb"], {"spec/a_spec.rb": ""}) == ["spec/a_spec.rb"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c as d\n", {"a.b", "c"}),
        ("from a import (b,  # why\n    c as d)\n", {"a", "a.b", "a.c"}),
        ("from a import b, \\\n    c\n", {"a", "a.b", "a.c"}),
        ("def f():\n    from a import b\n", {"a", "a.b"}),
        ("from a import *\n", {"a"}),
        ("# import a\nx = 'from a import b'\n", set()),
        ("print 'Python 2'\nimport a; import b\n", {"a", "b"}),
    ],
)
def test_imports(text: str, names: set[str]) -> None:
    assert imported_names(text) == names


@pytest.mark.parametrize(
    ("test", "path", "expected"),
    [
        ("nova/tests/test_service.py", "nova/service.py", True),
        ("nova/tests/test_db_api.py", "nova/db/sqlalchemy/api.py", True),
        ("nova/tests/test_db_api.py", "nova/network/api.py", False),
        ("quantum/tests/unit/test_ovs_lib.py", "quantum/agent/linux/ovs_lib.py", True),
        ("tests/test_wsgi.py", "keystone/common/wsgi.py", True),
        ("nova/tests/fake_service.py", "nova/service.py", False),
        ("p/tests/test_api_db.py", "p/db/sqlalchemy/api.py", False),  # not in this order
        ("p/tests/unit/test_api.py", "p/db/api.py", True),
        ("p/tests/functional/test_other_api.py", "p/db/api.py", False),
        ("tests/test_tests.py", "p/tests.py", False),
        ("p/tests/test_api.py", "p/_api.py", True),
        ("api_test.py", "api.py", True),
        ("tests/test_.py", "p/test.py", False),
    ],
)
def test_named_for(test: str, path: str, expected: bool) -> None:
    assert is_named_for(test, path) is expected


@given(st.text())
def test_any_text_and_path(text: str) -> None:
    imported_names(text)
    module_name(text)
    assert belonging_tests([text], {"p/tests/test_a.py": text}) in ([], ["p/tests/test_a.py"])


def test_what_imports_the_package_counts_where_nothing_imports_the_module() -> None:
    changed = ["p/network/api.py"]
    tests = {"p/tests/test_x.py": "import p.network\n", "p/tests/test_y.py": "import p\n"}
    assert belonging_tests(changed, tests) == ["p/tests/test_x.py"]
    assert belonging_tests(changed, tests | {"p/tests/test_z.py": "import p.network.api\n"}) == [
        "p/tests/test_z.py"
    ]
    assert belonging_tests(["top.py"], {"test_x.py": "import other\n"}) == []
    assert belonging_tests(["README", "p/a.txt"], {"test_x.py": "from p import a\n"}) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/p/a.py", "p.a"),
        ("lib/p/__init__.py", "p"),
        ("src/a.py", "src.a"),
        ("p/src/a.py", "p.src.a"),
        ("p/a-b.py", None),
        ("p/a", None),
        ("a.py", "a"),
    ],
)
def test_modules(path: str, name: str | None) -> None:
    assert module_name(path) == name
