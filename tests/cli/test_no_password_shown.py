"""A password of a URL is refused in the manifest, and shown nowhere when it comes with others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patchseries import lock
from patchseries.model import CommitId
from support.project import Project, Ran, demo_project

SECRET = "geh3im"
NOBODY = f"https://ann:{SECRET}@127.0.0.1:1/demo/nova"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = demo_project(tmp_path / "p")
    (tmp_path / "home").mkdir()
    return Project(made.root, {"HOME": str(tmp_path / "home"), "SERIES_MIRRORS": ""})


def is_silent(done: Ran, project: Project) -> None:
    """Neither stream has the password, and no file that a command wrote."""
    assert SECRET not in done.out + done.err, done
    for top in (project.root, project.root.parent / "home"):
        for path in top.rglob("*"):
            if path.is_file() and path.name not in (".gitconfig", "demo.toml"):
                assert SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("url", [NOBODY, f"https://{SECRET}@127.0.0.1:1/demo/nova"])
@pytest.mark.parametrize("command", ["fetch", "rebase", "check", "status", "report"])
def test_in_the_manifest_it_is_refused(project: Project, command: str, url: str) -> None:
    path = project.root / "series/demo.toml"
    text = path.read_text()
    line = next(x for x in text.splitlines() if x.startswith("repository") and "nova" in x)
    path.write_text(text.replace(line, f'repository = "{url}"'))
    done = project.run(command, "--json")
    assert done.status == 3, done
    assert "contains credentials" in done.err
    assert "credential helper" in done.err
    is_silent(done, project)


REWRITTEN = [["fetch"], ["rebase"], ["status", "--json"], ["check", "--online"], ["report"]]


@pytest.mark.parametrize("args", REWRITTEN)
def test_from_the_users_rewriting_of_urls(project: Project, args: list[str]) -> None:
    settings = f'[url "https://ann:{SECRET}@127.0.0.1:1/"]\ninsteadOf = https://\n'
    (project.root.parent / "home" / ".gitconfig").write_text(settings)
    done = project.run(*args)
    assert done.status in (0, 1, 4), done
    is_silent(done, project)


def test_from_a_proxy(project: Project) -> None:
    proxy = f"http://ann:{SECRET}@127.0.0.1:1"
    done = project.run("fetch", env={"https_proxy": proxy, "http_proxy": proxy})
    assert done.status == 4
    is_silent(done, project)


@pytest.mark.parametrize(
    "url", [NOBODY, f"file://ann:{SECRET}@host/srv/x", f"ssh://a:{SECRET}@h/x"]
)
def test_from_the_command_line(project: Project, url: str) -> None:
    for done in (
        project.run("port", "HEAD", "--onto", "HEAD", "--repo", url),
        project.run("port", "HEAD", "--onto", "HEAD", "--repo", url, "--json"),
        project.run("rebase", "--mirror", url),
        project.run("rebase", "--onto", url),
        project.run(url),
    ):
        assert done.status in (2, 3, 4), done
        is_silent(done, project)


def test_from_a_batch(project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "patchseries", "port", "--batch"],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        check=False,
        input=f'{{"repo": "{NOBODY}", "upstream": "HEAD", "onto": "HEAD"}}\n',
    )
    assert SECRET not in done.stdout + done.stderr


def test_a_lock_of_before_is_written_without_it() -> None:
    other = ("https://h/x", "1.0")
    held = lock.Lock({(NOBODY, "1.0"): CommitId("1" * 40), other: CommitId("2" * 40)})
    assert SECRET not in lock.dump(held)
    assert lock.parse(lock.dump(held)).pins == {other: "2" * 40}


def test_what_is_logged_of_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from patchseries.cli.common import operation

    monkeypatch.setattr("sys.argv", ["series", "rebase", "--mirror", NOBODY])
    assert SECRET not in operation().command


def test_the_log_of_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    from patchseries.cli.failure import exit_status

    def run() -> None:
        raise RuntimeError(NOBODY)

    assert exit_status(run, [], {}) == 70
    log = Path(capsys.readouterr().err.strip().partition("traceback is in ")[2])
    assert SECRET not in log.read_text()
    log.unlink()
