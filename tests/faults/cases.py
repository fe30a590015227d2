"""The commands that are tried: on the small series and on that of the demonstration."""

from __future__ import annotations

import shutil

from faults.trial import Case, World, amend
from support.manifests import URL
from support.packagetree import DEBIAN, make_tree

_TAKE = ("resolve", "retry", "--take", "both", "-m", "x")
_DEMO_TAKE = ("resolve", "no-idle-updates", "--take", "theirs", "-m", "x")


def _typed(world: World) -> None:
    (tree,) = (path.parent for path in world.base.rglob("call.py") if path.parent.name == "tree")
    text = (tree / "call.py").read_text()
    lines = [one for one in text.splitlines(True) if one[:7] not in _MARKERS]
    (tree / "call.py").write_text("".join(lines))


def _an_older_base(world: World) -> None:
    path = world.root / "series/small.toml"
    path.write_text(path.read_text().replace(', "1.2"]', "]"))


def _package(world: World) -> None:
    """The project is a package of 1.1, whose patches are the series."""
    _an_older_base(world)
    path = world.root / "series/small.toml"
    packaging = '"1.1"]\npackaging = { folder = "package", patches = "series" }'
    path.write_text(path.read_text().replace('"1.1"]', packaging))
    for name, data in DEBIAN.items():
        file = world.root / "package/debian" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _imported(world: World) -> None:
    """A package lies beside the project."""
    make_tree(world.base / "package", _PATCHES)


def _tree(world: World) -> None:
    """The project directory is a packaging repository."""
    for name in ("series", "patches"):
        shutil.rmtree(world.root / name, ignore_errors=True)
    make_tree(world.root, _PATCHES)


_PATCHES = {
    "series": b"# the packager's\ncall.patch\n",
    "call.patch": b"Subject: Louder\n\n--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+loud\n",
    "README": b"x\n",
}


def _own_patch(world: World) -> None:
    diff = "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-text\n+words\n"
    (world.base / "own.patch").write_text(f"From: Ann <ann@test.invalid>\nSubject: Words\n\n{diff}")


_MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


SMALL = {
    "fetch": Case(("fetch",)),
    "rebase": Case(("rebase",), (_TAKE, ("fetch",))),
    "rebase all": Case(("rebase", "--all"), (_TAKE, ("fetch",))),
    "build": Case(
        ("build", "--onto", "1.1", "--urgency", "high"),
        (_TAKE, ("rebase",), ("accept", "retry", "--yes"), ("build", "--onto", "1.1")),
    ),
    "open": Case(
        ("resolve", "retry", "--onto", "1.1"),
        (("fetch",),),
        again=("resolve", "retry", "--onto", "1.1", "--abort"),
        status=1,
    ),
    "take": Case(("resolve", "retry", "--take", "theirs", "-m", "x"), (("fetch",),)),
    "continue": Case(
        ("resolve", "--continue", "-m", "x"),
        (("resolve", "retry", "--onto", "1.1"),),
        _typed,
    ),
    "refresh": Case(
        ("refresh", "work", "--yes"),
        (_TAKE, ("rebase",), ("checkout", "project", "--onto", "1.1", "work")),
        lambda world: amend(world.root / "work", "log.py", b"louder\n"),
    ),
    "accept": Case(("accept", "retry", "--yes"), (_TAKE, ("rebase",))),
    "add": Case(("add", "../own.patch"), (_TAKE, ("rebase",)), _own_patch),
    "init": Case(("init", "other", "--repository", URL, "--base", "1.1"), (("fetch",),)),
    "import": Case(
        ("import", "../package", "--repository", URL, "--base", "1.1"), (("fetch",),), _imported
    ),
    "in place": Case(
        ("upgrade", "1.2", "--in-place", "--no-build", "--repository", URL), edit=_tree
    ),
    "bump": Case(("bump",), (("fetch",),), _an_older_base),
    "upgrade": Case(("upgrade", "1.2", "--no-build"), (_TAKE, ("rebase",)), _package),
    "remove": Case(("remove", "retry"), (_TAKE, ("rebase",))),
    "undo": Case(("undo",), (_TAKE, ("rebase",))),
}

DEMO = {
    "fetch": Case(("fetch",)),
    "rebase": Case(("rebase",), (_DEMO_TAKE, ("fetch",))),
    "build": Case(
        ("build", "--onto", "2013.1.3", "--urgency", "high"),
        (_DEMO_TAKE, ("rebase",), ("build", "--onto", "2013.1.3")),
    ),
    "open": Case(
        ("resolve", "no-idle-updates", "--onto", "2013.1"),
        (("fetch",),),
        again=("resolve", "no-idle-updates", "--onto", "2013.1", "--abort"),
        status=1,
    ),
    "take": Case(_DEMO_TAKE, (("fetch",),)),
    "refresh": Case(
        ("refresh", "work", "--yes"),
        (_DEMO_TAKE, ("rebase",), ("checkout", "keystone", "--onto", "2013.1.3", "work")),
        lambda world: amend(world.root / "work", "README", b"another\n"),
    ),
    "accept": Case(("accept", "no-idle-updates", "--yes"), (_DEMO_TAKE, ("rebase",))),
    "undo": Case(("undo",), (_DEMO_TAKE, ("rebase",))),
}
