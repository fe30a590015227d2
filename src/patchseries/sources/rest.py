"""Gerrit's REST API over HTTP: GET with retries, and an error for each way it can fail.

Nothing of the caller's environment is read: credentials, proxies and the CA bundle are handed in.
(https://gerrit-review.googlesource.com/Documentation/rest-api.html)
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from patchseries.errors import SeriesError, UpstreamError
from patchseries.parsing import parse_json
from patchseries.sources.access import Access, Credentials
from patchseries.sources.http import (
    FAILURES,
    TimeOverError,
    read_body,
    session,
    untrusted,
    within,
)

_PREFIX = ")]}'"
"""Stands before every JSON answer, against cross-site inclusion."""
_LARGEST = 32 << 20
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)

Query = Mapping[str, str | int]


class NotFoundError(UpstreamError):
    """The server says that there is no such thing, or that one may not see it (404)."""


class _PassingError(Exception):
    """A failure that may be over when it is tried again, and what it becomes when it is not."""

    def __init__(self, final: UpstreamError, wait: float | None = None) -> None:
        super().__init__(final.message)
        self.final = final
        self.wait = wait


class RestClient:
    """GET requests to one Gerrit server."""

    def __init__(self, url: str, access: Access | None = None) -> None:
        """Talk to the Gerrit whose start page is *url*.

        :raises SeriesError: the URL is none, carries a password, or would send one in the clear
        """
        self.url = url.rstrip("/")
        self._access = access or Access()
        _check_url(self.url, self._access.credentials)
        self._session = session(self._access)
        self._session.headers["Accept"] = "application/json"

    def get(self, *path: str, query: Query | None = None) -> Any:
        """The JSON value at *path* (parts, not yet quoted).

        :raises NotFoundError: 404
        :raises UpstreamError: any other failure, after as many attempts as are allowed
        """
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(self._access.attempts),
            wait=_wait,
            sleep=self._access.sleep,
            reraise=True,
        )
        try:
            return retrying(self._get_once, "/".join(quote(p, safe="~") for p in path), query)
        except _PassingError as error:
            raise error.final from error.__cause__

    def _get_once(self, path: str, query: Query | None) -> Any:
        credentials = self._access.credentials
        # Below /a/ Gerrit asks for credentials; elsewhere it ignores them.
        url = f"{self.url}/a/{path}" if credentials else f"{self.url}/{path}"
        auth = (credentials.user, credentials.password) if credentials else None

        def ask(over: threading.Event) -> tuple[requests.Response, bytes]:
            with self._session.get(
                url,
                params=query,
                auth=auth,
                stream=True,
                allow_redirects=False,
                timeout=self._access.timeout,
            ) as response:
                return response, read_body(response, _LARGEST, over)

        try:
            return self._answer(*within(self._access.longest_answer, ask))
        except TimeOverError:
            raise UpstreamError(
                f"{self.url} did not answer completely within {self._access.longest_answer:.0f} s",
                hint="try again later",
            ) from None
        except requests.exceptions.SSLError as error:
            raise untrusted(self.url, error) from error
        except FAILURES as error:
            raise _PassingError(
                UpstreamError(
                    f"cannot reach {self.url}",
                    cause=type(error).__name__,
                    hint="check the URL and the network, and run it again",
                )
            ) from error

    def _answer(self, response: requests.Response, body: bytes) -> Any:
        status = response.status_code
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding != "identity":
            raise UpstreamError(f"{self.url} sent a compressed answer without being asked")
        if status == HTTPStatus.OK:
            return self._value(body)
        words = _words(body)
        if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._busy(response, words)
        if status == HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"{self.url} has no such change", cause=words)
        if status == HTTPStatus.CONFLICT:
            raise UpstreamError(f"{self.url} cannot answer that now", cause=words)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise self._denied(status)
        if response.is_redirect:
            raise UpstreamError(
                f"{self.url} redirects to {_words(response.headers['Location'].encode())}",
                hint="correct `gerrit` in the manifest",
            )
        raise UpstreamError(f"{self.url} answered with status {status}", cause=words)

    def _value(self, body: bytes) -> Any:
        text = body.decode("utf-8", "replace")
        if text.lstrip()[:1] == "<":
            raise UpstreamError(
                f"{self.url} answered with a web page, not as Gerrit does",
                cause=_words(body),
                hint="`gerrit` in the manifest is the URL of Gerrit's start page",
            )
        if text and not text.startswith(_PREFIX):
            raise UpstreamError(
                f"{self.url} does not answer as Gerrit does",
                hint="`gerrit` in the manifest is the URL of Gerrit's start page",
            )
        try:
            return parse_json(text.removeprefix(_PREFIX))
        except ValueError as error:
            raise _PassingError(
                UpstreamError(f"the answer of {self.url} is cut off or not JSON", cause=str(error))
            ) from error

    def _busy(self, response: requests.Response, words: str | None) -> Exception:
        wait = _retry_after(response)
        final = UpstreamError(
            f"{self.url} cannot answer now (status {response.status_code})",
            cause=words,
            hint="try again later" if wait is None else f"try again in {wait:.0f} s",
        )
        if wait is not None and wait > self._access.longest_wait:
            return final
        return _PassingError(final, wait)

    def _denied(self, status: int) -> UpstreamError:
        if self._access.credentials:
            hint = "the credentials were refused: use the HTTP password from Gerrit's settings"
        else:
            hint = f"put the credentials for {urlsplit(self.url).hostname} into ~/.netrc"
        return UpstreamError(f"{self.url} denies access (status {status})", hint=hint)


def _check_url(url: str, credentials: Credentials | None) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SeriesError(f"not the URL of a Gerrit server: {url!r}")
    if parts.username or parts.password:
        raise SeriesError(
            f"the URL of the Gerrit server {parts.hostname} contains credentials",
            hint="move them from the manifest into ~/.netrc",
        )
    if credentials and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise SeriesError(
            f"credentials for {parts.hostname} would be sent unencrypted",
            hint="write https:// in the manifest",
        )


def _retry_after(response: requests.Response) -> float | None:
    """The seconds to wait that the server asks for (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        # Both are the server's clock, so that ours does not matter.
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _PassingError) and error.wait is not None:
        return error.wait
    return _BACKOFF(state)


_BACKOFF = wait_exponential(multiplier=0.5, max=15) + wait_random(0, 0.5)


def _words(body: bytes) -> str | None:
    """The start of what a server says, on one line, without markup or control characters."""
    text = re.sub(r"<[^<>]*>", " ", body[:2000].decode("utf-8", "replace"))
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:200] or None
