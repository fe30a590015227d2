"""``series port``: the JSON contract, the patch on standard output, and the exit status."""

from __future__ import annotations

import json
import shlex
import sys
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


def test_a_result_with_an_unknown_name_is_said_not_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Upstream(tmp_path / "made.git") as made:
        root = made.commit({"a.py": b"x = 1\n\n\ndef f():\n    return x\n"}, "Root")
        made.tag("old", root)
        more = made.commit(
            {"a.py": b"x = 1\nz = 2\n\n\ndef f():\n    return x\n"}, "z", parent=root
        )
        new = b"x = 1\nz = 2\n\n\ndef f():\n    return x + z\n"
        made.tag("use", made.commit({"a.py": new}, "Use z", parent=more))
        assert port(made, "use", "--onto", "old") == 1
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "clean; will not run as it is; review it"
    assert second.startswith("error: a.py:5: z is not defined or imported")


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
    monkeypatch.setattr("sys.stdin", StringIO(lines[0]))
    assert run(["port", "--batch"]) == 0


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


HEAD = "".join(f"h{n} = {n}\n" for n in range(6))
TAIL = "".join(f"t{n} = {n}\n" for n in range(6))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Upstream]:
    """Two changes that add a line at the same place: either may come first."""
    with Upstream(tmp_path / "org" / "two.git") as made:
        text = (HEAD + "x = [1]\n{}" + TAIL).format
        root = made.commit({"a.py": text("").encode()}, "Start")
        made.tag(
            "stable", made.commit({"a.py": text("x += [2]\n").encode()}, branch="old", parent=root)
        )
        made.tag("fix", made.commit({"a.py": text("x += [3]\n").encode()}, "Fix", parent=root))
        yield made


def ported_with(
    two: Upstream, capsys: pytest.CaptureFixture[str], right: str
) -> tuple[str, list[str]]:
    """The file that a port makes, and its findings, when x has to be *right*."""
    command = f"{shlex.quote(sys.executable)} -c 'import a; assert a.x in {right}'"
    port(two, "fix", "--onto", "stable", "--test", command, "--json")
    document = json.loads(capsys.readouterr().out)
    codes = [f"{one['code']}: {one['message']}" for one in document["findings"]]
    port(two, "fix", "--onto", "stable", "--test", command)
    return capsys.readouterr().out, codes


def test_candidates_are_tried_until_the_tests_pass(
    two: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    patch, findings = ported_with(two, capsys, "([1, 2, 3],)")
    assert " x += [2]\n+x += [3]\n" in patch
    assert findings == []
    patch, findings = ported_with(two, capsys, "([1, 3, 2],)")
    assert "+x += [3]\n x += [2]\n" in patch
    assert "port-tests-chose: the candidate weave was taken" in findings[0]
    assert "these fail: the command" in findings[0]


def test_a_candidate_without_the_change_is_none(
    two: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    _, findings = ported_with(two, capsys, "([1, 2],)")
    assert (
        "port-tests-fail: tests fail that did not fail before the port: the command" in findings[0]
    )
    assert "tried" in findings[0]


def test_a_test_that_is_no_command(two: Upstream) -> None:
    assert port(two, "fix", "--onto", "stable", "--test", "no-such-program") == 5
    assert port(two, "fix", "--onto", "stable", "--test", "'open") == 2
    assert run(["port", "--batch", "--test", "true"]) == 2
