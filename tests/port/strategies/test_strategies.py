"""What the strategies make of a file, and how that is folded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.git import Repository, TreeEntry, scratch
from patchseries.git.search import paths_with
from patchseries.model import Sides
from patchseries.port.adaptation import Adapted, adapt
from patchseries.port.context import ChangedFile, Context
from patchseries.port.result import Change, PortOptions
from patchseries.port.strategies import EVERY_FILE, OPEN_FILES
from patchseries.port.strategies.elsewhere import elsewhere
from patchseries.port.strategies.learned import learned
from patchseries.port.strategies.mapped import mapped
from patchseries.port.strategies.overlaps import not_regular, one_sided, overlaps

FILES = {"a.py": b"x = 1\ny = 2\nz = 3\n"}


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Repository]:
    with scratch(tmp_path, []) as store:
        yield store


def context(
    store: Repository,
    before: dict[str, bytes],
    onto: dict[str, bytes],
    after: dict[str, bytes],
    options: PortOptions | None = None,
) -> Context:
    """A port of the change from *before* to *after* onto *onto*."""
    empty = store.write_tree({})
    one, here, other = (
        store.edit_tree(empty, {p: TreeEntry("100644", store.write_blob(d)) for p, d in t.items()})
        for t in (before, onto, after)
    )
    merging = store.begin_merge(one, here, other)
    return Context(store, Change(one, other), here, merging, options or PortOptions())


def text(store: Repository, part: Adapted, path: str) -> bytes:
    entry = part.entries[path]
    assert entry is not None
    return store.blob(entry.oid)


def test_neighbouring_edits_are_both_made(store: Repository) -> None:
    ours, theirs = b"x = 5\ny = 2\nz = 3\n", b"x = 1\ny = 6\nz = 3\n"
    given = context(store, FILES, {"a.py": ours}, {"a.py": theirs})
    (file,) = given.open_files()
    part = overlaps(given, file)
    assert part is not None
    assert text(store, part, "a.py") == b"x = 5\ny = 6\nz = 3\n"
    assert (part.conflicts, part.strategies) == ((), ("hunks:adjacent",))
    assert part.settles == {"a.py"}


def test_a_file_is_ported_to_where_it_lives_here(store: Repository) -> None:
    body = b"".join(b"def f%d():\n    return %d\n\n\n" % (n, n) for n in range(20))
    old, new = {"one/tool.py": body}, {"one/tool.py": body.replace(b"return 7", b"return 77")}
    here = body.replace(b"return 19", b"return 1900").replace(b"return 1\n", b"return 11111\n")
    options = PortOptions(path_map=(("one", "two"),))
    given = context(store, old, {"two/tool.py": here}, new, options)
    part = elsewhere(given, ChangedFile("one/tool.py", _sides(store, old, {}, new), True))
    assert part is not None
    assert text(store, part, "two/tool.py") == here.replace(b"return 7", b"return 77")
    assert part.entries["one/tool.py"] is None
    assert part.moved == {"one/tool.py": "two/tool.py"}
    assert part.strategies[0] == "paths"


def test_where_the_named_place_has_no_such_file_it_is_left_out(store: Repository) -> None:
    options = PortOptions(path_map=(("one", "two"),))
    old, new = {"one/a.py": b"x = 1\n"}, {"one/a.py": b"x = 2\n"}
    given = context(store, old, {"two/b.py": b"y = 1\n"}, new, options)
    part = elsewhere(given, ChangedFile("one/a.py", _sides(store, old, {}, new), True))
    assert part is not None
    assert (part.strategies, part.entries) == (("dropped",), {"one/a.py": None})


def _functions(*names: str) -> bytes:
    return b"".join(
        b"def %b():\n    return tills_of_the_shop(%r)\n\n\n" % (n.encode(), n) for n in names
    )


def test_a_file_goes_to_the_directory_to_which_git_followed_another(store: Repository) -> None:
    """Too little of its own code is there to know it by that."""
    door, roof = _functions(*"abcdefgh"), _functions(*"klmnopqr")
    old = {"new/shop/door.py": door, "new/shop/io/roof.py": roof}
    other = _functions("k", "s", "t", "u", "v", "w", "x")
    new = {
        "new/shop/door.py": door.replace(b"'c'", b"'cc'"),
        "new/shop/io/roof.py": roof.replace(b"'k'", b"'kk'"),
    }
    given = context(store, old, {"shop/door.py": door, "shop/io/roof.py": other}, new)
    part = elsewhere(given, next(f for f in given.open_files() if f.path.endswith("roof.py")))
    assert part is not None
    assert text(store, part, "shop/io/roof.py") == other.replace(b"'k'", b"'kk'")


@pytest.mark.parametrize("beside", [["roof.py"], []])
def test_a_change_goes_to_the_file_that_its_code_was_moved_into(
    store: Repository, beside: list[str]
) -> None:
    """Whether upstream has that file or not."""
    door, roof = _functions(*"abcdefgh"), _functions(*"zyxwvutsrqponmlkji")
    both = dict.fromkeys(beside, roof)
    old, new = both | {"door.py": door}, both | {"door.py": door.replace(b"'c'", b"'cc'")}
    given = context(store, old, {"roof.py": roof + door}, new)
    (file,) = given.open_files()
    part = elsewhere(given, file)
    assert part is not None
    assert text(store, part, "roof.py") == roof + new["door.py"]


def test_code_that_a_file_had_all_along_was_not_moved_into_it(store: Repository) -> None:
    door = _functions(*"abcdefgh")
    old = {"door.py": door, "roof.py": door}
    new = {"door.py": door.replace(b"'c'", b"'cc'"), "roof.py": door}
    given = context(store, old, {"roof.py": door + b"x = 1\n"}, new)
    (file,) = given.open_files()
    part = elsewhere(given, file)
    assert part is not None
    assert [f.code for f in part.findings] == ["port-dropped"]


def test_code_of_several_files_is_searched_for_at_once(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each search reads the whole target."""
    searches = []

    def searched(*words: Any) -> list[str]:
        searches.append(words)
        return paths_with(*words)

    monkeypatch.setattr("patchseries.port.context.paths_with", searched)
    doors = {f"{name}/door{name}.py": _functions(*name * 3) for name in ("abc", "def", "ghi")}
    new = {path: text.replace(b"'b'", b"'bb'") + b"x = 1\n" for path, text in doors.items()}
    whole = b"".join(doors.values())
    given = context(store, doors | {"roof.py": b""}, {"roof.py": whole}, new | {"roof.py": b""})
    parts = adapt(given, given.open_files(), OPEN_FILES)
    assert [set(part.moved.values()) for part in parts] == [{"roof.py"}] * 3
    assert len(searches) == 1


