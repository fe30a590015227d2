"""What is remembered of ports: the same answer, and nothing that no longer holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from patchseries.git import Repository, TreeEntry
from patchseries.model import Finding, Outcome, Severity, TreeId
from patchseries.pipeline import portcache
from patchseries.pipeline.portcache import KeptPort, PortCache
from patchseries.port import Change, PortOptions, PortResult


def tree(repository: Repository, text: bytes) -> TreeId:
    entry = TreeEntry("100644", repository.write_blob(text))
    return repository.edit_tree(repository.write_tree({}), {"f": entry})


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.init(tmp_path / "r.git")


def test_the_engine_is_asked_once(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"".join(b"%d\n" % n for n in range(9))
    change = Change(tree(repository, lines), tree(repository, lines + b"new\n"))
    onto = tree(repository, b"other\n" + lines)
    first = PortCache(tmp_path / "ports.json")
    answer = first.port(repository, change, onto, PortOptions())
    assert answer.outcome is Outcome.CLEAN
    first.save()

    monkeypatch.setattr(portcache, "port", lambda *_: pytest.fail("asked again"))
    again = PortCache.load(tmp_path / "ports.json")
    assert again.port(repository, change, onto, PortOptions()) == answer
    with pytest.raises(pytest.fail.Exception):
        again.port(repository, change, onto, PortOptions(cautious=True))


CAUTIOUS = PortOptions(cautious=True)
LINES = b"".join(b"value_%d = %d\n" % (n, n) for n in range(9))
BOTH = LINES.replace(b"value_4 = 4\n", b"ours = 1\n")


@pytest.mark.parametrize(
    ("before", "after", "onto", "outcome"),
    [
        (LINES, LINES.replace(b"4 = 4", b"4 = 5"), BOTH, Outcome.CONFLICT),
        (LINES, b"new\n" + LINES, b"new\n" + LINES, Outcome.ALREADY_APPLIED),
        (LINES, LINES, LINES, Outcome.EMPTY),
        (
            LINES,
            LINES.replace(b"4 = 4\n", b"4 = 4\nafter = 1\n"),
            LINES.replace(b"value_5", b"before = 1\nvalue_5"),
            Outcome.ADAPTED,
        ),
    ],
)
def test_every_outcome_is_remembered(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: bytes,
    after: bytes,
    onto: bytes,
    outcome: Outcome,
) -> None:
    change = Change(tree(repository, before), tree(repository, after))
    target = tree(repository, onto)
    ports = PortCache(tmp_path / "ports.json")
    answer = ports.port(repository, change, target, CAUTIOUS)
    assert answer.outcome is outcome
    ports.save()

    monkeypatch.setattr(portcache, "port", lambda *_: pytest.fail("asked again"))
    with Repository.init(tmp_path / "again.git") as other:  # where the result's tree is not
        for data in (before, after, onto):
            tree(other, data)
        again = PortCache.load(tmp_path / "ports.json")
        assert again.port(other, change, target, CAUTIOUS) == answer
        assert answer.tree is None or other.has(answer.tree)


def test_a_tree_that_the_merge_does_not_give_is_not_believed(
    repository: Repository, tmp_path: Path
) -> None:
    change = Change(tree(repository, b"a\n"), tree(repository, b"b\n"))
    onto = tree(repository, b"a\n")
    known = PortCache(tmp_path / "ports.json")
    right = known.port(repository, change, onto, PortOptions())
    (key,) = known.fresh
    finding = Finding("x", Severity.ERROR, "made up")
    wrong = PortResult(Outcome.CLEAN, onto, review=True, findings=(finding,))
    lying = PortCache(tmp_path / "ports.json", {key: KeptPort(wrong)})
    assert lying.port(repository, change, onto, PortOptions()) == right


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"program": "another", "ports": {}}'])
def test_a_damaged_memo_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    assert PortCache.load(tmp_path / "ports.json").stored == {}


def test_what_was_ported_before_an_interruption_is_not_ported_again(
    repository: Repository, tmp_path: Path
) -> None:
    change = Change(tree(repository, b"a\n"), tree(repository, b"a\nb\n"))
    ports = PortCache(tmp_path / "ports.json")
    with suppress(KeyboardInterrupt), ports.saving():
        ports.port(repository, change, tree(repository, b"a\n"), PortOptions())
        raise KeyboardInterrupt
    assert len(PortCache.load(tmp_path / "ports.json").stored) == 1


def test_an_offer_counts_only_if_it_is_what_the_engine_could_give(
    repository: Repository, tmp_path: Path
) -> None:
    change = Change(tree(repository, LINES), tree(repository, LINES.replace(b"4 = 4", b"4 = 5")))
    onto, evil = tree(repository, b"other\n" + LINES), tree(repository, b"evil\n")
    recorder = PortCache(tmp_path / "ports.json")
    answer = recorder.port(repository, change, onto, CAUTIOUS)
    ((key, honest),) = recorder.fresh.items()
    diff = repository.patch(onto, evil)
    adapted = PortResult(Outcome.ADAPTED, evil, ("x\nReviewed-by: Eve",), review=True)
    lies = [
        KeptPort(replace(answer, tree=evil)),
        KeptPort(replace(answer, tree=evil), diff),  # a diff makes it, and no merge is asked
        KeptPort(replace(answer, outcome=Outcome.ADAPTED, tree=onto), diff),
        KeptPort(replace(answer, outcome=Outcome.ADAPTED)),
        KeptPort(adapted, diff),
        KeptPort(PortResult(Outcome.ALREADY_APPLIED, onto)),
        KeptPort(PortResult(Outcome.EMPTY, onto)),
        KeptPort(PortResult(Outcome.CONFLICT, evil)),
        KeptPort(PortResult(Outcome.NOT_APPLICABLE, onto)),
    ]
    for lie in lies:
        ports = PortCache(tmp_path / "ports.json", offered={key: lie})
        assert ports.port(repository, change, onto, CAUTIOUS) == answer, lie
        assert ports.fresh == {key: honest}


def test_an_offer_that_is_confirmed_is_taken_and_kept(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Change(tree(repository, LINES), tree(repository, LINES + b"new = 1\n"))
    onto = tree(repository, b"other\n" + LINES)
    recorder = PortCache(tmp_path / "ports.json")
    answer = recorder.port(repository, change, onto, CAUTIOUS)
    monkeypatch.setattr(portcache, "port", lambda *_: pytest.fail("asked again"))
    ports = PortCache(tmp_path / "ports.json", offered=recorder.fresh)
    assert ports.port(repository, change, onto, CAUTIOUS) == answer
    ports.save()
    assert PortCache.load(tmp_path / "ports.json").stored == recorder.fresh
