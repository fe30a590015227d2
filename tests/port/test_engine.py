"""The ladder on small repositories: each rung, and the laws of a port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.git import Repository, TreeEntry
from patchseries.model import Outcome, Severity, TreeId
from patchseries.port import Change, PortOptions
from patchseries.port.engine import port

Files = Mapping[str, bytes]
BYTES = st.binary(max_size=40) | st.lists(
    st.sampled_from([b"a", b"b", b"", b"import c", b"    d(e)", b"\xff"]), max_size=8
).map(b"\n".join)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("store") / "r.git") as repository:
        yield repository


def tree(store: Repository, files: Files) -> TreeId:
    entries = {path: TreeEntry("100644", store.write_blob(data)) for path, data in files.items()}
    return store.edit_tree(store.write_tree({}), entries)


def content(store: Repository, of: str | None) -> dict[str, bytes]:
    assert of is not None
    return {path: store.blob(entry.oid) for path, entry in store.walk(of)}


BASE = {"a.py": b"x = 1\ny = 2\n", "doc/n.txt": b"words\n"}


def test_a_change_of_nothing_is_empty(store: Repository) -> None:
    base = tree(store, BASE)
    assert port(store, Change(base, base), base).outcome is Outcome.EMPTY


def test_git_merges_first(store: Repository) -> None:
    base = tree(store, BASE)
    onto = tree(store, {**BASE, "doc/n.txt": b"other words\n"})
    result = port(store, Change(base, tree(store, {**BASE, "a.py": b"x = 1\ny = 3\n"})), onto)
    assert (result.outcome, result.strategies) == (Outcome.CLEAN, ())
    assert content(store, result.tree)["a.py"] == b"x = 1\ny = 3\n"


def test_neighbouring_edits_are_adapted_and_want_review(store: Repository) -> None:
    change = Change(tree(store, BASE), tree(store, {**BASE, "a.py": b"x = 1\ny = 3\n"}))
    result = port(store, change, tree(store, {**BASE, "a.py": b"x = 0\ny = 2\n"}))
    assert (result.outcome, result.review) == (Outcome.ADAPTED, True)
    assert result.strategies == ("hunks:adjacent",)
    assert content(store, result.tree)["a.py"] == b"x = 0\ny = 3\n"


def test_git_only_stops_there(store: Repository) -> None:
    change = Change(tree(store, BASE), tree(store, {**BASE, "a.py": b"x = 1\ny = 3\n"}))
    onto = tree(store, {**BASE, "a.py": b"x = 0\ny = 2\n"})
    assert port(store, change, onto, PortOptions(git_only=True)).outcome is Outcome.CONFLICT


BODY = b"".join(b"def f%d():\n    return %d\n\n\n" % (n, n) for n in range(6))
SHORT = BODY[: len(BODY) // 2]


def test_a_file_is_followed_to_its_one_place(store: Repository) -> None:
    other = b"".join(b"LINE_%d = %d\n" % (n, n) for n in range(40))
    base = tree(store, {"t/db/test_api.py": BODY})
    after = tree(store, {"t/db/test_api.py": BODY.replace(b"return 1", b"return 10")})
    result = port(store, Change(base, after), tree(store, {"t/test_api.py": other + SHORT}))
    assert "paths" in result.strategies
    assert b"return 10" in content(store, result.tree)["t/test_api.py"]


def test_a_declared_path_is_followed(store: Repository) -> None:
    after = BODY.replace(b"return 1", b"return 10")
    change = Change(tree(store, {"new/a.py": BODY}), tree(store, {"new/a.py": after}))
    onto = tree(store, {"old/z.py": b"import os\n" * 40 + BODY[:60]})
    assert port(store, change, onto).outcome is Outcome.CONFLICT
    result = port(store, change, onto, PortOptions(path_map=(("new/a.py", "old/z.py"),)))
    assert b"return 10" in content(store, result.tree)["old/z.py"]


def test_a_file_that_the_target_lacks_is_dropped_and_said(store: Repository) -> None:
    base = tree(store, {**BASE, "tests/far.py": BODY})
    after = tree(
        store,
        {"a.py": b"x = 1\ny = 3\n", "doc/n.txt": b"words\n", "tests/far.py": BODY + b"z = 1\n"},
    )
    result = port(store, Change(base, after), tree(store, BASE))
    assert result.outcome is Outcome.ADAPTED
    assert [f.file for f in result.findings if f.code == "port-dropped"] == ["tests/far.py"]
    assert "tests/far.py" not in content(store, result.tree)


def test_a_port_of_which_nothing_is_left_is_a_conflict(store: Repository) -> None:
    base = tree(store, {**BASE, "far.py": BODY})
    after = tree(store, {**BASE, "far.py": BODY + b"z = 1\n"})
    result = port(store, Change(base, after), tree(store, BASE))
    assert (result.outcome, result.tree) == (Outcome.CONFLICT, None)
    assert [conflict.path for conflict in result.conflicts] == ["far.py"]


def test_a_port_that_gives_the_target_itself_is_already_applied(store: Repository) -> None:
    """Each region is settled, with what the target has: no patch is left to be made."""
    change = Change(tree(store, BASE), tree(store, {**BASE, "a.py": b"x = 1\ny = 3\n"}))
    onto = tree(store, {**BASE, "a.py": b"x = 0\ny = 3\n"})
    assert port(store, change, onto, PortOptions(git_only=True)).outcome is Outcome.CONFLICT
    result = port(store, change, onto)
    assert (result.outcome, result.tree, result.conflicts) == (Outcome.ALREADY_APPLIED, onto, ())
    assert result.strategies == ("hunks:already-in",)


def test_a_region_shows_its_candidates(store: Repository) -> None:
    base = tree(store, {"a.py": b"x = f(1)\n"})
    after = tree(store, {"a.py": b"x = g(2)\n", "b.bin": b"1"})
    onto = tree(store, {"a.py": b"if x: f(3)\n"})
    result = port(store, Change(base, after), onto)
    (proposal,) = result.proposals
    assert (proposal.path, proposal.line) == ("a.py", 1)
    assert {"theirs", "dropped"} <= {rule for rule, _ in proposal.candidates}


def test_clean_results_are_ported_in_the_names_of_the_target(store: Repository) -> None:
    old, new = b"import quantum\nA = quantum.Plugin\n", b"import neutron\nA = neutron.Plugin\n"
    base, onto = tree(store, {"p/a.py": new}), tree(store, {"p/a.py": old})
    after = tree(store, {"p/a.py": new + b"\n\n\nB = neutron.NeutronDb\n"})
    result = port(store, Change(base, after), onto)
    assert "names:quantum-neutron" in result.strategies
    assert content(store, result.tree)["p/a.py"] == old + b"\n\n\nB = quantum.QuantumDb\n"


def test_an_unknown_name_map_is_refused(store: Repository) -> None:
    base, after = tree(store, BASE), tree(store, {"a.py": b""})
    with pytest.raises(SeriesError):
        port(store, Change(base, after), base, PortOptions(name_maps=("nonsense",)))


FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(before=BYTES, after=BYTES)
def test_onto_the_own_parent_gives_the_own_tree(
    store: Repository, before: bytes, after: bytes
) -> None:
    change = Change(tree(store, {"f.py": before}), tree(store, {"f.py": after}))
    result = port(store, change, change.before)
    assert result.tree == change.after
    assert result.outcome is (Outcome.EMPTY if before == after else Outcome.CLEAN)


@FEW
@given(before=BYTES, after=BYTES)
def test_onto_itself_is_already_applied(store: Repository, before: bytes, after: bytes) -> None:
    change = Change(tree(store, {"f.py": before}), tree(store, {"f.py": after}))
    result = port(store, change, change.after)
    assert result.tree == change.after
    wanted = Outcome.EMPTY if before == after else Outcome.ALREADY_APPLIED
    assert result.outcome is wanted


@FEW
@given(before=BYTES, after=BYTES, onto=BYTES)
def test_arbitrary_bytes_give_a_result(
    store: Repository, before: bytes, after: bytes, onto: bytes
) -> None:
    change = Change(tree(store, {"f.py": before}), tree(store, {"f.py": after}))
    result = port(store, change, tree(store, {"f.py": onto}))
    assert (result.tree is None) == (result.outcome is Outcome.CONFLICT)
    target = tree(store, {"f.py": onto})
    assert not (result.outcome.makes_patch and result.tree == target)


@FEW
@given(before=BYTES, after=BYTES, onto=BYTES)
def test_the_order_of_strategies_leaves_a_clean_merge_as_git_has_it(
    store: Repository, before: bytes, after: bytes, onto: bytes
) -> None:
    change = Change(tree(store, {"f.py": before}), tree(store, {"f.py": after}))
    target = tree(store, {"f.py": onto})
    plain = port(store, change, target, PortOptions(git_only=True))
    if plain.outcome in (Outcome.CLEAN, Outcome.ALREADY_APPLIED):
        for maps in (("a=b", "quantum-neutron"), ("quantum-neutron", "a=b")):
            result = port(store, change, target, PortOptions(name_maps=maps))
            assert result.outcome is not Outcome.CONFLICT
            assert result.outcome is Outcome.ADAPTED or result.tree == plain.tree


def test_a_name_that_only_a_dropped_file_defines_is_an_error(store: Repository) -> None:
    """The target has no such file, so nothing there defines what the rest of the change calls."""
    call = b"def run(box):\n    box.open()\n"
    base = tree(store, {**BASE, "run.py": call, "far/box.py": BODY})
    fresh = b"\n\nclass Box(object):\n    def lock_the_lid(self):\n        self.lid_state = 1\n"
    calling = b"def run(box):\n    box.open()\n    box.lock_the_lid()\n    return box.lid_state\n"
    after = tree(store, {**BASE, "run.py": calling, "far/box.py": BODY + fresh})
    result = port(store, Change(base, after), tree(store, {**BASE, "run.py": call}))
    assert result.outcome is Outcome.ADAPTED
    found = [f for f in result.findings if f.code == "port-dropped-name-used"]
    assert [(f.severity, f.file, f.line) for f in found] == [
        (Severity.ERROR, "run.py", 4),
        (Severity.ERROR, "run.py", 3),
    ]
    assert "lock_the_lid is defined nowhere here: only the change to far/box.py" in found[1].message


def test_a_name_that_the_target_has_elsewhere_is_no_error(store: Repository) -> None:
    call = b"def run(box):\n    box.open()\n"
    base = tree(store, {**BASE, "run.py": call, "far/box.py": BODY})
    fresh = b"\n\ndef lock_the_lid(box):\n    return box\n"
    calling = call + b"    box.lock_the_lid()\n"
    after = tree(store, {**BASE, "run.py": calling, "far/box.py": BODY + fresh})
    here = {**BASE, "run.py": call, "near.py": b"def lock_the_lid(self):\n    pass\n"}
    result = port(store, Change(base, after), tree(store, here))
    assert result.outcome is Outcome.ADAPTED
    assert "port-dropped-name-used" not in {f.code for f in result.findings}