def test_code_of_one_endless_line_is_searched_for_too(store: Repository) -> None:
    old = {"made/door.js": b"open(" + b"1," * 200_000 + b"2)\n"}
    given = context(store, old, {"a.js": b"x\n"}, {"made/door.js": b"open()\n"})
    (file,) = given.open_files()
    part = elsewhere(given, file)
    assert part is not None
    assert [f.code for f in part.findings] == ["port-dropped"]


def test_a_file_that_lives_nowhere_is_left_out_and_said_so(store: Repository) -> None:
    given = context(store, FILES, {}, {"a.py": b"x = 7\n"})
    (file,) = given.open_files()
    part = elsewhere(given, file)
    assert part is not None
    assert part.entries == {"a.py": None}
    assert [f.code for f in part.findings] == ["port-dropped"]


@pytest.mark.parametrize(
    ("path", "target"),
    [("a.py", "a.py"), ("neutron/a.py", "quantum/a.py"), ("neutron/a.py", "far/b.py")],
)
def test_a_file_goes_in_the_words_of_the_target(store: Repository, path: str, target: str) -> None:
    """It is under the same path, the one in the target's words, or where git finds it."""
    old = b"import neutron\n\n" + b"x = 1\n" * 20 + b"neutron.run(1)\n"
    new, here = old.replace(b"run(1)", b"run(2)"), old.replace(b"neutron", b"quantum")
    texts = enumerate(((path, old), (target, here), (path, new)))
    one, two, three = ({"_.py": b"y = %d\n" % n, place: text} for n, (place, text) in texts)
    given = context(store, one, two, three)
    (file,) = [one for one in given.changed_files() if one.path == path]
    part = mapped(given, file)
    assert part is not None
    assert text(store, part, target) == new.replace(b"neutron", b"quantum")
    assert part.strategies[0] == "names:quantum-neutron"


@pytest.mark.parametrize("names", [(), ("quantum-neutron",)])
@pytest.mark.parametrize("more", [b"", b"neutron.stop(1)\n"])
def test_where_the_target_says_neither_name_a_map_counts_if_it_is_declared(
    store: Repository, names: tuple[str, ...], more: bytes
) -> None:
    before, after = ({"a.py": b"x = 1\ny = 2\n" + text} for text in (b"", b"neutron.run(2)\n"))
    options = PortOptions(name_maps=names)
    given = context(store, before, {"a.py": b"x = 1\ny = 2\n" + more}, after, options)
    part = mapped(given, next(iter(given.changed_files())))
    assert (part is not None) == (bool(names) and not more)


