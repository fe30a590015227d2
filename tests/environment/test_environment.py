"""What the programs that we start see: what they need, and nothing that was not meant for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patchseries import process
from patchseries.environment import Inherit, complete, environment, loading_git_library
from patchseries.errors import MachineError
from support.project import REPOSITORY

FOREIGN = {
    "GIT_DIR": "/elsewhere",
    "GIT_CONFIG_PARAMETERS": "'core.fsmonitor=touch x'",
    "PYTHONPATH": "/elsewhere",
    "PERL5LIB": "/elsewhere",
    "TAR_OPTIONS": "--verbose",
    "GZIP": "-1",
    "DEB_BUILD_OPTIONS": "nocheck",
    "https_proxy": "http://proxy.test.invalid",
    "SSH_AUTH_SOCK": "/elsewhere",
    "TOKEN_OF_MINE": "secret",
}


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("foreign")
def test_our_own_work_sees_a_short_list() -> None:
    assert not FOREIGN.keys() & environment()
    assert set(environment()) <= {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "LANG",
        "LC_ALL",
        "LANGUAGE",
        "TZ",
        "GIT_EXEC_PATH",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
    }


@pytest.mark.usefixtures("foreign")
def test_a_program_that_the_user_configured_sees_what_is_theirs() -> None:
    seen = environment(inherit=Inherit.ALL)
    assert seen["https_proxy"] == "http://proxy.test.invalid"
    assert seen["TOKEN_OF_MINE"] == "secret"  # a credential helper may read it
    assert not [name for name in seen if name.startswith("GIT_")]


@pytest.mark.usefixtures("foreign")
def test_what_tells_of_its_environment_sees_path_alone() -> None:
    seen = environment({"HOME": "/x"}, Inherit.PATH)
    assert set(seen) == {"PATH", "HOME", "LANG", "LC_ALL", "LANGUAGE", "TZ"}


@pytest.mark.usefixtures("foreign")
def test_a_started_program_sees_that_and_no_more() -> None:
    seen = process.run(["env"]).stdout.decode().splitlines()
    assert {line.partition("=")[0] for line in seen} == set(environment())


@pytest.mark.parametrize("inherit", [Inherit.ESSENTIALS, Inherit.ALL])
def test_it_is_complete_where_the_caller_has_nothing(
    monkeypatch: pytest.MonkeyPatch, inherit: Inherit
) -> None:
    for name in ("HOME", "USER", "LOGNAME", "LANG", "PATH"):
        monkeypatch.delenv(name, raising=False)
    seen = environment(inherit=inherit)
    assert seen["PATH"] == os.defpath
    assert seen["USER"] == seen["LOGNAME"] != ""
    assert Path(seen["HOME"]).is_absolute()


def test_what_is_set_stays() -> None:
    caller = {"HOME": "/h", "LOGNAME": "ann"}
    complete(caller)
    assert caller == {"HOME": "/h", "USER": "ann", "LOGNAME": "ann"}


def test_a_user_id_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("patchseries.environment.pwd.getpwuid", nobody)
    caller: dict[str, str] = {}
    complete(caller)
    assert caller["USER"] == f"uid-{os.getuid()}"
    assert caller["HOME"] == "/nonexistent"


def test_the_git_library_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/mine")
    monkeypatch.delenv("GIT_PYTHON_REFRESH", raising=False)
    before = dict(os.environ)
    with loading_git_library():
        assert os.environ["GIT_CONFIG_GLOBAL"] == os.devnull
    assert dict(os.environ) == before


def test_a_repository_is_opened_whatever_the_users_configuration_says(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user\n")
    code = "from patchseries.git import Repository; from pathlib import Path; Repository(Path('r'))"
    process.run(["git", "init", "--bare", "--quiet", "r"], cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(REPOSITORY / "src"),
        },
    )
    assert done.returncode == 0, done.stderr


def test_a_program_that_is_not_there_is_named_before_a_library_wants_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(MachineError, match="git is not installed; install git"):
        process.require("git")
