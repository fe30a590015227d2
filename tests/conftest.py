"""The hermetic world of every test: no user configuration, a fixed clock, loopback only."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from patchseries.cli import COMMANDS
from patchseries.errors import SeriesError
from patchseries.visible import json_text
from support.hints import absent_options
from support.mirrors import FOLDERS
from support.schemas import problems
from support.upstreams import Upstream

_MIRRORS = os.pathsep.join(FOLDERS)
_DATE = "1365033600 +0000"  # 2013-04-04, the day of Grizzly
_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (
            ("NAME", "Test Author"),
            ("EMAIL", "author@test.invalid"),
            ("DATE", _DATE),
        )
    },
}
_KEPT = (
    "PATH",
    "TMPDIR",
    "CI",
    "LD_",
    "PY",
    "VIRTUAL_ENV",
    "COV",
    "HYPOTHESIS",
    "TERM",
    "COLUMNS",
    "SOAK_",
    "FAULTS",
    "FUZZ",
)
"""Beginnings of the variables that a test run itself needs, or that choose its length."""
_LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")
_BYTECODE = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"


def pytest_configure() -> None:
    """Where PYTHONDONTWRITEBYTECODE is set, as in many containers, compiled modules are kept too.

    Every worker and every `series` that a test starts would compile its modules again. They go to
    a directory of their own, so that none is written beside the sources.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(_BYTECODE)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else it was -B
        os.environ["PYTHONPYCACHEPREFIX"] = str(_BYTECODE)


@pytest.fixture(scope="session", autouse=True)
def hermetic_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No variable of the caller reaches git, Debian's tools or the project; $HOME is empty.

    Not even USER and LOGNAME: cron and containers have none, and `series` makes them.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if not n.startswith(_KEPT)]:
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("TZ", "UTC")
        for name, value in _GIT.items():
            patch.setenv(name, value)
        patch.setattr(socket.socket, "connect", _loopback_only(socket.socket.connect))
        yield


@pytest.fixture(autouse=True)
def hermetic_test(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cache and a state of its own for each test; real mirrors only for those marked ``real``."""
    for variable, name in (("SERIES_CACHE", "cache"), ("SERIES_STATE", "state")):
        monkeypatch.setenv(variable, str(tmp_path_factory.getbasetemp() / name / _slug(request)))
    for name, value in _GIT.items():
        os.environ[name] = value  # a command that a fixture ran here may have scrubbed them
        monkeypatch.setenv(name, value)  # and what a test runs scrubs them: they come back
    for name in ("USER", "LOGNAME"):
        monkeypatch.setenv(name, "")  # what a command run here sets goes away again
        monkeypatch.delenv(name)
    if request.node.get_closest_marker("real"):
        if not _MIRRORS:
            pytest.skip("SERIES_MIRRORS is not set")
        monkeypatch.setenv("SERIES_MIRRORS", _MIRRORS)


def _command(context: click.Context) -> str:
    """The command of *context* as its schema's file has it: ``check``, ``config-render``."""
    above = context.parent
    inside = above is not None and above.command.name in COMMANDS
    return f"{above.info_name}-{context.info_name}" if above and inside else f"{context.info_name}"


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No coverage of the commands that a test starts: where nothing can be written, its file cannot
    be, either, and it says so in their place."""
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def documents_fit_their_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each JSON document that a command prints here is what the manual says: it fits its schema,
    and all is well in it if the exit status is 0."""
    well: dict[click.Context, bool] = {}
    invoke = click.Command.invoke

    def invoked(self: click.Command, context: click.Context) -> Any:
        status = invoke(self, context)
        said = well.pop(context, not status)
        if not (said and context.info_name == "port"):  # whose findings alone are a status of 1
            assert said == (not status), (
                f"{context.info_name} says ok: {said}, and ends with {status}"
            )
        return status

    def checked(document: Mapping[str, Any], **options: Any) -> str:
        text = json_text(document, **options)
        context = click.get_current_context(silent=True)
        if context is not None and context.info_name:
            assert problems(_command(context), json.loads(text)) == []
            if "ok" in document:
                well[context] = well.get(context, True) and document["ok"]
        return text

    monkeypatch.setattr("patchseries.cli.terminal.json_text", checked)
    monkeypatch.setattr(click.Command, "invoke", invoked)


@pytest.fixture(autouse=True)
def hints_fit_their_commands(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No error that a command meets here names an option which that command does not have."""
    strange: list[str] = []
    make = SeriesError.__init__

    def checked(self: SeriesError, *words: Any, **options: Any) -> None:
        make(self, *words, **options)
        context = click.get_current_context(silent=True)
        if context is not None and self.hint:
            named = absent_options(self.hint, context.command)
            strange.extend(f"{context.info_name} has no {option}: {self.hint}" for option in named)

    monkeypatch.setattr(SeriesError, "__init__", checked)
    yield
    assert strange == []


@pytest.fixture
def mirrors(request: pytest.FixtureRequest) -> Path:
    """The first folder of real mirrors; only for tests marked ``real``."""
    assert request.node.get_closest_marker("real"), "mark the test with pytest.mark.real"
    return Path(_MIRRORS.split(":")[0])


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    """An empty upstream repository, ``ORG/project.git`` below the test's own folder."""
    with Upstream(tmp_path / "upstreams" / "org" / "project.git") as repository:
        yield repository


def _slug(request: pytest.FixtureRequest) -> str:
    return "".join(c if c.isalnum() else "-" for c in request.node.nodeid)[-120:]


def _loopback_only(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and address[0] not in _LOCAL_HOSTS:
            raise AssertionError(f"a test may not reach the network: {address[0]}")
        return connect(self, address)

    return guarded