@pytest.mark.parametrize(
    ("here", "path"), [("quantum", "quantum/b.py"), ("neutron", None), ("other", None)]
)
def test_a_new_file_goes_to_the_mapped_directory_where_there_is_only_that(
    store: Repository, here: str, path: str | None
) -> None:
    before = {"neutron/a.py": b"import neutron\n"}
    after = before | {"neutron/b.py": b"import neutron\n"}
    given = context(store, before, {f"{here}/a.py": b"x = 1\n"}, after)
    (file,) = [one for one in given.changed_files() if one.path == "neutron/b.py"]
    part = mapped(given, file)
    assert (part and dict(part.moved)) == (path and {"neutron/b.py": path})
    if part:
        assert text(store, part, "quantum/b.py") == b"import quantum\n"


def test_a_name_is_learned_in_a_file_that_git_followed_to_another_path(store: Repository) -> None:
    made = b"".join(b"w%d = make(log, %d)\n" % (n, n) for n in range(3))
    base = made + b"".join(b"line_%d = %d\n" % (n, n) for n in range(40))
    ours = base.replace(b"log, ", b"")
    added = b"w = make(log, 40)\n"
    given = context(store, {"new.py": base}, {"old.py": ours}, {"new.py": base + added})
    (file,) = given.changed_files()
    part = learned(given, file)
    assert part is not None
    assert text(store, part, "old.py") == ours + b"w = make(40)\n"
    assert part.moved == {"new.py": "old.py"}


def test_each_minds_its_own_business(store: Repository) -> None:
    given = context(store, FILES, FILES, {"a.py": b"x = 1\ny = 2\nz = 4\n"})
    (file,) = given.changed_files()
    whole = overlaps(given, file)
    assert [strategy(given, file) for strategy in (mapped, learned, not_regular, elsewhere)] == (
        [None] * 4
    )
    assert whole is not None
    assert text(store, whole, "a.py") == b"x = 1\ny = 2\nz = 4\n"
    new = _sides(store, {}, {}, FILES)
    assert elsewhere(given, ChangedFile("a.py", new, True)) is None


def test_what_nobody_settles_is_left_open_in_git_s_words(store: Repository) -> None:
    given = context(store, FILES, {"a.py": b"other\n"}, {})
    made = adapt(given, given.open_files(), OPEN_FILES)
    assert [(c.path, c.reason) for part in made for c in part.conflicts] == [
        ("a.py", "CONFLICT (modify/delete)")
    ]
    (file,) = given.open_files()
    assert one_sided(given, file) == made[0]


def test_a_link_is_left_open(store: Repository) -> None:
    link = TreeEntry("120000", store.write_blob(b"a.py"))
    given = context(store, FILES, FILES, FILES)
    part = not_regular(given, ChangedFile("l", Sides(None, link, link), True))
    assert part is not None
    assert [c.reason for c in part.conflicts] == ["CONFLICT (not a regular file)"]


PATHS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(PATHS), st.dictionaries(PATHS, PATHS))
def test_a_path_is_settled_once_and_by_the_first(asked: list[str], places: dict[str, str]) -> None:
    """Whatever a strategy settles beside its own path, nobody is asked about again."""
    files = [ChangedFile(path, Sides(None, None, None), True) for path in dict.fromkeys(asked)]

    def first(_: Context, file: ChangedFile) -> Adapted | None:
        to = places.get(file.path)
        return None if to is None else Adapted(frozenset({file.path, to}), strategies=("first",))

    def second(_: Context, file: ChangedFile) -> Adapted | None:
        return Adapted(frozenset({file.path}), strategies=("second",))

    made = adapt(None, files, (first, second))  # type: ignore[arg-type]
    settled: set[str] = set()
    for part in made:
        assert not part.settles <= settled
        settled |= part.settles
        (own,) = part.strategies
        assert (own == "first") == any(path in places for path in part.settles if path in asked)
    assert settled >= set(asked)
    assert adapt(None, files, (second,), made) == made  # type: ignore[arg-type]


def test_no_strategy_is_listed_twice() -> None:
    listed = [*EVERY_FILE, *OPEN_FILES]
    assert len(listed) == len(set(listed))


def _sides(store: Repository, *trees: dict[str, bytes]) -> Sides[TreeEntry | None]:
    made = [
        next((TreeEntry("100644", store.write_blob(data)) for data in tree.values()), None)
        for tree in trees
    ]
    return Sides(*made)
