"""Programs: their time is limited, and what they say holds no password."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from patchseries import process
from patchseries.errors import MachineError, ProgramError


@pytest.mark.parametrize("listens", [False, True])
def test_its_time_is_limited(listens: bool) -> None:
    before = time.monotonic()
    with pytest.raises(ProgramError, match=r"sleep 30 did not finish within 0\.2 s"):
        process.run(["sleep", "30"], timeout=0.2, on_stderr=(lambda _: None) if listens else None)
    assert time.monotonic() - before < 5


def test_one_that_ends_in_time_is_not_disturbed() -> None:
    assert process.run(["cat"], stdin=b"x", timeout=30).stdout == b"x"


def test_one_that_ignores_the_polite_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE", 0.1)
    with pytest.raises(ProgramError, match="did not finish"):
        process.run(["sh", "-c", "trap '' TERM; while :; do :; done"], timeout=0.2)


def test_no_password_in_its_words() -> None:
    script = "echo fatal: https://ann:geheim@host.invalid/x >&2; exit 1"
    with pytest.raises(ProgramError) as caught:
        process.run(["sh", "-c", script])
    assert "geheim" not in str(caught.value)
    lines: list[str] = []
    process.run(["sh", "-c", script], accept=(1,), on_stderr=lines.append)
    assert lines == ["fatal: https://***@host.invalid/x"]


def test_one_that_may_not_be_started(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x00not a program")
    (tmp_path / "broken").chmod(0o755)
    with pytest.raises(MachineError, match="could not be started"):
        process.run([tmp_path / "broken"])
    with pytest.raises(MachineError, match="could not be started"):
        process.start([tmp_path])


def test_one_that_is_interrupted_can_still_tidy_up(tmp_path: Path) -> None:
    """As git does, which removes its lock files: one that is killed leaves them."""
    lock = tmp_path / "lock"
    script = (
        f"trap 'rm {lock}; exit' TERM; touch {lock}; echo ready >&2; while :; do sleep 0.01; done"
    )

    def interrupt(_: str) -> None:
        assert lock.exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.run(["sh", "-c", script], on_stderr=interrupt)
    assert not lock.exists()
