"""Imports of the change whose names the target has in another module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patchseries.git import Repository
from patchseries.model import Outcome
from patchseries.port import Change, PortOptions, PortResult
from patchseries.port.engine import port
from patchseries.port.hunks.imports import without_import
from patchseries.port.hunks.lines import split_lines
from patchseries.port.verify import ported as ported_files
from port.test_engine import Files, content, tree

OLD, NEW = b"from shop.zoo import log\n", b"from shoplib import log\n"
HEAD = b"import io\n\nfrom shop import roof\n\n\n"
BODY = b"def one():\n    return io, roof\n\n\ndef two():\n    return 2\n"
USE = BODY.replace(b"return 2", b"return log.of(2)")
WITH_NEW = HEAD.replace(b"\nfrom shop", b"\n" + NEW + b"\nfrom shop")
WITH_OLD = HEAD.replace(b"import roof\n", b"import roof\n" + OLD)
TILL = "shop/till.py"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("store") / "r.git") as repository:
        yield repository


def project(line: bytes, **more: bytes) -> dict[str, bytes]:
    """A project in which two files import with *line*."""
    users: dict[str, bytes] = {f"shop/{name}.py": line + b"log.on()\n" for name in ("door", "wall")}
    beside = {"shop/__init__.py": b"", "shop/roof.py": b"x = 1\n"}
    return {**beside, **users, **{f"shop/{name}.py": text for name, text in more.items()}}


def ported(
    store: Repository, sides: tuple[Files, Files, Files], options: PortOptions | None = None
) -> tuple[PortResult, bytes]:
    """The port of a change from the first tree to the second onto the third, and the till in it."""
    before, after, onto = (tree(store, files) for files in sides)
    result = port(store, Change(before, after), onto, options)
    return result, content(store, result.tree)[TILL]


def sides(here: dict[str, bytes], **there_too: bytes) -> tuple[Files, Files, Files]:
    """A change that imports the log, onto a target *here* in which the till does not yet."""
    there = project(NEW, **there_too)
    return {**there, TILL: HEAD + BODY}, {**there, TILL: WITH_NEW + USE}, {TILL: HEAD + BODY} | here


def test_it_is_imported_from_where_the_target_has_it(store: Repository) -> None:
    result, text = ported(store, sides(project(OLD)))
    assert text == WITH_OLD + USE
    assert (result.outcome, result.strategies) == (Outcome.ADAPTED, ("imports",))
    assert (result.review, result.findings) == (True, ())


def test_a_module_of_the_project_has_what_it_has(store: Repository) -> None:
    """That a file imports something else from it says nothing; of a library nobody can look."""
    here = {**project(OLD, floor=b"from shoplib import bell\n"), "shoplib/__init__.py": b""}
    _, text = ported(store, sides({**here, "shoplib/bell.py": b""}))
    assert text == WITH_OLD + USE


def test_git_alone_changes_nothing(store: Repository) -> None:
    result, text = ported(store, sides(project(OLD)), PortOptions(git_only=True))
    assert (result.outcome, text) == (Outcome.CLEAN, WITH_NEW + USE)


@pytest.mark.parametrize(
    "here",
    [
        project(OLD, floor=NEW),  # upstream's works here too
        project(OLD, floor=b"from shoplib import bell\n"),  # the library is there
        {**project(OLD), "far/off.py": b"from shoplib import bell\n"},
        project(OLD.replace(b"log\n", b"log as l\n")),  # by another name
        {**project(OLD), "shoplib/log.py": b"", "shoplib/__init__.py": b""},
        {**project(OLD), "shoplib/log.py": b""},  # a package needs no file of its own
        {**project(OLD), "shoplib.py": b"log = 1\n"},  # it is the project's own
        {**project(OLD, floor=b"from shoplib import log as l\n"), "shoplib/__init__.py": b""},
        {**project(b""), "shop/door.py": b"def f():\n    " + OLD, "shop/wall.py": b"# " + OLD},
    ],
)
def test_upstreams_line_is_kept(store: Repository, here: dict[str, bytes]) -> None:
    result, text = ported(store, sides(here))
    assert text == WITH_NEW + USE
    assert result.findings == ()


def test_where_the_target_has_it_in_several_places_a_person_has_to_choose(
    store: Repository,
) -> None:
    here = project(OLD, floor=b"from shop.old import log\n")
    result, text = ported(store, sides(here, floor=NEW))
    assert text == WITH_NEW + USE
    (found,) = result.findings
    assert (found.code, found.severity, found.line) == ("port-unknown-word", "warning", 3)
    assert found.message.startswith("shoplib.log is imported nowhere on this base")
    assert (result.outcome, result.review) == (Outcome.CLEAN, True)


def test_of_one_that_nothing_reads_here_nobody_has_to_choose(store: Repository) -> None:
    here = project(OLD, floor=b"from shop.old import log\n")
    one, two, onto = sides(here, floor=NEW)
    gone = b"\n\ndef three():\n    a = 3\n    b = 4\n    return a, b\n"
    after = WITH_NEW + BODY.replace(b"return 2", b"return 3") + gone.replace(b"4", b"log.of(2)")
    one, two = {**one, TILL: HEAD + BODY + gone}, {**two, TILL: after}
    result, text = ported(store, (one, two, onto))
    assert text == HEAD + BODY.replace(b"return 2", b"return 3")
    assert "port-unknown-word" not in [f.code for f in result.findings]


LIB = b"from shop.lib import log\n"
"""Upstream has it in another module of the project, which the target lacks."""


def halfway(here: dict[str, bytes], **there_too: bytes) -> tuple[Files, Files, Files]:
    """A change that imports the log from the module that upstream moves it to."""
    there = {**project(LIB, **there_too), "shop/lib.py": b"log = 1\n"}
    new = WITH_OLD.replace(OLD, LIB) + USE
    return {**there, TILL: HEAD + BODY}, {**there, TILL: new}, {TILL: HEAD + BODY} | here


def test_another_of_that_name_does_not_count_where_upstreams_files_tell_it(
    store: Repository,
) -> None:
    """Where upstream has it, in the door and in the wall, the target has one thing."""
    here = project(OLD, floor=b"from shop.old import log\n")
    result, text = ported(store, halfway(here))
    assert text == WITH_OLD + USE
    assert result.findings == ()


def test_a_move_half_made_upstream_is_told_by_files_that_have_it_made(store: Repository) -> None:
    _, text = ported(store, halfway(project(OLD), floor=OLD))
    assert text == WITH_OLD + USE


def test_of_a_library_nobody_knows_whether_it_is_there(store: Repository) -> None:
    _, text = ported(store, sides(project(OLD), floor=OLD))
    assert text == WITH_NEW + USE


def test_one_file_is_enough_if_upstreams_imports_it_from_there(store: Repository) -> None:
    one, two, onto = halfway(project(OLD))
    _, text = ported(store, (one, two, {n: t for n, t in onto.items() if n != "shop/wall.py"}))
    assert text == WITH_OLD + USE


@pytest.mark.parametrize(("without", "is_moved"), [(2, True), (3, False)])
def test_no_move_where_most_files_do_without_it(
    store: Repository, without: int, is_moved: bool
) -> None:
    """Then the name was given to something else."""
    names = [f"n{at}" for at in range(without)]
    here = project(OLD, roofs=OLD, **dict.fromkeys(names, b"x = 1\n"))
    _, text = ported(store, halfway(here, roofs=OLD, **dict.fromkeys(names, LIB)))
    assert text == (WITH_OLD if is_moved else WITH_OLD.replace(OLD, LIB)) + USE


@pytest.mark.parametrize(
    ("module", "helper", "is_moved"),
    [
        (b"tests.shop", "tests/helper.py", True),
        (b"tests.shop", "tests/helpers.py", False),  # it is not there
        (b"tests.other", "tests/helper.py", False),  # another of that name
    ],
)
def test_a_module_that_moved_along_with_the_file(
    store: Repository, module: bytes, helper: str, is_moved: bool
) -> None:
    """Upstream the tests stand in a directory of their own; nobody else imports the helper."""
    made, test = b"def made():\n    return 1\n", b"import io\n\n\ndef test():\n    assert io\n"
    line = b"from %b import helper\n" % module
    new = b"import io\n\n" + line + b"\n\ndef test():\n    assert helper.made()\n"
    inits = {"tests/__init__.py": b"", "shop.py": b"x = 1\n"}
    home = module.decode().replace(".", "/")
    there = {**inits, "tests/shop/__init__.py": b"", f"{home}/__init__.py": b""}
    there[f"{home}/helper.py"] = made
    one, two = ({**there, "tests/shop/test_till.py": text} for text in (test, new))
    here = {**inits, helper: made, "tests/test_till.py": test}
    before, after, onto = (tree(store, files) for files in (one, two, here))
    result = port(store, Change(before, after), onto)
    text = content(store, result.tree)["tests/test_till.py"]
    assert text == (new.replace(line, b"from tests import helper\n") if is_moved else new)


def test_of_what_the_target_has_nowhere_nothing_is_said(store: Repository) -> None:
    line = b"from math import pi\n"
    one, two, onto = sides(project(NEW))
    after = {**two, TILL: HEAD.replace(b"io\n", b"io\n" + line) + BODY + b"\n\nprint(pi)\n"}
    result, text = ported(store, (one, after, onto))
    assert text == after[TILL]
    assert result.findings == ()


def test_two_things_that_upstream_tells_apart_stay_two(store: Repository) -> None:
    there, here = project(OLD, floor=NEW), project(OLD)
    before, after = {**there, TILL: HEAD + BODY}, {**there, TILL: WITH_NEW + USE}
    result, text = ported(store, (before, after, {**here, TILL: HEAD + BODY}))
    assert text == WITH_NEW + USE
    assert result.findings == ()


@pytest.mark.parametrize("names", [b"bell", b"bell, door"])
def test_a_module_from_which_the_file_imports_is_there(store: Repository, names: bytes) -> None:
    line = b"from shoplib import %b\n" % names
    head = HEAD.replace(b"\nfrom shop", b"\n" + line + b"\nfrom shop")
    there, here = project(NEW), project(OLD)
    new = head.replace(line, line + NEW)
    before, after = {**there, TILL: head + BODY}, {**there, TILL: new + USE}
    _, text = ported(store, (before, after, {**here, TILL: head + BODY}))
    assert text == new + USE


def test_of_a_module_made_at_run_time_what_another_file_imports_shows_that_it_is_there(
    store: Repository,
) -> None:
    """It has no file, as ``six.moves`` has none."""
    made = b"from shop.six.moves import log\n"
    here = project(OLD, floor=b"from shop.six.moves import bell\n", six=b"moves = 1\n")
    before, after, onto = sides(here, six=b"moves = 1\n")
    after = {**after, TILL: after[TILL].replace(NEW, made)}
    _, text = ported(store, (before, after, onto))
    assert text == WITH_NEW.replace(NEW, made) + USE


@pytest.mark.parametrize("other", [b"from shop import door\n", b"from shop import door, wall\n"])
def test_that_one_import_is_there_says_nothing_of_the_next(store: Repository, other: bytes) -> None:
    one, two, onto = sides(project(OLD))
    head = HEAD.replace(b"import roof\n", b"import roof\nfrom shop import wall\n")
    head = head.replace(b"import io\n\n", b"import io\n\n" + other + NEW)
    _, text = ported(store, (one, {**two, TILL: head + USE}, onto))
    assert OLD in text
    assert NEW not in text


def test_a_library_of_one_name_is_no_module_of_the_project(store: Repository) -> None:
    one, two, onto = sides(project(b"from shop import bell\n"))
    new = HEAD.replace(b"import io\n", b"import bell\nimport io\n") + USE.replace(b"log", b"bell")
    _, text = ported(store, (one, {**two, TILL: new}, onto))
    assert text == new


def test_lines_of_no_python_file_are_no_imports(store: Repository) -> None:
    one, two, onto = ({**files, "notes.txt": b""} for files in sides(project(OLD)))
    changed = tree(store, one), tree(store, {**two, "notes.txt": NEW})
    result = port(store, Change(*changed), tree(store, onto))
    assert content(store, result.tree)["notes.txt"] == NEW


def test_what_the_target_imports_already_is_not_imported_twice(store: Repository) -> None:
    one, two, onto = sides(project(OLD))
    result, text = ported(store, (one, two, {**onto, TILL: WITH_OLD + BODY}))
    assert text == WITH_OLD + USE
    assert [f.code for f in result.findings] == ["port-line-present"]


PRINT = b"\n\nprint(log)\n"
TOP = OLD + HEAD
"""The import in a place of its own, to which nothing would add it."""


@pytest.mark.parametrize(
    ("onto", "left", "found"),
    [
        (WITH_OLD + USE, HEAD + BODY, []),
        (TOP + USE + PRINT, TOP + BODY + PRINT, ["port-line-kept"]),
        (HEAD + USE, HEAD + BODY, ["port-line-absent"]),
    ],
    ids=["gone", "read", "not there"],
)
def test_an_import_that_the_change_takes_away(
    store: Repository, onto: bytes, left: bytes, found: list[str]
) -> None:
    there, here = project(NEW), project(OLD)
    before, after = {**there, TILL: WITH_NEW + USE}, {**there, TILL: HEAD + BODY}
    result, text = ported(store, (before, after, {**here, TILL: onto}))
    assert text == left
    assert [f.code for f in result.findings] == found


def test_where_several_places_have_it_nothing_is_said_of_one_that_goes(store: Repository) -> None:
    there, here = project(NEW), project(OLD, floor=b"from shop.old import log\n")
    before, after = {**there, TILL: WITH_NEW + USE}, {**there, TILL: HEAD + BODY}
    result, text = ported(store, (before, after, {**here, TILL: HEAD + USE}))
    assert text == HEAD + BODY
    assert [f.code for f in result.findings] == ["port-line-absent"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n\nI\n\nb\n", "a\n\nb\n"),
        ("a\n\nI\nb\n", "a\n\nb\n"),
        ("a\nI\n\nb\n", "a\n\nb\n"),
        ("a\n\nI\n", "a\n\n"),
        ("I\n\nb\n\n", "\nb\n\n"),
        ("I\n", ""),
    ],
)
def test_a_line_that_goes_leaves_no_blank_lines_doubled(before: str, after: str) -> None:
    assert "".join(without_import(split_lines(before), "I\n")) == after


def test_a_line_in_the_words_of_a_name_map_is_not_upstreams(store: Repository) -> None:
    here = {name: text.replace(b"shop.", b"store.") for name, text in project(OLD).items()}
    options = PortOptions(name_maps=("shoplib=storelib",))
    _, text = ported(store, sides(here), options)
    assert text == WITH_NEW.replace(b"shoplib", b"storelib") + USE


@pytest.mark.parametrize("line", [b"", b"import pot\n"])
def test_a_name_map_and_a_moved_import_go_together(store: Repository, line: bytes) -> None:
    one, two, onto = sides(project(OLD))
    end = b"\n\ndef cook(pot):\n    return pot\n"
    two = {**two, TILL: WITH_NEW.replace(b"import io\n", b"import io\n" + line) + USE + end}
    result, text = ported(store, (one, two, onto), PortOptions(name_maps=("pot=pan",)))
    head = WITH_OLD.replace(b"import io\n", b"import io\n" + line)
    assert text == head.replace(b"pot", b"pan") + USE + end.replace(b"pot", b"pan")
    assert result.findings == ()


def test_a_file_too_large_to_be_read_is_left_as_it_is(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, onto = sides(project(OLD))
    large = BODY + b"\n\n" + b"x = 1\n" * 100
    monkeypatch.setattr(ported_files, "MAX_BYTES", len(two[TILL]))
    result, text = ported(store, (one, two, {**onto, TILL: HEAD + large}))
    assert "imports" not in result.strategies
    assert text == WITH_NEW + large.replace(b"return 2", b"return log.of(2)")


@pytest.mark.parametrize(
    "line",
    [b"from far.%b import log\n", b"from far import log%b\n", b"from far import x as log%b\n"],
)
def test_a_name_of_a_length_that_git_does_not_search_for(store: Repository, line: bytes) -> None:
    odd = line % (b"a" * 100_000)
    one, two, onto = sides(project(OLD))
    after = {**two, TILL: HEAD.replace(b"import io\n", b"import io\n" + odd) + USE}
    _, text = ported(store, (one, after, onto))
    assert odd in text or line.endswith(b"import log\n")  # log is at home elsewhere


def test_what_is_found_stands_on_its_line_whatever_else_is_edited(store: Repository) -> None:
    """An import above it is made from elsewhere; another is left out, since nothing reads it."""
    here = project(OLD, floor=b"from shop.old import log\n", a=b"from shop.zoo import bell\n")
    here |= {"shop/b.py": b"from shop.zoo import bell\n"}
    one, two, onto = sides(here, floor=NEW)
    head = WITH_NEW.replace(NEW, b"from shoplib2 import bell\nimport math\n" + NEW)
    gone = b"\n\ndef three():\n    a = 3\n    b = 4\n    return a, b\n"
    one = {**one, TILL: HEAD + BODY + gone}
    two = {**two, TILL: head + USE + b"print(bell)\n" + gone.replace(b"b = 4", b"b = math.pi")}
    result, text = ported(store, (one, two, {**onto, TILL: HEAD + BODY}))
    (found,) = (f for f in result.findings if f.code == "port-unknown-word")
    assert found.line is not None
    assert text.splitlines(keepends=True)[found.line - 1] == NEW
    assert b"import math" not in text
