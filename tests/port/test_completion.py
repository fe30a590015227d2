"""Imports that the lines of a change need, and that the target's file lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchseries.git import Repository
from patchseries.model import Outcome
from patchseries.port import Change, PortOptions, PortResult
from patchseries.port.engine import port
from port.test_engine import Files, content, tree

HEAD = b'"""Tills."""\n\nimport io\nimport os\n\nfrom shop import roof\n\n\n'
BODY = b"def one():\n    return io, os, roof\n\n\ndef two():\n    return 2\n"
USED = HEAD.replace(b"import os", b"import math\nimport os") + BODY


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("store") / "r.git") as repository:
        yield repository


def ported(
    store: Repository, sides: tuple[bytes, bytes, bytes], options: PortOptions | None = None
) -> tuple[PortResult, bytes]:
    """The port of ``shop/till.py`` from the first text to the second onto the third."""
    beside: Files = {"shop/__init__.py": b"", "shop/roof.py": b"x = 1\n"}
    before, after, onto = (tree(store, {**beside, "shop/till.py": text}) for text in sides)
    result = port(store, Change(before, after), onto, options)
    return result, content(store, result.tree)["shop/till.py"]


def test_an_import_that_only_upstream_has_is_added_to_its_block(store: Repository) -> None:
    after = USED.replace(b"return 2", b"return math.pi")
    result, text = ported(store, (USED, after, HEAD + BODY))
    assert (result.outcome, result.strategies) == (Outcome.ADAPTED, ("imports",))
    assert result.review
    assert text == after
    assert [f for f in result.findings if f.code == "port-unknown-name"] == []


@pytest.mark.parametrize(
    "line", [b"import os.path as path2", b"from os import path as path2", b"import os.path as path"]
)
def test_it_is_upstreams_own_statement(store: Repository, line: bytes) -> None:
    before = USED.replace(b"import math", line)
    after = before.replace(b"return 2", b"return " + line.split()[-1])
    _, text = ported(store, (before, after, HEAD + BODY))
    assert text.splitlines().count(line) == 1
    assert text.count(b"import") == after.count(b"import")


def test_git_alone_adds_nothing(store: Repository) -> None:
    after = USED.replace(b"return 2", b"return math.pi")
    result, text = ported(store, (USED, after, HEAD + BODY), PortOptions(git_only=True))
    assert (result.outcome, text) == (
        Outcome.CLEAN,
        HEAD + BODY.replace(b"return 2", b"return math.pi"),
    )
    assert "port-unknown-name" in [f.code for f in result.findings]


def test_one_of_several_names_of_a_statement_gets_a_statement_of_its_own(
    store: Repository,
) -> None:
    before = HEAD.replace(b"from shop import roof", b"from shop import (\n    door, roof as r)")
    sides = before + BODY, before + BODY.replace(b"return 2", b"return r"), HEAD + BODY
    _, text = ported(store, sides)
    assert text == (HEAD + BODY).replace(
        b"import roof\n", b"import roof\nfrom shop import roof as r\n"
    ).replace(b"return 2", b"return r")


def test_what_the_target_cannot_import_is_not_added(store: Repository) -> None:
    """The module is upstream's own, and the target has none such."""
    before = HEAD.replace(b"roof\n", b"roof\nfrom shop import walls\n") + BODY
    after = before.replace(b"return 2", b"return walls")
    beside: Files = {"shop/__init__.py": b"", "shop/roof.py": b"x = 1\n"}
    there = {**beside, "shop/walls.py": b"y = 2\n"}
    change = Change(
        tree(store, {**there, "shop/till.py": before}),
        tree(store, {**there, "shop/till.py": after}),
    )
    result = port(store, change, tree(store, {**beside, "shop/till.py": HEAD + BODY}))
    assert result.strategies == ()
    assert "port-unknown-name" in [f.code for f in result.findings]


