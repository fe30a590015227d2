"""A real dask scheduler and real workers: one is killed, one is slow, one has another git."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import trustme

from patchseries.errors import ProgramError, UpstreamError, UsageError
from patchseries.model import Target
from patchseries.pipeline.cluster import dask
from patchseries.pipeline.cluster.dispatch import Hearing
from patchseries.pipeline.cluster.job import PortJob
from patchseries.progress import no_progress
from support.small_series import HEAD, OURS, TAIL, SmallSeries, text

pytest.importorskip("distributed")

BASES = [f"1.{n}" for n in range(8)]
_START = 60.0  # seconds for a process to start on a machine that is busy


@pytest.fixture
def wide(small: SmallSeries) -> SmallSeries:
    """The small series on eight bases: enough jobs for each worker to get some."""
    manifest = small.root / "series/small.toml"
    bases = json.dumps(["1.0", "1.1", "1.2"])
    assert bases in manifest.read_text()
    for number, base in enumerate(BASES[3:]):
        files = {"call.py": text([f"new {number}\n"], HEAD, OURS, TAIL)}
        small.upstream.commit(files, branch="stable")
        small.upstream.tag(base, "refs/heads/stable")
    manifest.write_text(manifest.read_text().replace(bases, json.dumps(BASES)))
    return small


def git_that(directory: Path, does: str) -> str:
    """A PATH whose git does *does* first."""
    directory.mkdir()
    real = shutil.which("git")
    program = directory / "git"
    program.write_text(f'#!/bin/sh\n{does}\nexec {real} "$@"\n')
    program.chmod(0o755)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def started(
    *words: str, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of dask, which ends with the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def scheduler(directory: Path, *words: str) -> Iterator[str]:
    """A scheduler on this machine: HOST:PORT."""
    place = directory / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file")
    name = "distributed.cli.dask_scheduler"
    with started(name, *options, str(place), *words, log=directory / "scheduler.log"):
        end = time.monotonic() + _START
        while not (place.exists() and place.read_text().endswith("}")):
            assert time.monotonic() < end, (directory / "scheduler.log").read_text()
            time.sleep(0.05)
        yield json.loads(place.read_text())["address"].partition("://")[2]


def worker(
    stack: ExitStack, directory: Path, address: str, name: str, path: str | None = None
) -> subprocess.Popen[bytes]:
    """A worker with a cache of its own, and a PATH of its own."""
    env = {"SERIES_CACHE": str(directory / f"cache-{name}")} | ({"PATH": path} if path else {})
    log = directory / f"{name}.log"
    options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", name)
    return stack.enter_context(
        started("distributed.cli.dask_worker", f"tcp://{address}", *options, log=log, env=env)
    )


def registered(directory: Path, *names: str) -> None:
    """Wait until each of the workers has joined."""
    end = time.monotonic() + _START
    for name in names:
        while "Registered to" not in (words := (directory / f"{name}.log").read_text()):
            assert time.monotonic() < end, words
            time.sleep(0.05)


def test_a_killed_a_slow_and_a_refused_worker(wide: SmallSeries, tmp_path: Path) -> None:
    alone = wide.json("rebase", "-j1"), wide.tracked()
    shutil.rmtree(wide.root / "patches")
    (wide.root / "series/small.lock").unlink()
    shutil.rmtree(tmp_path / "cache")
    paths = {
        "good": None,
        "slow": git_that(tmp_path / "slow", "sleep 0.1"),
        "dying": git_that(tmp_path / "dying", 'case "$*" in *merge-tree*) kill -9 $PPID;; esac'),
        "other": git_that(
            tmp_path / "other", 'case "$*" in --version) echo git version 1.5; exit;; esac'
        ),
    }
    with scheduler(tmp_path) as address, ExitStack() as stack:
        workers = {
            name: worker(stack, tmp_path, address, name, path) for name, path in paths.items()
        }
        registered(tmp_path, *paths)
        code, output = wide.run("rebase", "--executor", f"dask://{address}")
        assert workers["dying"].wait(_START) == -signal.SIGKILL
        assert [workers[name].poll() for name in ("good", "slow", "other")] == [None] * 3
    assert code == 1, output
    assert output.count("is refused: git is 1.5 there, ") == 1
    assert "done here" not in output
    assert wide.tracked() == alone[1]
    for name in ("good", "slow"):
        assert (tmp_path / f"cache-{name}/ports/small.json").exists(), name
    assert not (tmp_path / "cache-other").exists()
    assert wide.json("rebase") == alone[0]


def test_jobs_that_end_the_last_worker(
    small: SmallSeries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = git_that(tmp_path / "dying", 'case "$*" in *merge-tree*) kill -9 $PPID;; esac')
    with scheduler(tmp_path) as address, ExitStack() as stack:
        worker(stack, tmp_path, address, "last", path)
        registered(tmp_path, "last")
        monkeypatch.setattr(dask, "_PATIENCE", 0.2)
        with pytest.raises(UpstreamError, match="no worker has joined"):
            small.run("rebase", "--executor", f"dask://{address}")
    assert not (small.root / "series/small.lock").exists()


def test_a_job_that_ends_one_worker_after_the_other() -> None:
    from distributed import KilledWorker

    hearing = Hearing(no_progress, no_progress)
    functions = dask.WorkerFunctions(lambda job: job, dict)
    cluster = dask.DaskCluster("dask://h:1", None, functions, hearing)  # type: ignore[arg-type]
    job = PortJob("a" * 64, {}, Target("nova", "1.0"), (), {}, {}, {}, (), {})
    error = cluster._fatal(job, KilledWorker("key", None, 3))  # type: ignore[arg-type]
    assert str(error).startswith("porting nova onto 1.0 ended 4 workers of dask://h:1; look")
    assert isinstance(cluster._fatal(job, CancelledError()), UpstreamError)
    assert cluster._fatal(job, OSError()) is None


@pytest.mark.parametrize("scheme", ["dask", "dask+tls"])
def test_a_cluster_without_workers(
    small: SmallSeries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    import dask as settings

    authority = trustme.CA()
    ca, key = tmp_path / "ca.pem", tmp_path / "key.pem"
    authority.cert_pem.write_to_path(ca)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(key)
    words = [f"--tls-ca-file={ca}", f"--tls-cert={key}", f"--tls-key={key}", "--protocol=tls"]
    start = "distributed.comm.tls"
    tls = {f"{start}.ca-file": ca, f"{start}.client.cert": key, f"{start}.client.key": key}
    monkeypatch.setattr(dask, "_PATIENCE", 0.2)
    with (
        scheduler(tmp_path, *(words if scheme == "dask+tls" else [])) as address,
        settings.config.set({name: str(path) for name, path in tls.items()}),
        pytest.raises(UpstreamError) as caught,
    ):
        small.run("rebase", "--executor", f"{scheme}://{address}")
    assert str(caught.value).startswith(f"no worker has joined {scheme}://{address} in 0 s; start")
    assert caught.value.exit_code == 4


def test_no_scheduler(small: SmallSeries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_CONNECTING", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"dask://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(UpstreamError, match=f"the scheduler {address} cannot be reached"):
        small.run("rebase", "--executor", address)


def test_tls_without_certificates(small: SmallSeries) -> None:
    with pytest.raises(UpstreamError, match="cannot be reached"):
        small.run("rebase", "--executor", "dask+tls://127.0.0.1:1")


def test_without_dask(small: SmallSeries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ProgramError) as caught:
        small.run("rebase", "--executor", "dask://127.0.0.1:1")
    assert caught.value.exit_code == 5
    assert "pip install 'patchseries[dask]'" in str(caught.value)


@pytest.mark.parametrize(
    "value", ["dask://", "tcp://x:1", "dask://x", "dask://u:p@x:1", "dask://x:1/y"]
)
def test_what_is_no_scheduler(small: SmallSeries, value: str) -> None:
    import click

    with pytest.raises((UsageError, click.UsageError), match="expected dask://HOST:PORT"):
        small.run("rebase", "--executor", value)


def test_what_is_settled_needs_no_cluster(small: SmallSeries) -> None:
    first = small.run("rebase")
    assert small.run("rebase", "--executor", "dask://127.0.0.1:1")[0] == first[0]
