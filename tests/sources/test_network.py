"""What git is asked on the network, and what is made of its answers; no server is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchseries import process
from patchseries.errors import MachineError, ProgramError, UpstreamError
from patchseries.manifest.schema import TARBALLS
from patchseries.process import Result
from patchseries.sources import network
from patchseries.sources.network import RefusedError, says_missing

URL = "https://host.invalid/org/project"
ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """What git is called with; it answers nothing."""
    made: list[tuple[list[str], dict[str, Any]]] = []

    def run(argv: list[str], **given: Any) -> Result:
        made.append((argv, given))
        return Result(0, b"", b"")

    monkeypatch.setattr(process, "run", run)
    return made


def answering(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    def fail(*_: object, **__: object) -> Result:
        raise ProgramError("git fetch failed with status 128", cause=words)

    monkeypatch.setattr(process, "run", fail)


def fetch() -> None:
    network.fetch_commits(URL, Path("r.git"), [ONE], depth=None, progress=None)


def test_refs_are_listed_with_their_tags_peeled(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f"{ONE}\trefs/heads/a\n{ONE}\trefs/tags/1.0\n{TWO}\trefs/tags/1.0^{{}}\n"
    monkeypatch.setattr(process, "run", lambda *_, **__: Result(0, lines.encode(), b""))
    assert network.list_refs(URL) == {"refs/heads/a": ONE, "refs/tags/1.0": TWO}
    with pytest.raises(UpstreamError, match="only tarballs"):
        network.list_refs(f"{TARBALLS}nova")


def test_without_git_the_machine_is_at_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for act in (lambda: network.list_refs(URL), fetch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "r.git").mkdir(exist_ok=True)
        with pytest.raises(MachineError, match="git is not installed"):
            act()


@pytest.mark.parametrize(
    "words",
    [
        f"fatal: remote error: upload-pack: not our ref {ONE}",
        f"error: Server does not allow request for unadvertised object {ONE}",
        "fatal: couldn't find remote ref refs/heads/gone",
        "fatal: no such remote ref x",
    ],
)
def test_a_server_that_answers_and_has_it_not(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    answering(monkeypatch, words)
    with pytest.raises(RefusedError, match=f"{URL} does not have what was asked for") as caught:
        fetch()
    assert says_missing(caught.value, ONE) == ("not our ref" in words)
    assert not says_missing(caught.value, TWO)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            "Cloning\r\nfatal: no route\nhint: x\nerror: RPC failed",
            "fatal: no route; error: RPC failed",
        ),
        ("remote: counting\nremote: fatal error: x", "remote: fatal error: x"),
        ("one\ntwo\nthree", "two; three"),
    ],
)
def test_a_server_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, words: str, cause: str
) -> None:
    answering(monkeypatch, words)
    with pytest.raises(UpstreamError, match=f"cannot fetch from {URL}") as caught:
        fetch()
    assert not isinstance(caught.value, RefusedError)
    assert caught.value.cause == cause
    assert caught.value.hint is not None
    assert "--mirror DIR" in caught.value.hint
    with pytest.raises(UpstreamError, match="run `series demo`"):
        network.list_refs("https://demo.invalid/org/project")


def test_an_error_without_words_of_git_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Result:
        raise ProgramError("git fetch did not finish within 7200 s")

    monkeypatch.setattr(process, "run", fail)
    with pytest.raises(UpstreamError, match=r"\(git fetch did not finish"):
        fetch()


def test_how_git_is_called(calls: list[tuple[list[str], dict[str, Any]]]) -> None:
    """Nothing that an URL or a ref says is an option; no prompt, no hook, no other program."""
    git_dir = Path("r.git")
    network.fetch_commits(URL, git_dir, [], depth=1, progress=None)
    assert calls == []
    network.list_refs(URL)
    network.fetch_commits(URL, git_dir, [ONE, TWO], depth=3, progress=None)
    network.fetch_commits(URL, git_dir, [ONE], depth=None, progress=lambda _: None)
    network.fetch_history(URL, git_dir, progress=None, commits_only=False)
    listed, shallow, whole, history = (argv for argv, _ in calls)
    assert listed[-5:] == ["ls-remote", "--heads", "--tags", "--", URL]
    assert shallow[-4:] == ["--", URL, ONE, TWO]
    assert "--depth=3" in shallow
    assert "--no-progress" in shallow
    assert "--progress" in whole
    assert not any(word.startswith("--depth") for word in whole)
    assert history[-3:] == ["history", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
    assert {"--prune", "--filter=tree:0", f"remote.history.url={URL}"} <= set(history)
    for argv, given in calls:
        assert "core.hooksPath=/dev/null" in argv
        assert given["env"]["GIT_TERMINAL_PROMPT"] == "0"
        assert "ext" not in given["env"]["GIT_ALLOW_PROTOCOL"].split(":")
        assert given["cwd"] == (None if argv is listed else git_dir)
        assert (f"--git-dir={git_dir}" in argv) == (argv is not listed)
        assert given["timeout"] == (300 if argv is listed else 7200)


@pytest.mark.parametrize("commits_only", [True, False])
def test_a_history_that_would_come_with_all_files(
    monkeypatch: pytest.MonkeyPatch, commits_only: bool
) -> None:
    told: list[str] = []
    warning = "warning: filtering not recognized by server, ignoring"

    def run(*_: object, on_stderr: Callable[[str], None], **__: object) -> Result:
        on_stderr("counting")
        on_stderr(warning)
        return Result(0, b"", b"")

    monkeypatch.setattr(process, "run", run)

    def act(progress: Callable[[str], None] | None) -> None:
        network.fetch_history(URL, Path("r.git"), progress=progress, commits_only=commits_only)

    if commits_only:
        with pytest.raises(UpstreamError, match="only with all files"):
            act(told.append)
        assert told == ["counting"]
    else:
        act(told.append)
        act(None)
        assert told == ["counting", warning]
