"""Port jobs through an executor: the same bytes as alone, whatever the workers send or fail to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from patchseries.cli import rebase as command
from patchseries.cli import worker
from patchseries.errors import ProgramError, SeriesError, UpstreamError
from patchseries.pipeline import portcache
from patchseries.pipeline.cluster.dispatch import Workers
from patchseries.pipeline.cluster.job import JobAnswer, PortJob, packed, unpacked
from patchseries.pipeline.session import Session
from patchseries.port.engine import port
from support.small_series import SmallSeries, text

Work = Callable[[bytes], bytes]


class InProcess(Executor):
    """Does each job at once."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Silent(Executor):
    """Does nothing, as one whose workers died."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


@dataclass
class OneMachine:
    """A cluster of one machine, which does *work*; ``executors`` are taken one after the other."""

    work: Work
    executors: list[Executor] = field(default_factory=list)
    fatal: Callable[[PortJob, Exception], SeriesError | None] = lambda *_: None
    name: str = "one machine"
    rounds: int = 0

    @contextmanager
    def workers(self) -> Iterator[Workers]:
        self.rounds += 1
        executor = self.executors.pop(0) if self.executors else InProcess()
        yield Workers(executor, self.work, lambda: False, self.fatal)


@pytest.fixture
def away(small: SmallSeries, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], bytes]:
    """The work of a machine with a cache of its own."""

    def work(job: bytes) -> bytes:
        with monkeypatch.context() as patch:
            patch.setenv("SERIES_CACHE", str(small.root.parent / "cache-away"))
            return worker.work(job)

    return work


def use(monkeypatch: pytest.MonkeyPatch, cluster: OneMachine) -> None:
    """Have `series rebase --executor` use *cluster*."""

    def with_cluster(session: Session, address: str | None) -> Session:
        return replace(session, cluster=lambda: nullcontext(cluster)) if address else session

    monkeypatch.setattr(command, "with_cluster", with_cluster)


def enrich(small: SmallSeries) -> None:
    """Give it what a job may hold: an own patch, a patch file with a release, and a resolution."""
    own = small.root / "patches/own"
    own.mkdir(parents=True)
    (own / "more.patch").write_text("--- a/log.py\n+++ b/log.py\n@@ -1 +1,2 @@\n loud\n+more\n")
    (own / "name.patch").write_text("--- a/README\n+++ b/README\n@@ -1 +1 @@\n-text\n+näme\n")
    path = small.root / "series/small.toml"
    manifest = path.read_text() + 'fixups = ["own/more.patch"]\n'
    path.write_text(
        manifest
        + '\n[[patch]]\nname = "name"\nproject = "project"\n'
        + 'source = { file = "own/name.patch", made-for = "1.0" }\n'
    )
    small.run("rebase")
    small.run("resolve", "retry", "--onto", "1.1", "--take", "theirs", "-m", "reason")


def afresh(small: SmallSeries) -> None:
    """Without what a rebase wrote or kept."""
    shutil.rmtree(small.root.parent / "cache", ignore_errors=True)
    shutil.rmtree(small.root / "patches/small", ignore_errors=True)
    (small.root / "series/small.lock").unlink(missing_ok=True)


def rebased(small: SmallSeries, *words: str) -> tuple[Any, dict[str, bytes]]:
    """The document and the files of a rebase from the beginning."""
    afresh(small)
    return small.json("rebase", *words), small.tracked()


EXECUTOR = ("--executor", "dask://127.0.0.1:1")


def test_the_same_as_alone_and_nothing_is_ported_here(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrich(small)
    alone = rebased(small, "-j1")
    assert {cell["outcome"] for cell in alone[0]["cells"]} == {"clean", "adapted"}
    use(monkeypatch, OneMachine(away))
    engine = port
    places: list[str] = []

    def watched(repository: Any, *rest: Any) -> Any:
        places.append(Path(repository.git_dir / "objects/info/alternates").read_text())
        return engine(repository, *rest)

    monkeypatch.setattr(portcache, "port", watched)
    assert rebased(small, *EXECUTOR) == alone
    assert places
    assert all("cache-away" in place for place in places)


def test_conflicts_come_back_with_what_was_proposed(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = rebased(small, "-j1")
    assert "conflict" in {cell["outcome"] for cell in alone[0]["cells"]}
    use(monkeypatch, OneMachine(away))
    assert rebased(small, *EXECUTOR) == alone


def other_outcome(work: Work, job: bytes) -> bytes:
    """An answer that says of each port that it is in the base already."""
    document = json.loads(work(job))
    for kept in document["ports"].values():
        kept["result"]["outcome"] = "already-applied"
        kept["result"]["tree"] = kept["result"]["tree"] or "0" * 40
    return json.dumps(document).encode()


def no_answer(_: Work, __: bytes) -> bytes:
    raise OSError("the disk is full")


@pytest.mark.parametrize(
    "lie",
    [
        other_outcome,
        no_answer,
        lambda *_: b"",
        lambda *_: b"[" * 1000,
        lambda *_: b'{"worker": "w", "ports": {"x": 1}}',
        lambda *_: packed(JobAnswer("w")),
        lambda *_: packed(JobAnswer("w", error="no route to host")),
        lambda *_: "text",
        lambda *_: None,
    ],
)
def test_whatever_a_worker_sends_the_result_is_that_of_the_engine(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch, lie: Any
) -> None:
    alone = rebased(small, "-j1")
    use(monkeypatch, OneMachine(partial(lie, away)))
    assert rebased(small, *EXECUTOR) == alone


def test_what_a_worker_cannot_do_is_told_and_done_here(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = packed(JobAnswer("worker w1", error="no \x1b[31m route"))
    use(monkeypatch, OneMachine(lambda _: refused))
    _, output = small.run("rebase", *EXECUTOR, "--onto", "1.0")
    words = "porting project onto 1.0 is done here: worker w1 says: no \\x1b[31m route"
    assert words in output


def test_a_worker_that_has_another_program_by_now_does_nothing(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[bytes] = []
    use(monkeypatch, OneMachine(lambda job: jobs.append(job) or away(job)))  # type: ignore[func-returns-value]
    small.run("rebase", *EXECUTOR)
    job = replace(unpacked(PortJob, jobs[0]), program="0" * 64)
    answer = unpacked(JobAnswer, away(packed(job)))
    assert (answer.ports, answer.error) == ({}, "it has another version of the program now")


def test_jobs_of_workers_that_are_all_lost_are_done_again(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = rebased(small, "-j1")
    cluster = OneMachine(away, [Silent(), Silent()])
    use(monkeypatch, cluster)
    assert rebased(small, *EXECUTOR) == alone
    assert cluster.rounds == 3


def test_workers_that_are_lost_again_and_again_are_an_error(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, OneMachine(away, [Silent(), Silent(), Silent()]))
    with pytest.raises(ProgramError, match="all workers of one machine were lost 3 times"):
        small.run("rebase", *EXECUTOR)
    assert not (small.root / "series/small.lock").exists()


def test_an_error_that_is_more_than_one_worker_s_ends_the_command(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fatal(job: PortJob, error: Exception) -> SeriesError:
        return UpstreamError(f"{job.words}: {error}")

    use(monkeypatch, OneMachine(partial(no_answer, worker.work), fatal=fatal))
    with pytest.raises(UpstreamError, match=r"porting project onto 1\.0: the disk is full"):
        small.run("rebase", *EXECUTOR)


def test_what_only_this_machine_has_is_ported_here(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = OneMachine(worker.work)
    use(monkeypatch, cluster)
    (small.root / "x.patch").write_bytes(b"")
    path = small.root / "series/small.toml"
    path.write_text(
        path.read_text().split("[[patch]]")[0]
        + '[[patch]]\nname = "x"\nproject = "project"\nsource = { file = "x.patch" }\n'
    )
    (small.root / "patches").mkdir(exist_ok=True)
    diff = text(["--- a/README\n", "+++ b/README\n", "@@ -1 +1 @@\n", "-text\n", "+new\n"])
    (small.root / "patches/x.patch").write_bytes(diff)
    small.run("rebase", *EXECUTOR)  # the release it was made for is searched for
    assert cluster.rounds == 0


def test_the_jobs_of_all_series_are_sent_at_once(
    small: SmallSeries, away: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = (small.root / "series/small.toml").read_text().replace('"small"', '"zebra"')
    (small.root / "series/zebra.toml").write_text(manifest)
    alone = rebased(small, "--all", "-j1")
    cluster = OneMachine(away)
    use(monkeypatch, cluster)
    for lock in (small.root / "series").glob("*.lock"):
        lock.unlink()
    shutil.rmtree(small.root / "patches")
    assert rebased(small, "--all", *EXECUTOR) == alone
    assert cluster.rounds == 1
