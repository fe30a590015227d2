"""dnsmasq's lease script: how long one run takes, in its four forms."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from effects.running import require
from patchseries.environment import environment

RUNS = 100
SCRIPT = "bin/quantum-dhcp-agent-dnsmasq-lease-update"
LEASE = ["add", "fa:16:3e:00:00:01", "10.0.0.2"]


def milliseconds(argv: Sequence[str | Path], python: Path, tree: Path, place: Path) -> float:
    """The median time of 100 runs, one after the other; each must reach the agent's socket.

    :param argv: what runs the script; its arguments are added
    :param python: the launcher of the Python 2.7 of which the settings are taken
    """
    place.mkdir(parents=True, exist_ok=True)
    path = place / "relay"
    # eventlet imports pyOpenSSL where there is one. The one of this set-up is newer and starts
    # slower than those of 2013, which would make the stock script look worse than it was.
    (place / "OpenSSL.py").write_text("raise ImportError\n", encoding="ascii")
    libraries = python.parent.parent / "usr" / "lib" / "x86_64-linux-gnu"
    env = environment(
        {
            "QUANTUM_NETWORK_ID": "network",
            "QUANTUM_RELAY_SOCKET_PATH": str(path),
            "DNSMASQ_TIME_REMAINING": "120",
            "LD_LIBRARY_PATH": str(libraries),
            "PYTHONNOUSERSITE": "1",
            "PYTHONPATH": f"{place}:{tree}",
        }
    )
    words = [str(word) for word in (*argv, *LEASE)]
    times = []
    with _relay(path) as leases:
        for number in range(RUNS + 1):
            begin = time.perf_counter()
            subprocess.run(words, env=env, check=True, stdin=subprocess.DEVNULL)
            if number:  # the first one finds no compiled modules, and nothing in memory
                times.append(time.perf_counter() - begin)
    expected = {"network_id", "mac_address", "ip_address", "lease_remaining"}
    assert len(leases) == RUNS + 1, leases[:2]
    assert all(set(json.loads(lease)) == expected for lease in leases), leases[:2]
    return statistics.median(times) * 1000


def interpreter(python: Path) -> Path:
    """Python 2.7 itself: the launcher is a shell script, which takes time of its own."""
    return python.parent.parent / "usr" / "bin" / "python2.7"


def command(tree: Path, by: Sequence[str | Path] | None) -> list[str | Path]:
    """What runs the script of *tree*: a program that reads it, or itself when compiled (None)."""
    if by is None:
        require("make", "cc")
        subprocess.run(["make", "-C", tree / "src", "CC=cc"], check=True, capture_output=True)
        return [tree / SCRIPT]
    if by == ["bash"]:
        require("bash", "socat")
    return [*by, tree / SCRIPT]


@contextmanager
def _relay(path: Path) -> Iterator[list[bytes]]:
    """The DHCP agent's socket; gives what is sent to it."""
    path.unlink(missing_ok=True)
    leases: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(16)
        thread = threading.Thread(target=_take, args=(listener, leases))
        thread.start()
        try:
            yield leases
        finally:
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(path))  # and says nothing: the end
            thread.join()


def _take(listener: socket.socket, leases: list[bytes]) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            said = b"".join(iter(lambda: connection.recv(4096), b""))  # noqa: B023
        if not said:
            return
        leases.append(said)
