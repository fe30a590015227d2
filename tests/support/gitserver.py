"""Real git over HTTP on loopback, with the mishaps of real networks on demand.

``git http-backend`` serves every repository below a folder; what stands in front of it is a
small CGI bridge that counts the bytes both ways and can delay, cut and refuse.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from patchseries import process

_CHUNK = 65536


@dataclass
class Behaviour:
    """What the server does; a test may change it between requests."""

    by_id: bool = True
    """Whether a commit may be asked for by its id (``uploadpack.allowAnySHA1InWant``)."""
    protocol: int = 2
    """0 or 2. Version 2 gives any object by id, so a refusal shows in version 0 only."""
    hidden: tuple[str, ...] = ()
    """Refs that the server does not tell of (``refs/tags/2013.1.2``)."""
    filters: bool = True
    """Whether partial clones are served (``uploadpack.allowFilter``)."""
    drop_after: int | None = None
    """Cut the connection after so many bytes of one response."""
    drops: int = 1
    """How many responses are cut before the line is good again."""
    delay: float = 0.0
    """Seconds before each response."""

    def settings(self) -> dict[str, str]:
        """The git configuration of the server side."""
        yes_no = {True: "true", False: "false"}
        named = {
            "uploadpack.allowAnySHA1InWant": yes_no[self.by_id],
            "uploadpack.allowFilter": yes_no[self.filters],
            "safe.directory": "*",
            "http.receivepack": "false",
        }
        pairs = [*named.items(), *(("transfer.hideRefs", ref) for ref in self.hidden)]
        found = {"GIT_CONFIG_COUNT": str(len(pairs)), "GIT_CONFIG_NOSYSTEM": "1"}
        for number, (key, value) in enumerate(pairs):
            found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return found


@dataclass
class Traffic:
    """Bytes of HTTP, heads and bodies, as the server saw them; and the paths asked for."""

    received: int = 0
    sent: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """Bytes both ways."""
        return self.received + self.sent


class GitServer:
    """A running server: ``url("org/nova")``, its ``behaviour`` and its ``traffic`` so far."""

    def __init__(self, root: Path, behaviour: Behaviour) -> None:
        self.root = root
        self.behaviour = behaviour
        self.traffic = Traffic()
        self.lock = threading.Lock()
        bridge = type("Bridge", (_Bridge,), {"git": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), bridge)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    def url(self, repository: str = "") -> str:
        """The address of *repository*, a path below the root (``org/nova.git``)."""
        return f"http://127.0.0.1:{self._http.server_port}/{repository}"

    def start(self) -> None:
        """Serve until :meth:`stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End the server and its port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serve(root: Path, behaviour: Behaviour | None = None) -> Iterator[GitServer]:
    """Serve the repositories below *root* for the length of the block."""
    server = GitServer(root, behaviour or Behaviour())
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Counted(io.BufferedIOBase):
    """A socket's reader that tells how many bytes went through."""

    def __init__(self, inner: io.BufferedIOBase, server: GitServer) -> None:
        self._inner, self._server = inner, server

    def _count(self, data: bytes) -> bytes:
        with self._server.lock:
            self._server.traffic.received += len(data)
        return data

    def read(self, size: int | None = -1) -> bytes:
        return self._count(self._inner.read(-1 if size is None else size))

    def readline(self, size: int | None = -1) -> bytes:
        return self._count(self._inner.readline(-1 if size is None else size))


class _Bridge(BaseHTTPRequestHandler):
    """One request to ``git http-backend`` and its answer back (RFC 3875, as far as git needs)."""

    git: GitServer
    protocol_version = "HTTP/1.0"  # the end of the connection is the end of the answer

    def setup(self) -> None:
        super().setup()
        self.rfile = _Counted(self.rfile, self.git)

    def log_message(self, format: str, *args: Any) -> None:
        del format, args

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, body: bytes) -> None:
        behaviour = self.git.behaviour
        with self.git.lock:
            self.git.traffic.requests.append(self.path)
            cut = behaviour.drop_after if behaviour.drops > 0 else None
        time.sleep(behaviour.delay)
        backend = process.start(["git", "http-backend"], env=self._environment(behaviour))
        assert backend.stdin is not None
        assert backend.stdout is not None
        feeder = threading.Thread(target=_feed, args=(backend.stdin, body), daemon=True)
        feeder.start()
        try:
            self._head(backend.stdout)
            self._copy(backend.stdout, cut)
        except OSError:
            pass  # the client went away
        finally:
            backend.kill()
            backend.wait()
            feeder.join()
            backend.stdout.close()

    def _head(self, answer: Any) -> None:
        status, lines = "200 OK", []
        while line := answer.readline().rstrip(b"\r\n"):
            if line.lower().startswith(b"status:"):
                status = line.split(b":", 1)[1].strip().decode()
            else:
                lines.append(line)
        self._send(b"\r\n".join([f"HTTP/1.0 {status}".encode(), *lines, b"", b""]))

    def _copy(self, answer: Any, cut: int | None) -> None:
        left = cut
        while left is None or left > 0:
            data = answer.read1(_CHUNK if left is None else min(left, _CHUNK))
            if not data:
                return
            self._send(data)
            left = None if left is None else left - len(data)
        self._hang_up()

    def _hang_up(self) -> None:
        with self.git.lock:
            self.git.behaviour.drops -= 1
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, data: bytes) -> None:
        with self.git.lock:
            self.git.traffic.sent += len(data)
        self.wfile.write(data)

    def _environment(self, behaviour: Behaviour) -> dict[str, str]:
        address = urlsplit(self.path)
        found = behaviour.settings() | {
            "GIT_PROJECT_ROOT": str(self.git.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "PATH_INFO": self._path(address.path),
            "QUERY_STRING": address.query,
            "REQUEST_METHOD": self.command,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_ACCEPT": self.headers.get("Accept", ""),
        }
        asked = self.headers.get("Git-Protocol")
        if asked and behaviour.protocol == 2:
            found["GIT_PROTOCOL"] = asked
        return found

    def _path(self, path: str) -> str:
        """As on public servers, ``ORG/REPO.git`` also names the repository ``ORG/REPO``."""
        name, suffix, rest = path.partition(".git/")
        is_there = (self.git.root / f"{name}.git".lstrip("/")).exists()
        return path if is_there or not suffix else f"{name}/{rest}"


def _feed(pipe: Any, body: bytes) -> None:
    try:
        pipe.write(body)
        pipe.close()
    except OSError:
        pass  # the backend has read what it wanted
