"""Servers that are measured, and the clients that load them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchseries.environment import environment

Words = list[str | Path]
"""A command, word by word."""

START = 60.0  # seconds that a server has until its port answers
HOST = "127.0.0.1"
PYTHON2 = Path(__file__).parent / "python2"


class NotMeasured(Exception):
    """Why an effect cannot be measured here."""


def require(*programs: str) -> None:
    """What is measured needs these programs."""
    for program in programs:
        if shutil.which(program) is None:
            raise NotMeasured(f"there is no {program}")


def command(python: Path, tree: Path, name: str) -> Words:
    """What runs the command *name* (a path below *tree*) of a project."""
    # -W: what the libraries say of Python 2.7 being old, at each start
    return [python, "-W", "ignore", PYTHON2 / "launch.py", tree, name]


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@contextmanager
def server(
    argv: Sequence[str | Path], port: int | None, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends; the block begins once *port* answers.

    All that it started is ended with it. It is an error if it ends before.
    """
    with log.open("ab") as output:
        running = subprocess.Popen(
            [str(word) for word in argv],
            cwd=log.parent,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    try:
        if port is not None:
            _wait_until(lambda: _answers(port), running, log)
        yield
        if running.poll() is not None:
            raise RuntimeError(f"{argv[0]} ended by itself: see {log}")
    finally:
        _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a whole process group: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(running.pid, number)
            running.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    running.wait()


def _wait_until(done: Callable[[], bool], running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START
    while not done():
        if running.poll() is not None or time.monotonic() > end:
            said = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{running.args!r} does not answer:\n{said}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def request(port: int, method: str, path: str, body: object = None, **headers: str) -> Any:
    """One HTTP request over a connection of its own; the JSON that came back."""
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:500]!r}")
        return json.loads(answer) if answer else None
    finally:
        connection.close()


def per_second(clients: int, requests: int, ask: Callable[[int], object]) -> float:
    """Requests per second of *clients* that ask at the same time, *requests* in all.

    :param ask: makes the request of the client of this number, and raises if it fails
    """
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(ask, range(clients)))  # each client once before: what is loaded late is there
        begin = time.monotonic()
        list(pool.map(ask, (number % clients for number in range(requests))))
        return requests / (time.monotonic() - begin)
