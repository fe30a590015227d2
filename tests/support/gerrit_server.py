"""A server that behaves like Gerrit: its REST answers and git over HTTP, and mishaps on demand.

The REST part follows rest-api.html, rest-api-changes.html (the ``)]}'`` prefix, numbers, triplets,
``ALL_REVISIONS``, ``_more_changes``, 404 for what is ambiguous) and user-search.html
(``change:``, ``project:``, ``branch:``).
"""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.gitserver import Behaviour, GitServer, _Bridge

PREFIX = b")]}'\n"


@dataclass
class FakeChange:
    """A change the server has: its patchsets' commits in order."""

    number: int
    project: str
    branch: str
    change_id: str
    commits: list[str]
    status: str = "NEW"
    subject: str = "A change"

    def info(self, *, revisions: bool) -> dict[str, Any]:
        """ChangeInfo, as rest-api-changes.html has it."""
        info: dict[str, Any] = {
            "id": f"{self.project.replace('/', '%2F')}~{self.number}",
            "project": self.project,
            "branch": self.branch,
            "change_id": self.change_id,
            "subject": self.subject,
            "status": self.status,
            "_number": self.number,
        }
        if revisions:
            info["revisions"] = {
                commit: {"_number": n, "ref": self.ref(n), "kind": "REWORK"}
                for n, commit in enumerate(self.commits, 1)
            }
        return info

    def ref(self, patchset: int) -> str:
        """Where a patchset is kept."""
        return f"refs/changes/{self.number % 100:02d}/{self.number}/{patchset}"


@dataclass
class Mishap:
    """What the server does instead of an answer; None keeps what it would have done."""

    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Send only so many bytes of the body, though its whole length was announced."""
    hang_up: bool = False
    delay: float = 0.0
    drip: float = 0.0
    """Seconds between one byte of the body and the next."""


class GerritServer(GitServer):
    """A running server; a test changes its fields between requests."""

    def __init__(self, root: Path, behaviour: Behaviour) -> None:
        super().__init__(root, behaviour)
        self.changes: list[FakeChange] = []
        self.mishaps: list[Mishap] = []
        """One for each of the next REST requests."""
        self.page = 25
        self.account: tuple[str, str] | None = None
        """Who may ask; None: everybody."""
        self.heads: list[dict[str, str]] = []
        """The headers of each REST request."""
        self.paths: list[str] = []
        self._http.RequestHandlerClass = type("Gerrit", (_Rest,), {"git": self})

    @property
    def base(self) -> str:
        """The URL of its start page."""
        return self.url().rstrip("/")

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Serve HTTPS."""
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Status and value for one REST request."""
        parts = path.strip("/").split("/")
        if parts == ["changes"]:
            return 200, self._search(query)
        found = self._named(unquote(parts[1]))
        if len(found) != 1:
            return 404, f"Multiple changes found for {unquote(parts[1])}" if found else "Not found"
        return 200, found[0].info(revisions="ALL_REVISIONS" in query.get("o", []))

    def _search(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        terms = dict(re.findall(r'(\w+):"?([^"\s]+)"?', query["q"][0]))
        found = [
            change
            for change in self.changes
            if change.change_id.startswith(terms["change"])
            and terms.get("project", change.project) == change.project
            and terms.get("branch", change.branch) == change.branch
        ]
        start = int(query.get("S", ["0"])[0])
        size = min(self.page, int(query.get("n", ["500"])[0]))
        page = found[start : start + size]
        rows = [c.info(revisions="ALL_REVISIONS" in query.get("o", [])) for c in page]
        if rows and start + size < len(found):
            rows[-1]["_more_changes"] = True
        return rows

    def _named(self, name: str) -> list[FakeChange]:
        def names(change: FakeChange) -> set[str]:
            triplet = f"{change.project}~{change.branch}~{change.change_id}"
            number = str(change.number)
            return {number, f"{change.project}~{number}", triplet, change.change_id}

        return [change for change in self.changes if name in names(change)]


@contextmanager
def serve_gerrit(
    root: Path, behaviour: Behaviour | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[GerritServer]:
    """Serve the repositories below *root*, and the changes put into the server."""
    server = GerritServer(root, behaviour or Behaviour())
    if tls:
        server.encrypt(tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Rest(_Bridge):
    """REST below /changes/ and /a/changes/; everything else is git."""

    git: GerritServer

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if not re.match(r"/(a/)?changes/", address.path):
            super().do_GET()
            return
        with self.git.lock:
            self.git.heads.append(dict(self.headers))
            self.git.paths.append(self.path)
            mishap = self.git.mishaps.pop(0) if self.git.mishaps else Mishap()
        time.sleep(mishap.delay)
        if mishap.hang_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, body, kind = self._rest(address.path, parse_qs(address.query))
        if mishap.status != 200 or mishap.body is not None:
            status, body, kind = mishap.status, mishap.body or b"", "text/html"
        headers = {"Content-Type": kind, **mishap.headers}
        self._reply(status, body, headers, mishap.cut, mishap.drip)

    def _rest(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes, str]:
        if path.startswith("/a/"):
            path = path.removeprefix("/a")
            if self.git.account is None or not self._is(self.git.account):
                return 401, b"Unauthorized", "text/plain"
        elif self.git.account is not None:
            return 404, b"Not found", "text/plain"  # what one may not see is not there
        status, value = self.git.answer(path, query)
        if status != 200:
            return status, str(value).encode(), "text/plain"
        return 200, PREFIX + json.dumps(value).encode() + b"\n", "application/json"

    def _is(self, account: tuple[str, str]) -> bool:
        given = self.headers.get("Authorization", "")
        return given == "Basic " + base64.b64encode(":".join(account).encode()).decode()

    def _reply(
        self, status: int, body: bytes, headers: dict[str, str], cut: int | None, drip: float
    ) -> None:
        try:
            self.send_response_only(status)
            self.send_header("Date", headers.pop("Date", self.date_time_string()))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for byte in body if drip else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(drip)
            self.wfile.write(b"" if drip else body[:cut])
        except OSError:
            pass  # the client went away
