"""``series port``: the JSON contract, the patch on standard output, and the exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from patchseries.cli import run
from support.upstreams import Upstream

BASE = b"x = 1\ny = 2\nz = 3\n"


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """A line whose file differs next to what master then changes."""
    with Upstream(tmp_path / "org" / "made.git") as made:
        root = made.commit({"a.py": BASE}, "Start")
        made.tag("start", root)
        stable = made.commit({"a.py": b"x = 0\ny = 2\nz = 3\n"}, "Old", branch="old", parent=root)
        made.tag("stable", stable)
        fix = made.commit({"a.py": b"x = 1\ny = 5\nz = 3\n"}, "Fix", parent=root)
        made.tag("fix", fix)
        yield made


def port(upstream: Upstream, *words: str) -> int:
    return run(["port", "--repo", str(upstream.path), *words])


def test_a_port_is_a_patch(upstream: Upstream, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert port(upstream, "fix", "--onto", "stable") == 0
    out, err = capfdbinary.readouterr()
    assert b"-y = 2\n+y = 5\n" in out
    assert err.startswith(b"adapted by hunks:adjacent; review it")


def test_the_document_has_the_fields_of_the_contract(
    upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    assert port(upstream, "fix", "--onto", "start", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["ok"], document["outcome"]) == (1, True, "clean")
    fields = {"upstream", "onto", "tree", "strategies", "review", "findings", "conflicts"}
    assert fields <= document.keys()
    assert document["upstream"] == upstream.repository.resolve("fix")


def test_git_only_leaves_a_conflict(upstream: Upstream, capsys: pytest.CaptureFixture[str]) -> None:
    assert port(upstream, "fix", "--onto", "stable", "--json", "--git-only") == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["tree"]) == (False, None)
    assert [(c["path"], c["hunks"]) for c in document["conflicts"]] == [("a.py", 1)]


def test_a_batch_answers_in_order_and_goes_on_after_an_error(
    upstream: Upstream, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"repo": str(upstream.path), "upstream": "fix", "onto": "start"}
    lines = [
        json.dumps(good),
        "nonsense",
        json.dumps(good | {"onto": "nowhere"}),
        json.dumps(good | {"repo": "/nonexistent"}),
        json.dumps(good),
    ]
    monkeypatch.setattr("sys.stdin", StringIO("\n".join(lines)))
    assert run(["port", "--batch"]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, True, True, False]
    assert answers[2]["onto"] == "nowhere"


@pytest.mark.parametrize(
    "words",
    [["fix"], ["--onto", "start"], ["fix", "--onto", "--x"], ["nowhere", "--onto", "start"]],
)
def test_wrong_usage(upstream: Upstream, words: list[str]) -> None:
    assert port(upstream, *words) in (2, 3)


def test_the_repository_that_is_named_is_not_written_to(upstream: Upstream) -> None:
    before = sorted(path for path in upstream.path.rglob("*"))
    port(upstream, "fix", "--onto", "stable")
    assert sorted(path for path in upstream.path.rglob("*")) == before
