"""Where a dotted name leads in a tree: to something, to nothing, or nobody can know."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from patchseries.git import Repository
from patchseries.port.verify import modules as module
from patchseries.port.verify.definitions import read_module
from patchseries.port.verify.modules import Modules
from port.verify.conftest import tree

TREE = {
    "app/__init__.py": "from app import inner\nversion = 1\n",
    "app/inner.py": "import os\nfrom app.deep import thing as other\nfrom app.deep import nothing\n"
    "import app.deep as far\n\ndef run():\n    pass\n\nvalue = 1\n",
    "app/deep/__init__.py": "def thing():\n    pass\n\nclass Box(object):\n    size = 1\n",
    "app/open.py": "from app.deep import *\nown = 1\n",
    "app/wider.py": "from .open import *\n\nfrom app.near import *\n",
    "app/made.py": "from app.deep import *\nglobals()['x'] = 1\n",
    "app/some.py": "try:\n    from app.deep import *\nexcept ImportError:\n    pass\n",
    "app/lib.py": "from app.deep import *\nfrom os.path import *\n",
    "app/tight.py": "from  app.deep  import*\n",
    "app/wide.py": "if app:\n    from app.deep import  *\n",
    "app/of_made.py": "from app.made import *\n",
    "app/ring.py": "from app.ring2 import *\n",
    "app/ring2.py": "from app.ring import *\nr = 1\n",
    "app/loop.py": "from app.pool import x\n",
    "app/pool.py": "from app.loop import x\n",
    "app/itself.py": "import app.itself\n",
    "app/text.txt": "x\n",
    "app/near.py": "from . import deep\nfrom .inner import run, none\n",
    "app/deep/far.py": "from .. import inner as up\nfrom ..deep import Box\n",
    "tool.py": "y = 1\n",
    "lib/below/__init__.py": "",
    "lib/below/m.py": "z = 1\n",
}


def of(repository: Repository, files: Mapping[str, str]) -> Modules:
    return Modules(repository, tree(repository, files))


@pytest.fixture(name="here")
def _here(repository: Repository) -> Modules:
    return of(repository, TREE)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"app", "app/__init__.py"),
        (b"app.inner", "app/inner.py"),
        (b"app.deep", "app/deep/__init__.py"),
        (b"tool", "tool.py"),
        (b"below", "lib/below/__init__.py"),
        (b"below.m", "lib/below/m.py"),
        (b"lib.below.m", "lib/below/m.py"),
        (b"app.text", None),
        (b"app.none", None),
        (b"none", None),
        (b"", None),
    ],
)
def test_the_file_of_a_module(here: Modules, name: bytes, path: str | None) -> None:
    assert here.path(name) == path
    here.read_ahead([name, b"app"])
    assert here.path(name) == path
    found = here.module(name)
    assert (found is None) == (path is None)


def test_what_was_looked_for_is_not_read_ahead_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = of(repository, TREE), tree(repository, TREE)
    asked: list[object] = []
    monkeypatch.setattr(Repository, "prefetch", lambda _, *, directories: asked.extend(directories))
    here.read_ahead([b"app.deep"])
    assert asked == [(there, "app/deep/"), (there, "lib/app/deep/")]
    here.path(b"app.deep")
    here.read_ahead([b"app.deep", b"tool"])
    assert asked[2:] == [(there, "lib/tool/"), (there, "tool/")]


def test_a_package_is_there_by_its_first_part(here: Modules) -> None:
    for name in (b"app", b"app.none.at.all", b"tool.x", b"below"):
        assert here.has_package(name)
    for name in (b"", b"os", b"os.path", b"apps", b"lib"):
        assert not here.has_package(name)


def test_a_directory_is_searched_where_the_tree_has_it(repository: Repository) -> None:
    plain = of(repository, {"a.py": "x = 1\n"})
    assert plain.path(b"a") == "a.py"
    for root in ("src", "lib"):
        below = of(repository, {f"{root}/a.py": "x = 1\n", f"{root}/b/__init__.py": ""})
        assert (below.path(b"a"), below.path(b"b")) == (f"{root}/a.py", f"{root}/b/__init__.py")
    both = of(repository, {"a.py": "", "a/__init__.py": "", "src/a.py": ""})
    assert both.path(b"a") == "a.py"
    assert of(repository, {"a.py/x": ""}).path(b"a") is None  # a directory of that name


@pytest.mark.parametrize(
    ("name", "leads"),
    [
        (b"app", True),
        (b"app.inner", True),
        (b"app.version", True),
        (b"app.version.real", None),  # of a value nobody knows
        (b"app.inner.run", True),
        (b"app.inner.other", True),
        (b"app.inner.missing", False),
        (b"app.inner.os", True),
        (b"app.inner.os.path", None),
        (b"app.inner.nothing", True),  # imported: that it is not there is told at the import
        (b"app.inner.nothing.more", False),
        (b"app.inner.far.thing", True),
        (b"app.inner.far.none", False),
        (b"app.deep.Box.size", True),
        (b"app.deep.Box.weight", False),
        (b"app.inner.far.Box.weight", False),
        (b"app.near.deep.thing", True),
        (b"app.near.deep.none", False),
        (b"app.near.none.more", False),
        (b"app.deep.far.up.run", True),
        (b"app.deep.far.up.none", False),
        (b"app.deep.far.Box.size", True),
        (b"app.deep.far.Box.none", False),
        (b"app.open.thing", True),  # by import *
        (b"app.open.none", False),
        (b"app.open.Box.size", True),
        (b"app.open.Box.weight", False),
        (b"app.wider.own", True),
        (b"app.wider.thing", True),
        (b"app.wider.none", True),  # imported there
        (b"app.wider.nobody", False),
        (b"app.made.thing", True),
        (b"app.made.none", None),
        (b"app.some.none", None),
        (b"app.tight.thing", True),
        (b"app.tight.none", False),
        (b"app.wide.thing", None),
        (b"app.lib.thing", None),
        (b"app.lib.none", None),
        (b"app.of_made.thing", True),
        (b"app.of_made.none", None),
        (b"app.ring.r", True),
        (b"app.ring.none", False),
        (b"app.loop.x", True),
        (b"app.loop.x.y", None),  # round and round
        (b"app.itself.app", True),
        (b"app.itself.app.itself.none", False),
        (b"os.path", None),
        (b"none", None),
    ],
)
def test_where_a_name_leads(here: Modules, name: bytes, leads: bool | None) -> None:
    assert here.resolve(name) is leads


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"app.inner.run", "app/inner.py"),
        (b"app.inner.other", "app/deep/__init__.py"),
        (b"app.inner.far.thing", "app/deep/__init__.py"),
        (b"app.open.thing", "app/deep/__init__.py"),
        (b"app.wider.own", "app/open.py"),
        (b"app.near.run", "app/inner.py"),
        (b"app.deep.Box.size", "app/deep/__init__.py"),
        (b"app.inner", None),
        (b"app.open.none", None),
        (b"app.loop.x", None),
        (b"app.inner.os", None),
        (b"os.path", None),
    ],
)
def test_the_file_that_defines_a_name(here: Modules, name: bytes, path: str | None) -> None:
    assert here.definer(name) == path


def test_so_many_modules_are_looked_into_for_all_that_they_have(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = {f"m{n}.py": f"from m{n + 1} import *\n" for n in range(4)}
    here = of(repository, chain | {"m4.py": "x = 1\n"})
    assert here.resolve(b"m0.x") is True
    monkeypatch.setattr(module, "_MOST_STARS", 3)
    assert here.resolve(b"m0.x") is None
    assert here.resolve(b"m1.x") is True


def test_imports_that_lead_on_are_followed_so_often(repository: Repository) -> None:
    chain = {f"m{n}.py": f"from m{n + 1} import A\n" for n in range(3)}
    here = of(repository, chain | {"m3.py": "class A:\n    x = 1\n"})
    assert [here.resolve(b"m0.A.x", often) for often in range(6)] == [None] * 4 + [True] * 2
    assert [here.resolve(b"m0.A.y", often) for often in range(6)] == [None] * 4 + [False] * 2


CLASSES = {
    "a.py": "import b\nfrom c import Far, Other as Renamed\nimport elsewhere\n"
    "from elsewhere import Strange\n\n"
    "class Base(object):\n    own = 1\n\n    def method(self):\n        self.made = 2\n\n"
    "class Plain(Base):\n    more = 1\n\n"
    "class Second(Plain, b.Mixin):\n    pass\n\n"
    "class FromFar(Far):\n    pass\n\n"
    "class FromRenamed(Renamed):\n    pass\n\n"
    "class Unknown(Base, Strange):\n    pass\n\n"
    "class Dotted(elsewhere.Thing):\n    pass\n\n"
    "class Missing(Nowhere):\n    pass\n\n"
    "class Called(make(Base)):\n    pass\n\n"
    "class Lost(b.Gone):\n    pass\n\n"
    "class Dynamic(Base):\n    def __getattr__(self, name):\n        pass\n\n"
    "class Round(Around):\n    pass\n\nclass Around(Round):\n    pass\n",
    "b.py": "class Mixin:\n    mixed = 1\n",
    "c.py": "class Far(object):\n    far = 1\n\n\nclass Other(object):\n    other = 1\n",
    "d.py": "from elsewhere import *\n\n\nclass Odd(Hidden):\n    pass\n",
}


@pytest.mark.parametrize(
    ("owner", "name", "has"),
    [
        (b"Base", b"own", True),
        (b"Base", b"made", True),
        (b"Base", b"none", False),
        (b"Plain", b"own", True),
        (b"Plain", b"more", True),
        (b"Base", b"more", False),
        (b"Second", b"method", True),
        (b"Second", b"mixed", True),
        (b"Second", b"none", False),
        (b"FromFar", b"far", True),
        (b"FromFar", b"none", False),
        (b"FromRenamed", b"other", True),
        (b"FromRenamed", b"none", False),
        (b"Dynamic", b"own", True),
        (b"Dynamic", b"none", None),
        (b"Lost", b"none", None),
        (b"Round", b"none", False),
        (b"Nobody", b"none", None),
    ],
)
def test_what_a_class_has_by_itself_or_its_bases(
    repository: Repository, owner: bytes, name: bytes, has: bool | None
) -> None:
    here = of(repository, CLASSES)
    for own_only in (False, True):
        assert here.has_attribute(b"a", owner, name, own_only=own_only) is has


def test_a_base_that_is_imported_is_not_hidden_by_what_the_module_may_have(
    repository: Repository,
) -> None:
    open_module = "from elsewhere import *\nimport elsewhere\n\n\n"
    here = of(
        repository,
        {"e.py": open_module + "class A(elsewhere.B):\n    x = 1\n\n\nclass C(D):\n    x = 1\n"},
    )
    assert here.has_attribute(b"e", b"A", b"none", own_only=True) is False
    assert here.has_attribute(b"e", b"A", b"none") is None
    assert here.has_attribute(b"e", b"C", b"none", own_only=True) is None


@pytest.mark.parametrize("owner", [b"Unknown", b"Dotted", b"Missing"])
def test_a_base_of_another_project_may_have_anything_unless_only_ours_count(
    repository: Repository, owner: bytes
) -> None:
    here = of(repository, CLASSES)
    assert here.has_attribute(b"a", owner, b"none") is None
    assert here.has_attribute(b"a", owner, b"none", own_only=True) is False
    assert here.has_attribute(b"a", b"Unknown", b"own") is True


def test_a_base_that_hides_in_this_tree_may_have_anything(repository: Repository) -> None:
    here = of(repository, CLASSES)
    assert here.has_attribute(b"d", b"Odd", b"none", own_only=True) is None
    inside = of(repository, {"a.py": "import b\n\n\nclass A(b.c.D):\n    pass\n", "b.py": ""})
    assert inside.has_attribute(b"a", b"A", b"none", own_only=True) is None
    assert inside.has_attribute(b"nowhere", b"A", b"none") is None


def test_a_module_is_read_once_for_all_ports_and_the_oldest_is_forgotten(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    real = read_module

    def counted(text: bytes, package: bytes) -> object:
        read.append(text)
        return real(text, package)

    monkeypatch.setattr(module, "read_module", counted)
    monkeypatch.setattr(module, "_KEPT", 2)
    monkeypatch.setattr(module, "_read", module._Read())
    texts = {f"m{n}.py": f"once = {n}\n" for n in range(3)}
    for name in (b"m0", b"m1", b"m0", b"m2", b"m0", b"m1"):
        of(repository, texts).module(name)
    assert read == [b"once = 0\n", b"once = 1\n", b"once = 2\n", b"once = 1\n"]
