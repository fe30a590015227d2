"""HTTP from untrusted servers: bounded in time, bytes and redirects.

requests sends what ``~/.netrc`` holds (its ``default`` entry too) to whatever host it is led to,
over any connection. Here it reads nothing by itself: what is sent where comes from
:class:`Access`, credentials go over https only, and each redirect asks anew.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from patchseries.errors import UpstreamError
from patchseries.sources.access import Access

T = TypeVar("T")

_TLS = re.compile(r"\[SSL[^\]]{0,80}\][^()]{0,200}(?:\([^()]{0,80}\))?|doesn't match[^\"]{0,200}")
_CHUNK = 1 << 16
_REDIRECTS = 5

FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)
"""What may be raised while an answer is awaited or read (ValueError: a Location that is no URL)."""


class TimeOverError(Exception):
    """The work was not done in the time it had."""


def session(access: Access) -> requests.Session:
    """A session that reads nothing of the environment, and asks for bytes as they are."""
    made = requests.Session()
    made.trust_env = False
    made.proxies.update(access.proxies)
    made.verify = access.ca_bundle or True
    # A compressed answer of a few kB may be as large as the disk when it is taken apart.
    made.headers["Accept-Encoding"] = "identity"
    return made


def within(seconds: float, work: Callable[[threading.Event], T]) -> T:
    """What *work* returns; it is given an event that is set when it may stop.

    A server that sends a byte now and then keeps a read from ever timing out, so the work is
    left behind where it is: in a thread that ends with the program, if not before.

    :raises TimeOverError: after so many *seconds*
    """
    over = threading.Event()
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work(over))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        over.set()
    if failed:
        raise failed[0]
    if not done:
        raise TimeOverError
    return done[0]


def read_body(response: requests.Response, largest: int, over: threading.Event) -> bytes:
    """The bytes of an answer, as they came.

    :raises UpstreamError: there are more than *largest*
    """
    parts = bytearray()
    while not over.is_set():
        # one read gives what is there: the event is looked at between two packets
        chunk = response.raw.read1(_CHUNK, decode_content=False)
        if not chunk:
            break
        parts += chunk
        if len(parts) > largest:
            host = urlsplit(response.url).hostname
            raise UpstreamError(f"the answer of {host} is too large: over {largest} bytes")
    return bytes(parts)


def fetch_bytes(
    url: str, access: Callable[[str], Access], *, largest: int, seconds: float
) -> bytes:
    """The file at *url*, wherever it is redirected to.

    :param access: how the server of a URL is reached
    :raises UpstreamError: not reachable, not there, too large, too slow, redirected for ever
    """
    try:
        return within(seconds, lambda over: _follow(url, access, largest, over))
    except TimeOverError:
        raise UpstreamError(
            f"{url} did not arrive completely within {seconds:.0f} s",
            hint="try again later, or download it yourself and name the file",
        ) from None


def _follow(
    url: str, access: Callable[[str], Access], largest: int, over: threading.Event
) -> bytes:
    at = url
    for _ in range(_REDIRECTS + 1):
        with _get(at, access(at)) as response:
            if not response.is_redirect:
                return _body(response, url, at, largest, over)
            target = response.headers["Location"]
        at = _redirected(url, at, target)
    raise UpstreamError(
        f"{url} is redirected more than {_REDIRECTS} times", hint="use the URL of the file itself"
    )


def _get(url: str, access: Access) -> requests.Response:
    known = access.credentials
    is_safe = urlsplit(url).scheme == "https"
    auth = (known.user, known.password) if known and is_safe else None
    try:
        return session(access).get(
            url, auth=auth, stream=True, allow_redirects=False, timeout=access.timeout
        )
    except requests.exceptions.SSLError as error:
        raise untrusted(url, error) from error
    except FAILURES as error:
        raise _unreachable(url, error) from error


def _body(
    response: requests.Response, url: str, at: str, largest: int, over: threading.Event
) -> bytes:
    status = response.status_code
    if status != HTTPStatus.OK:
        hint = "check the URL"
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            hint = f"put the credentials for {urlsplit(at).hostname} into ~/.netrc"
            if urlsplit(at).scheme != "https":
                hint = "use its https URL: credentials are sent only over https"
        where = url if at == url else f"{url} (redirected to {at})"
        raise UpstreamError(f"cannot fetch {where}: status {status}", hint=hint)
    try:
        return read_body(response, largest, over)
    except FAILURES as error:
        raise _unreachable(url, error) from error


def _redirected(url: str, at: str, location: str) -> str:
    """The URL that *at* sends to by *location*."""
    try:
        target = urljoin(at, location)
        scheme = urlsplit(target).scheme
    except ValueError:
        raise UpstreamError(f"{url} is redirected to an invalid URL: {location!r}") from None
    if scheme not in ("http", "https"):
        raise UpstreamError(f"{url} is redirected to {target}, which is not fetched")
    if scheme == "http" and urlsplit(at).scheme == "https":
        raise UpstreamError(
            f"{url} is redirected to {target}, which is not encrypted",
            hint="use the URL of the file itself",
        )
    return target


def untrusted(url: str, error: BaseException) -> UpstreamError:
    """A TLS failure in words."""
    return UpstreamError(
        f"the certificate of {url} is not trusted",
        cause=_tls_words(error),
        hint="check the URL; name the CA bundle of your organisation in REQUESTS_CA_BUNDLE",
    )


def _unreachable(url: str, error: BaseException) -> UpstreamError:
    return UpstreamError(
        f"cannot fetch {url}",
        cause=type(error).__name__,
        hint="check the URL and the network, and run it again",
    )


def _tls_words(error: BaseException) -> str:
    """OpenSSL's reason, from inside the layers around it."""
    found = _TLS.search(str(error))
    return found[0].strip() if found else type(error).__name__