def test_what_upstreams_file_defines_is_no_import(store: Repository) -> None:
    before = HEAD + b"math = 7\n\n\n" + BODY
    after = before.replace(b"return 2", b"return math")
    result, text = ported(store, (before, after, HEAD + BODY))
    assert text == HEAD + BODY.replace(b"return 2", b"return math")
    assert "port-unknown-name" in [f.code for f in result.findings]


def test_an_import_that_went_with_a_region_and_is_still_read_is_kept(store: Repository) -> None:
    """Upstream's lines were taken for the target's; of these it reads one name further down."""
    before = b"import till1\nimport till2\n\n\ndef one():\n    return till1, till2\n"
    after = before.replace(b"import till1\nimport till2\n", b"import till3\n")
    onto = before.replace(b"import till2", b"import till2  # old\nimport math")
    onto += b"\n\ndef two():\n    return math.pi\n"
    result, text = ported(store, (before, after, onto))
    assert b"import math\n" in text
    assert "port-removed-name-used" not in [f.code for f in result.findings if "math" in f.message]


@pytest.mark.parametrize(
    ("more", "is_kept"),
    [(b"", False), (b"\n\nprint(math.e)\n", True), (b"\n\n# no maths here\n", False)],
)
def test_an_import_that_nothing_reads_here_is_not_brought_along(
    store: Repository, more: bytes, is_kept: bool
) -> None:
    """What upstream needs it for is a change of lines that the target does not have."""
    gone = b"\n\ndef three():\n    a = 3\n    b = 4\n    return a, b\n"
    before = HEAD + BODY + gone
    after = USED.partition(b"def one")[0] + BODY.replace(b"return 2", b"return 22")
    after += gone.replace(b"b = 4", b"b = math.pi")
    result, text = ported(store, (before, after, HEAD + BODY + more))
    assert (b"import math\n" in text) is is_kept
    assert b"return 22" in text
    assert "port-line-lost" not in [f.code for f in result.findings]
    if not is_kept:
        assert "imports" in result.strategies


@pytest.mark.parametrize("alias", [b"", b" as note"])
def test_a_name_whose_module_the_target_has_elsewhere_is_imported_from_there(
    store: Repository, alias: bytes
) -> None:
    """Upstream's statement imports two things; the target's files import one from another place."""
    name = alias.removeprefix(b" as ") or b"log"
    old, new = (b"from shop.%b import log%b\n" % (home, alias) for home in (b"zoo", b"lib"))
    beside: Files = {"shop/__init__.py": b"", "shop/roof.py": b"x = 1\n"}
    there = {**beside, "shop/lib.py": b"log = bell = 1\n", "shop/door.py": new}
    here = {**beside, "shop/zoo.py": b"log = bell = 1\n", "shop/door.py": old}
    both = b"import roof\nfrom shop.lib import log%b, bell\n" % alias
    before = HEAD.replace(b"import roof\n", both) + BODY
    after = before.replace(b"return 2", b"return %b(bell)" % name)
    sides = ({**there, "shop/till.py": text} for text in (before, after))
    one, two, onto = (
        tree(store, files) for files in (*sides, {**here, "shop/till.py": HEAD + BODY})
    )
    result = port(store, Change(one, two), onto)
    text = content(store, result.tree)["shop/till.py"]
    assert text == HEAD.replace(b"import roof\n", b"import roof\n" + old) + BODY.replace(
        b"return 2", b"return %b(bell)" % name
    )
    (found,) = (f for f in result.findings if f.code == "port-unknown-name")
    assert found.message.startswith("bell is not defined")


def test_an_import_of_several_things_is_as_upstream_has_it(store: Repository) -> None:
    line = b"from math import e, pi\n"
    before = HEAD + BODY
    after = before.replace(b"import os\n", b"import os\n" + line).replace(b"return 2", b"return pi")
    _, text = ported(store, (before, after, before + b"\n\nprint(1)\n"))
    assert text == after + b"\n\nprint(1)\n"
