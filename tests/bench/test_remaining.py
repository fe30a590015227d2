"""docs/porting-remaining.md: it says what remaining.toml says, and is never half true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench import remaining

REASONS = remaining.Reasons(
    "# Title",
    (
        remaining.Reason("One", "First.", {"a-1": "it is so"}),
        remaining.Reason("Two", "Second.", {"b-1": "it is not"}),
    ),
)


def row(name: str, line: str, **more: Any) -> dict[str, Any]:
    usual = {"outcome": "clean", "review": False, "tree": "1" * 40, "git_clean": True}
    compared = {"same": False, "source_same": False, "differs": ["f.py"]}
    return {"id": name, "line": line, **usual, **compared, **more}


ROWS = [
    row("a-1", "grizzly"),
    row("b-1", "havana", outcome="conflict", tree=None, differs=[], review=True),
    row("c-1", "havana", same=True, source_same=True, differs=[]),
]


def test_each_pair_is_in_its_group_and_counted() -> None:
    page = remaining.page(ROWS, REASONS)
    assert "| a-1 | clean | no | `f.py` | it is so |" in page.split("## One")[1].split("## Two")[0]
    assert "| b-1 | conflict | yes | (no tree) | it is not |" in page.split("## Two")[1]
    assert "| identical to the person's tree | 0 | 1 |" in page
    assert "| of those, not the person's tree | 1 (100.0 %) | 0 (0.0 %) |" in page
    assert page.count("a-1") == 2  # once more where nobody is told to review it
    assert page.count("b-1") == 1
    assert "c-1" not in page


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROWS[:1], "b-1: it does not differ in this run"),
        ([*ROWS, row("d-1", "havana")], "d-1: it differs from the person's tree; say why"),
    ],
)
def test_a_page_that_would_not_be_true_is_not_made(
    rows: list[dict[str, Any]],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, page = tmp_path / "out", tmp_path / "page"
    out.write_text("".join(json.dumps(each) + "\n" for each in rows))
    monkeypatch.setattr("sys.argv", ["remaining.py", str(out), "--write", str(page)])
    monkeypatch.setattr(remaining, "read_reasons", lambda: REASONS)
    assert remaining.main() == 1
    assert says in capsys.readouterr().err
    assert not page.exists()


def test_the_page_has_the_reasons_of_today() -> None:
    reasons = remaining.read_reasons()
    text = remaining.PAGE.read_text()
    assert text.startswith(reasons.introduction)
    groups = {group.split("\n", 1)[0]: group for group in text.split("\n## ")[1:]}
    for kind in reasons.kinds:
        rows = re.findall(r"^\| (\S+) \|.* \| ([^|]+) \|$", groups[kind.title], re.MULTILINE)
        assert dict(rows) == {"pair": "why"} | dict(kind.pairs)
