"""A flag that would be dropped without a word is refused."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.errors import UsageError


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("check --explain conflict --full", "--full has no effect with --explain"),
        ("check --explain all --format sarif=x", "--format has no effect with --explain"),
        ("undo --list -n", "--dry-run has no effect with --list"),
        ("undo 3 --list", "NUMBER has no effect with --list"),
        ("resolve --status --take ours", "--take has no effect with --status"),
        ("resolve --abort -m words", "--reason has no effect with --abort"),
        ("resolve x --continue --again", "--again has no effect with --continue"),
        ("resolve x --take ours --from f", "--take has no effect with --from"),
        ("port --batch --onto 1.0", "--onto has no effect with --batch"),
        ("port abc --batch", "COMMIT has no effect with --batch"),
        ("port --batch --test x", "--test has no effect with --batch"),
        ("status --json --format csv", "--format csv has no effect with --json"),
    ],
)
def test_it_is_named(words: str, message: str) -> None:
    done = CliRunner().invoke(group, words.split(), standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert done.exception.message == message
    assert done.exception.hint == "leave out one of them"


def test_what_has_an_effect_is_taken() -> None:
    done = CliRunner().invoke(
        group, ["check", "--explain", "conflict", "--json", "-q"], standalone_mode=False
    )
    assert done.return_value == 0
