"""The lean lease scripts of quantum, run as dnsmasq runs them, against a real relay socket."""

from __future__ import annotations

import json
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from own import support
from own.published import BASH_LEASE_SCRIPT, LEAN_LEASE_SCRIPT, LEASE_SCRIPT
from patchseries import process

NETWORK = "8cc277cf-0001-4000-8000-33529288c001"
LEASE = ["fa:16:3e:00:00:01", "10.0.0.3", "host-10-0-0-3"]


pytestmark = pytest.mark.real


class Relay:
    """The DHCP agent's end: a real socket that takes up to 1024 bytes from each caller."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._messages: queue.Queue[bytes] = queue.Queue()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            caller, _ = self._listener.accept()
            if self._closing:
                caller.close()
                return
            with caller:
                self._messages.put(caller.recv(1024))

    def next(self) -> bytes:
        """The next message; waits for it."""
        return self._messages.get(timeout=10)

    @property
    def silent(self) -> bool:
        """Whether nobody called so far (or each message was taken)."""
        return self._messages.empty()

    def close(self) -> None:
        """End the server; a last call wakes it, for closing its socket would not."""
        self._closing = True
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(self.path))
            self._thread.join()
        self._listener.close()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    relay = Relay(tmp_path / "relay")
    yield relay
    relay.close()


def message(lease_remaining: int) -> dict[str, Any]:
    return {
        "network_id": NETWORK,
        "mac_address": LEASE[0],
        "ip_address": LEASE[1],
        "lease_remaining": lease_remaining,
    }


def environment(relay: Path, **more: str) -> dict[str, str]:
    return {"QUANTUM_NETWORK_ID": NETWORK, "QUANTUM_RELAY_SOCKET_PATH": str(relay), **more}


# Lean Python ---------------------------------------------------------------------------------


def run_lean(tree: Path, relay: Path, *actions: str) -> list[str | None]:
    """What each run raised, if anything."""
    lines = "".join(json.dumps([action, *LEASE]) + "\n" for action in actions)
    printed = support.python2(
        "lease_script.py",
        [tree / LEASE_SCRIPT],
        stdin=lines.encode(),
        jython_path="relay",
        **environment(relay, DNSMASQ_TIME_REMAINING="119"),
    )
    raised: list[str | None] = json.loads(printed)
    return raised


def test_the_lean_script_reaches_the_relay(tmp_path: Path, relay: Relay) -> None:
    """Published: NameError and nothing sent, whatever the action. Fixed: each lease is sent."""
    before, after = support.extract_both(LEAN_LEASE_SCRIPT, tmp_path)
    assert run_lean(before, relay.path, "add", "old", "del") == ["NameError"] * 3
    assert relay.silent

    assert run_lean(after, relay.path, "add", "old", "del") == [None] * 3
    assert [json.loads(relay.next()) for _ in range(3)] == [message(119), message(119), message(0)]
    assert relay.silent


# Bash ----------------------------------------------------------------------------------------

SOCAT = f"""#!{sys.executable}
# The part of socat that the script uses: `socat - UNIX-CONNECT:PATH`.
import socket, sys
_, own, other = sys.argv
kind, _, path = other.partition(":")
assert (own, kind) == ("-", "UNIX-CONNECT"), sys.argv
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(path)
    connection.sendall(sys.stdin.buffer.read())
"""


@pytest.fixture
def socat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for socat, so that the test asks for bash alone."""
    program = tmp_path / "programs" / "socat"
    program.parent.mkdir()
    program.write_text(SOCAT)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")


def run_bash(tree: Path, relay: Path, action: str, **env: str) -> int:
    """Its exit status."""
    support.require("bash", "bash")
    argv: list[str | Path] = ["bash", tree / LEASE_SCRIPT, action, *LEASE]
    return process.run(argv, env=environment(relay, **env), accept=range(256), timeout=30).status


@pytest.mark.usefixtures("socat")
def test_the_bash_script_sends_the_lease(tmp_path: Path, relay: Relay) -> None:
    """Published: the relay gets one newline for a lease. Fixed: the lease."""
    before, after = support.extract_both(BASH_LEASE_SCRIPT, tmp_path)
    assert run_bash(before, relay.path, "add", DNSMASQ_TIME_REMAINING="119") == 0
    assert relay.next() == b"\n"

    for action, remaining in (("add", 119), ("old", 119), ("del", 0)):
        assert run_bash(after, relay.path, action, DNSMASQ_TIME_REMAINING="119") == 0
        assert json.loads(relay.next()) == message(remaining)


@pytest.mark.usefixtures("socat")
def test_the_bash_script_sends_a_lease_without_end(tmp_path: Path, relay: Relay) -> None:
    """Without DNSMASQ_TIME_REMAINING, fixing echo alone would send a message that is no JSON."""
    before, after = support.extract_both(BASH_LEASE_SCRIPT, tmp_path)
    script = before / LEASE_SCRIPT
    script.write_text(script.read_text().replace("echo <<", "cat <<"))
    assert run_bash(before, relay.path, "add") == 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(relay.next())

    assert run_bash(after, relay.path, "add") == 0
    assert json.loads(relay.next()) == message(0)


@pytest.mark.usefixtures("socat")
def test_the_bash_script_is_quiet_without_a_relay(tmp_path: Path) -> None:
    """With no agent there, the script that the lean ones replace succeeds. Published: it fails."""
    before, after = support.extract_both(BASH_LEASE_SCRIPT, tmp_path)
    nobody = tmp_path / "nobody"
    assert run_bash(before, nobody, "add") == 1
    assert run_bash(after, nobody, "add") == 0
