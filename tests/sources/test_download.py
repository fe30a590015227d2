"""Downloads from hostile and broken servers: bounded, and no credentials where none belong."""

from __future__ import annotations

import base64
import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from patchseries.cli.common import _server_access
from patchseries.errors import SeriesError, UpstreamError
from patchseries.sources import download as downloads
from patchseries.sources.access import Access, Credentials
from patchseries.sources.download import DownloadOptions, download
from patchseries.sources.http import TimeOverError, _redirected, fetch_bytes, within

DATA = b"--- a/f\n+++ b/f\n"
DIGEST = hashlib.sha256(DATA).hexdigest()


@dataclass
class Server:
    """A running server: what it is asked, and what it answers."""

    port: int
    scheme: str
    answer: Callable[[BaseHTTPRequestHandler], None]
    authorizations: list[str | None] = field(default_factory=list)

    def url(self, name: str = "fix.patch", host: str = "localhost") -> str:
        return f"{self.scheme}://{host}:{self.port}/{name}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers, each with its answer and perhaps a certificate."""
    running: list[ThreadingHTTPServer] = []

    def start(
        answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None
    ) -> Server:
        made = Server(0, "https" if context else "http", answer)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                made.authorizations.append(self.headers.get("Authorization"))
                try:
                    made.answer(self)
                except OSError:
                    pass  # the client went away

            def log_message(self, *_: object) -> None:
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http.daemon_threads = True
        if context:
            http.socket = context.wrap_socket(http.socket, server_side=True)
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        running.append(http)
        made.port = http.server_port
        return made

    yield start
    for http in running:
        http.shutdown()
        http.server_close()


