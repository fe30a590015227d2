"""No password, and no token, of a URL is shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.errors import SeriesError, UpstreamError
from patchseries.redaction import has_user_info, redacted

SECRET = "geh3im"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:geh3im@host/x", "https://***@host/x"),
        ("https://geh3im@host/x.git", "https://***@host/x.git"),  # a token as the user's name
        ("HTTPS://ann:geh3im@host", "HTTPS://***@host"),
        ("https://ann:p@geh3im@host/x", "https://***@host/x"),
        ("https://ann:%67eh3im@host/", "https://***@host/"),
        ("https://ann:geh3im/x@host/r", "https://***@host/r"),
        ("https://:geh3im@host/", "https://***@host/"),
        ("http://ann:geh3im@[::1]:80/", "http://***@[::1]:80/"),
        ("no repository at /p/https:/ann:geh3im@h/x", "no repository at /p/https:/***@h/x"),
        ("ssh:/git:geh3im@h/x", "ssh:/git:***@h/x"),
        ("socks5h://ann:geh3im@proxy:1080", "socks5h://***@proxy:1080"),
        ("file://ann:geh3im@host/srv", "file://***@host/srv"),
        ("ssh://git:geh3im@host/x", "ssh://git:***@host/x"),
        ("fatal: unable to access 'https://ann:geh3im@h/x/': 403", None),
        ("two: https://a:geh3im@h/x and https://b:geh3im@i/y", None),
        ("https://h/x?private_token=geh3im&page=2", "https://h/x?private_token=***&page=2"),
        ("https://h/x?page=2&X-Amz-Signature=geh3im", "https://h/x?page=2&X-Amz-Signature=***"),
        ("https://h/x#access_token=geh3im", "https://h/x#access_token=***"),
        ("Location: /login?next=https%3A//ann:geh3im@h/", None),
        ("next=https%3A%2F%2Fann%3Ageh3im%40h%2F", None),
        ("a" * 50 + "https://ann:geh3im@h/", None),
        ("https://ann:" + "x" * 5000 + "geh3im@h/", "https://***@h/"),
        ("Authorization: Basic geh3im", "Authorization: Basic ***"),
    ],
)
def test_a_secret_is_hidden(text: str, shown: str | None) -> None:
    assert SECRET not in redacted(text)
    assert shown is None or redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://opendev.org/openstack/nova.git",
        "https://host:8443/x@y",
        "https://host/@scope/package",
        "ssh://git@host:29418/org/project",
        "see ssh://git@host:29418/org/project",
        "git@host:org/project.git",
        "git@host:/org/project@v1",
        "file:///srv/git/x.git",
        "Ada Baker <ada@example.org>",
        "http://[::1]:8080/a",
        "http://127.0.0.1:8080: a person@example.org",
        "see http://host:80, or write to ada@example.org",
        "at 12:30 https://h/?page=2&key-map=",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert redacted(text) == text
    assert not has_user_info(text)


@given(
    st.sampled_from(["https", "http", "git", "ssh", "socks5", "ftp"]),
    st.text("abcXYZ0189-._~%!$&*+,;=:", max_size=20),
    st.text("abcXYZ0189-._~%!$&*+,;=:@", max_size=20),
)
def test_any_password(scheme: str, before: str, after: str) -> None:
    url = f"{scheme}://ann:{before}{SECRET}{after}@host/path"
    assert SECRET not in redacted(f"fatal: '{url}' and so on")


@pytest.mark.parametrize(
    "url", ["https://ann:x@h/", "https://token@h/", "ssh://git:x@h/", "git://a@h/", "file://a:b@h/"]
)
def test_a_url_that_names_who_one_is(url: str) -> None:
    assert has_user_info(url)


@given(st.text())
def test_twice_is_as_good_as_once(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "a:",
        "%3A//",
        "a%3A//b",
        "authorization:",
        "://",
        "a://",
        "a://b:c",
        "a://b:c@",
        "?token=",
        "@",
    ],
)
def test_a_megabyte_takes_no_time(part: str) -> None:
    text = part * (1_000_000 // len(part))
    before = time.process_time()
    redacted(text)
    assert time.process_time() - before < 5


def test_an_error_holds_none_in_any_part() -> None:
    url = f"https://ann:{SECRET}@host/"
    error = SeriesError(url, cause=f"x {url}", hint=f"y {url}")
    for words in (error.message, error.cause, error.hint, str(error), repr(error)):
        assert SECRET not in str(words)
    assert SECRET not in str(UpstreamError("cannot fetch", cause=url))
