"""Answers of a Gerrit that is not what it says: values, pages, redirects, headers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hostile.runner import MANIFEST, Case, World

CHANGE = "I" + "0123456789" * 4
PREFIX = b")]}'\n"
Answer = tuple[int, Mapping[str, str], bytes]


class _Handler(BaseHTTPRequestHandler):
    """Gives every request the same answer."""

    answer: Answer = (200, {}, b"")

    def do_GET(self) -> None:
        status, headers, body = self.answer
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # who asked has read enough

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _served(answer: Answer) -> Iterator[str]:
    """A server that always answers with *answer*; its URL."""
    handler = type("Handler", (_Handler,), {"answer": answer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _answers(answer: Answer) -> Callable[[World], object]:
    """The patch ``fix`` is the change CHANGE of a server that always answers with *answer*."""

    def plant(world: World) -> None:
        url = world.open(_served(answer))
        world.write(
            "series/small.toml",
            MANIFEST.replace("bases", f'gerrit = "{url}"\nbases')
            + f'[[patch]]\nname = "fix"\nproject = "project"\nchange-id = "{CHANGE}"\n'
            f'source = {{ change-id = "{CHANGE}" }}\n',
        )

    return plant


def _raw(body: bytes, status: int = 200, **headers: str) -> Callable[[World], object]:
    """*body* as the answer; of a header's name ``_`` is ``-``."""
    return _answers((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


def _json(value: Any) -> Callable[[World], object]:
    return _raw(PREFIX + json.dumps(value).encode())


def _change(**other: Any) -> Callable[[World], object]:
    """One change, with *other* values; of a key's name ``number`` is ``_number``."""
    info = {
        "_number": 7,
        "project": "org/project",
        "branch": "master",
        "change_id": CHANGE,
        "status": "NEW",
        "subject": "Fix",
        "revisions": {"1" * 40: {"_number": 1}},
    }
    info |= {"_number" if key == "number" else key: value for key, value in other.items()}
    return _json([info])


_ID = "1" * 40
_FETCH = ("fetch",)
_NOT_AS_SAID = "not what its documentation says"

VALUES = tuple(
    Case(f"a Gerrit's change with {name}: fetch", plant, _FETCH, 4, tuple(says))
    for name, plant, *says in (
        ("an option for its commit", _change(revisions={"--upload-pack=x": {"_number": 1}}),
         _NOT_AS_SAID),
        ("a ref for its commit", _change(revisions={"refs/heads/x": {"_number": 1}}), _NOT_AS_SAID),
        ("a commit of 5,000 letters", _change(revisions={"1" * 5000: {"_number": 1}}),
         _NOT_AS_SAID),
        ("a commit that is not there", _change()),
        ("a ref of another repository", _change(revisions={_ID: {
            "_number": 1, "ref": "--upload-pack=x", "fetch": {"http": {"url": "ext::sh -c x"}}}})),
        ("no patchset", _change(revisions={}), _NOT_AS_SAID),
        ("patchset 0", _change(revisions={_ID: {"_number": 0}}), _NOT_AS_SAID),
        ("a patchset twice", _change(revisions={_ID: {"_number": 1}, "2" * 40: {"_number": 1}}),
         _NOT_AS_SAID),
        ("a patchset of 400 digits", _change(revisions={_ID: {"_number": int("9" * 400)}})),
        ("a patchset of letters", _change(revisions={_ID: {"_number": "../x"}}), _NOT_AS_SAID),
        ("a list of patchsets", _change(revisions=[1, 2]), _NOT_AS_SAID),
        ("a number below nothing", _change(number=-7), _NOT_AS_SAID),
        ("a number of 400 digits", _change(number=int("9" * 400))),
        ("a number that is a fraction", _change(number=1.5), _NOT_AS_SAID),
        ("a project outside", _change(project="../../outside"), _NOT_AS_SAID),
        ("a project of ESC", _change(project="a\x1b[31m"), _NOT_AS_SAID),
        ("a branch that is a table", _change(branch={}), _NOT_AS_SAID),
        ("ESC and markup all over", _change(branch="[red]\x1b[31m", subject="\x1b]0;t\x07[/x]\n")),
        ("a subject of 1 MB", _change(subject="x" * 1_000_000)),
        ("another Change-Id", _change(change_id="I" + "f" * 40), "has no change"),
        ("a Change-Id of ESC", _change(change_id="I\x1b[31m"), _NOT_AS_SAID),
        ("a status of its own", _change(status="\x1b[31mX"), _NOT_AS_SAID),
    )
)  # fmt: skip


def _twins(count: int, **other: Any) -> Callable[[World], object]:
    return _json(
        [
            {
                "_number": n + 1,
                "project": "org/project",
                "branch": f"b\x1b[31m{n}",
                "change_id": CHANGE,
                "status": "NEW",
                "revisions": {_ID: {"_number": 1}},
                **other,
            }
            for n in range(count)
        ]
    )


ANSWERS = tuple(
    Case(f"a Gerrit that answers {name}: fetch", plant, _FETCH, status, tuple(says))
    for name, plant, status, *says in (
        ("with nothing", _raw(b""), 4),
        ("with the prefix alone", _raw(PREFIX), 4),
        ("with a web page of ESC", _raw(b"<html>\x1b[31m\x1b]0;t\x07</html>"), 4, "web page"),
        ("with bytes", _raw(b"\xff\x00\x1b[31m" * 999), 4, "does not answer as Gerrit does"),
        ("without the prefix", _raw(b"[]"), 4, "does not answer as Gerrit does"),
        ("with a number", _json(3), 4, "is not a list"),
        ("with a table", _json({"a": 1}), 4, "is not a list"),
        ("with a list of numbers", _json([1, 2]), 4, _NOT_AS_SAID),
        ("with no change", _json([]), 4, "has no change"),
        ("with two changes of ESC", _twins(2), 3, r"matches 2 changes"),
        ("with 500 changes", _twins(500), 3, "matches 500 changes"),
        ("with the same page again", _twins(3, _more_changes=True), 4, "repeats its answers"),
        ("in gzip", _raw(b"\x1f\x8b" + b"\0" * 99, Content_Encoding="gzip"), 4, "compressed"),
        ("with a redirect to a file", _raw(b"", 302, Location="file:///etc/passwd"), 4,
         "redirects to"),
        ("with a redirect of ESC", _raw(b"", 302, Location="http://[\x1b[31m"), 4),
        ("403 in ESC", _raw(b"\x1b[31mno", 403), 4, "denies access"),
        ("404 in ESC and markup", _raw(b"[red]\x1b[31mno\x1b]0;t\x07", 404), 4),
        ("with a status of its own", _raw(b"\x1b[31m", 299), 4, "status 299"),
        ("503 and to wait for years", _raw(b"", 503, Retry_After="999999999"), 4,
         "cannot answer now"),
    )
)  # fmt: skip

REPORTED = (
    Case("a Gerrit's change of ESC and markup: rebase",
         _change(branch="[red]\x1b[31m", subject="<script>\x1b]0;t\x07"), ("rebase",), 4),
    Case("a Gerrit that answers with bytes: run", _raw(b"\xff\x00\x1b[31m" * 999), ("run",), 4),
)  # fmt: skip

CASES = (*VALUES, *ANSWERS, *REPORTED)