def certified(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
    return context


def gives(data: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    return answer


def leads_to(target: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def drips(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b"x")
        time.sleep(0.05)


def drips_its_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for n in range(80):
        request.wfile.write(b"X-%d: y\r\n" % n)
        request.wfile.flush()
        time.sleep(0.05)


def has_no_end(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65536)


# Credentials


def as_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entries: str, ca: str) -> None:
    (tmp_path / "netrc").write_text(entries)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)


OWN = "machine localhost login ann password geheim\n"
DEFAULT = "default login ann password geheim\n"
BASIC = "Basic " + base64.b64encode(b"ann:geheim").decode()


@pytest.mark.parametrize(
    ("tls", "entries", "sent"),
    [
        (True, OWN, BASIC),
        (True, DEFAULT, None),
        (True, OWN.replace("localhost", "elsewhere.invalid") + DEFAULT, None),
        (False, OWN, None),
        (False, DEFAULT, None),
    ],
    ids=["own entry", "default entry", "another's entry", "unencrypted", "unencrypted default"],
)
def test_credentials_go_over_https_to_a_host_with_its_own_entry(
    serve: Callable[..., Server],
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
    entries: str,
    sent: str | None,
) -> None:
    as_the_user(monkeypatch, tmp_path, entries, bundle)
    server = serve(gives(DATA), certified(authority) if tls else None)
    path = download(server.url(), DIGEST, tmp_path / "fix.patch", DownloadOptions(_server_access))
    assert path.read_bytes() == DATA
    assert server.authorizations == [sent]


def test_nothing_is_read_that_is_not_handed_in(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests would send what ~/.netrc has to any host, and its default entry too."""
    as_the_user(monkeypatch, tmp_path, OWN + DEFAULT, "")
    server = serve(gives(DATA))
    download(server.url(), DIGEST, tmp_path / "fix.patch")
    assert server.authorizations == [None]


@pytest.mark.parametrize("over", ["https", "http"])
def test_a_redirect_to_another_host_drops_them(
    serve: Callable[..., Server],
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    over: str,
) -> None:
    as_the_user(monkeypatch, tmp_path, OWN, bundle)
    end = serve(gives(DATA), certified(authority) if over == "https" else None)
    start = serve(leads_to(end.url(host="127.0.0.1")), certified(authority))
    if over == "https":
        download(start.url(), DIGEST, tmp_path / "fix.patch", DownloadOptions(_server_access))
        assert end.authorizations == [None]
    else:
        with pytest.raises(UpstreamError, match="not encrypted"):
            download(start.url(), DIGEST, tmp_path / "fix.patch", DownloadOptions(_server_access))
        assert end.authorizations == []
    assert start.authorizations == [BASIC]


@pytest.mark.parametrize(
    ("tls", "words"), [(True, "put the credentials for localhost"), (False, "use its https URL")]
)
def test_access_denied_says_what_to_do(
    serve: Callable[..., Server],
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    tls: bool,
    words: str,
) -> None:
    server = serve(lambda request: request.send_error(401), certified(authority) if tls else None)
    with pytest.raises(UpstreamError, match=words):
        download(
            server.url(),
            DIGEST,
            tmp_path / "fix.patch",
            DownloadOptions(lambda _: Access(ca_bundle=bundle)),
        )


def test_a_failure_behind_a_redirect_names_both_places(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    end = serve(lambda request: request.send_error(404))
    start = serve(leads_to(end.url()))
    for server, words in ((end, ""), (start, f" (redirected to {end.url()})")):
        with pytest.raises(UpstreamError) as caught:
            download(server.url(), DIGEST, tmp_path / "fix.patch")
        assert caught.value.message == f"cannot fetch {server.url()}{words}: status 404"


def test_the_users_proxy_is_taken(serve: Callable[..., Server], tmp_path: Path) -> None:
    proxy = serve(gives(DATA))
    access = Access(proxies={"http": proxy.url()})
    download(
        "http://no-such-host.invalid/fix.patch",
        DIGEST,
        tmp_path / "fix.patch",
        DownloadOptions(lambda _: access),
    )


def test_a_secret_of_a_redirect_is_not_shown(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(leads_to("ftp://ann:geheim@127.0.0.1/x?token=geheim"))
    with pytest.raises(UpstreamError, match="which is not fetched") as caught:
        download(server.url(), DIGEST, tmp_path / "fix.patch")
    assert "geheim" not in str(caught.value)


# TLS


@pytest.mark.parametrize(
    ("names", "trusted"),
    [(("localhost",), False), (("other.invalid",), True)],
    ids=["unknown authority", "other host"],
)
def test_tls_failures(
    serve: Callable[..., Server],
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    names: tuple[str, ...],
    trusted: bool,
) -> None:
    server = serve(gives(DATA), certified(authority, *names))
    access = Access(credentials=Credentials("ann", "geheim"), ca_bundle=bundle if trusted else None)
    with pytest.raises(UpstreamError, match=r"certificate of .* is not trusted") as caught:
        download(server.url(), DIGEST, tmp_path / "fix.patch", DownloadOptions(lambda _: access))
    assert "certificate verify failed" in (caught.value.cause or "")
    assert server.authorizations == []


def test_tls_that_is_none(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(gives(DATA))
    with pytest.raises(UpstreamError, match=r"not trusted|cannot fetch"):
        download(server.url().replace("http:", "https:"), DIGEST, tmp_path / "fix.patch")


# Bounds


@pytest.mark.parametrize("answer", [drips, drips_its_headers], ids=["body", "headers"])
def test_a_byte_now_and_then(
    serve: Callable[..., Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    monkeypatch.setattr(downloads, "_SECONDS", 0.5)
    before = time.monotonic()
    with pytest.raises(UpstreamError, match="did not arrive completely within"):
        download(serve(answer).url(), DIGEST, tmp_path / "fix.patch")
    assert time.monotonic() - before < 3
    assert not (tmp_path / "fix.patch").exists()


def test_a_server_that_says_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(lambda _: time.sleep(3))
    with pytest.raises(UpstreamError, match="cannot fetch"):
        download(
            server.url(),
            DIGEST,
            tmp_path / "fix.patch",
            DownloadOptions(lambda _: Access(timeout=0.2)),
        )


def test_a_body_without_end(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_LARGEST", 1 << 20)
    with pytest.raises(UpstreamError, match="too large"):
        download(serve(has_no_end).url(), DIGEST, tmp_path / "fix.patch")


def test_a_gzip_bomb_is_not_taken_apart(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_LARGEST", 1 << 20)
    bomb = gzip.compress(bytes(100 << 20))
    server = serve(gives(bomb, Content_Encoding="gzip"))
    with pytest.raises(UpstreamError, match="has SHA-256"):
        download(server.url(), DIGEST, tmp_path / "fix.patch")
    digest = hashlib.sha256(bomb).hexdigest()
    # a tarball that a server calls an encoding of a tar is taken as it lies there
    assert download(server.url(), digest, tmp_path / "x.gz").read_bytes() == bomb


def test_a_body_that_is_cut(serve: Callable[..., Server], tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(DATA)

    with pytest.raises(UpstreamError, match="cannot fetch"):
        download(serve(answer).url(), DIGEST, tmp_path / "fix.patch")


def test_redirects_without_end(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve(leads_to("/again/fix.patch"))
    with pytest.raises(UpstreamError, match="redirected more than 5 times"):
        download(server.url(), DIGEST, tmp_path / "fix.patch")
    assert len(server.authorizations) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "//[broken"])
def test_redirects_to_what_is_no_server(
    serve: Callable[..., Server], tmp_path: Path, target: str
) -> None:
    with pytest.raises(SeriesError, match=r"not fetched|cannot fetch"):
        download(serve(leads_to(target)).url(), DIGEST, tmp_path / "fix.patch")


def test_work_in_time_is_returned_and_its_error_raised() -> None:
    given: list[threading.Event] = []

    def waits(over: threading.Event) -> bool:
        given.append(over)
        return over.wait(5)

    assert within(5, lambda _: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda _: 1 // 0)
    with pytest.raises(TimeOverError):
        within(0.05, waits)
    assert given[0].is_set(), "so that it stops"


def test_a_file_is_read_from_where_it_is_redirected_to(serve: Callable[..., Server]) -> None:
    end = serve(gives(DATA))
    start = serve(leads_to(end.url()))
    found = fetch_bytes(start.url(), lambda _: Access(), largest=1 << 20, seconds=5)
    assert found == DATA


def test_a_redirect_to_an_invalid_url_is_told() -> None:
    with pytest.raises(UpstreamError, match=r"^https://a/x is redirected to an invalid URL"):
        _redirected("https://a/x", "https://a/y", "//[broken")


def test_offline_a_damaged_file_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "fix.patch"
    offline = DownloadOptions(offline=True)
    with pytest.raises(UpstreamError, match=r"^https://a/x is not in the cache; "):
        download("https://a/x", DIGEST, path, offline)
    path.write_bytes(DATA[1:])
    with pytest.raises(UpstreamError, match=r"fix\.patch is damaged; "):
        download("https://a/x", DIGEST, path, offline)


def test_a_directory_in_the_place_of_the_file_makes_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_downloaded", lambda *_: DATA)
    path = tmp_path / "fix.patch"
    path.mkdir()
    assert download("https://a/x", DIGEST, path).read_bytes() == DATA
