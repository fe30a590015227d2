"""The Gerrit client against a server that behaves like Gerrit, and against its mishaps."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from patchseries.errors import SeriesError, UpstreamError
from patchseries.model import ChangeId, CommitId
from patchseries.sources import Cache, FetchOptions, Want, fetch
from patchseries.sources.access import Access, Credentials, credentials_for
from patchseries.sources.gerrit import (
    AmbiguousChangeError,
    ChangeState,
    Gerrit,
    GerritChange,
    _ChangeInfo,
    _valid,
)
from patchseries.sources.patchset import find_patchset
from patchseries.sources.plan import ChangeWant
from patchseries.sources.rest import NotFoundError, RestClient, _PassingError
from support.gerrit_server import PREFIX, FakeChange, GerritServer, Mishap, serve_gerrit
from support.upstreams import Upstream

CHANGE = ChangeId("I" + "0123456789" * 4)
OTHER = ChangeId("I" + "f" * 40)
PROJECT = "org/project.git"
FIRST, SECOND = "1" * 40, "2" * 40
WEB_PAGE = b"<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"


class Waits(list[float]):
    """Records what would have been slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GerritServer]:
    (tmp_path / "upstreams").mkdir(exist_ok=True)
    with serve_gerrit(tmp_path / "upstreams") as running:
        running.changes = [FakeChange(42967, PROJECT, "master", CHANGE, [FIRST, SECOND])]
        yield running


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def access(waits: Waits) -> Access:
    return Access(sleep=waits, timeout=5.0)


@pytest.fixture
def gerrit(server: GerritServer, access: Access) -> Gerrit:
    return Gerrit(server.base, access)


# What it answers


@pytest.mark.parametrize(
    "name",
    [CHANGE, "42967", f"{PROJECT}~42967", f"{PROJECT}~master~{CHANGE}"],
    ids=["change-id", "number", "project and number", "triplet"],
)
def test_a_change_by_each_of_its_names(gerrit: Gerrit, name: str) -> None:
    found = gerrit.change(name)
    assert isinstance(found, GerritChange)
    assert (found.number, found.project, found.branch) == (42967, PROJECT, "master")
    assert found.state is ChangeState.NEW
    assert [(p.number, p.ref, p.commit) for p in found.patchsets] == [
        (1, "refs/changes/67/42967/1", FIRST),
        (2, "refs/changes/67/42967/2", SECOND),
    ]
    assert found.newest.number == 2
    assert found.name == f"{PROJECT}~master~{CHANGE}"


@pytest.mark.parametrize("state", ["NEW", "MERGED", "ABANDONED"])
def test_states(server: GerritServer, gerrit: Gerrit, state: str) -> None:
    server.changes[0].status = state
    assert gerrit.change(CHANGE).state == state


def test_several_changes_are_listed(server: GerritServer, gerrit: Gerrit) -> None:
    stable = FakeChange(5, PROJECT, "stable/havana", CHANGE, [FIRST], "MERGED")
    server.changes.append(stable)
    with pytest.raises(AmbiguousChangeError) as caught:
        gerrit.change(CHANGE)
    assert f"{PROJECT}~master~{CHANGE} (number 42967, NEW)" in caught.value.message
    assert f"{PROJECT}~stable/havana~{CHANGE} (number 5, MERGED)" in caught.value.message
    assert gerrit.change(CHANGE, branch="stable/havana").number == 5
    assert gerrit.change(f"{PROJECT}~stable/havana~{CHANGE}").number == 5
    assert gerrit.change(CHANGE, project=PROJECT, branch="master").number == 42967


def test_a_search_over_pages(server: GerritServer, gerrit: Gerrit) -> None:
    server.page = 2
    server.changes = [FakeChange(n, PROJECT, f"b{n}", CHANGE, [FIRST]) for n in range(1, 8)]
    assert [change.number for change in gerrit.search(CHANGE)] == list(range(1, 8))
    assert len(server.paths) == 4
    with pytest.raises(AmbiguousChangeError, match="matches 7 changes") as caught:
        gerrit.change(CHANGE)
    assert caught.value.message.endswith(" and 2 more")
    assert caught.value.message.count("(number ") == 5


def test_pages_without_end_are_left(server: GerritServer, gerrit: Gerrit) -> None:
    row = server.changes[0].info(revisions=True) | {"_more_changes": True}
    pages = ([row | {"_number": 200 * n + k + 1} for k in range(200)] for n in range(20))
    server.mishaps = [Mishap(body=PREFIX + json.dumps(page).encode()) for page in pages]
    with pytest.raises(UpstreamError, match="more than 1000 answers"):
        gerrit.search(CHANGE)


def test_a_redirect_to_no_url(server: GerritServer, gerrit: Gerrit) -> None:
    server.mishaps = [Mishap(status=302, headers={"Location": "//[broken"})] * 4
    with pytest.raises(UpstreamError, match="cannot reach"):
        gerrit.search(CHANGE)


def test_a_gerrit_that_sends_a_byte_now_and_then(server: GerritServer, access: Access) -> None:
    server.mishaps = [Mishap(body=PREFIX * 4, drip=0.05)]
    gerrit = Gerrit(server.base, replace(access, longest_answer=0.2))
    with pytest.raises(UpstreamError, match="did not answer completely"):
        gerrit.search(CHANGE)
    assert len(server.paths) == 1


def test_the_same_page_again_and_again_is_left(server: GerritServer, gerrit: Gerrit) -> None:
    row = server.changes[0].info(revisions=True) | {"_more_changes": True}
    server.mishaps = [Mishap(body=PREFIX + json.dumps([row]).encode())] * 2000
    with pytest.raises(UpstreamError, match=r"repeats its answers to"):
        gerrit.search(CHANGE)
    assert len(server.paths) == 2


def test_many_small_pages_are_left_in_time(server: GerritServer, access: Access) -> None:
    server.page = 1
    server.changes = [FakeChange(n, PROJECT, f"b{n}", CHANGE, [FIRST]) for n in range(1, 500)]
    with pytest.raises(UpstreamError, match=r"did not answer change:.* completely within 0 s"):
        Gerrit(server.base, replace(access, longest_search=0.3)).search(CHANGE)
    assert len(server.paths) < 499


@pytest.mark.parametrize("name", [OTHER, "7", f"{PROJECT}~master~{OTHER}"])
def test_no_such_change(gerrit: Gerrit, name: str) -> None:
    with pytest.raises(UpstreamError, match=f"has no change {name}"):
        gerrit.change(name)


@pytest.mark.parametrize("name", ["", "I123", "--upload-pack=x", "a b", "../x", f"{CHANGE}x"])
def test_what_is_no_name_is_not_asked_for(server: GerritServer, gerrit: Gerrit, name: str) -> None:
    with pytest.raises(SeriesError, match="not a change"):
        gerrit.change(name)
    assert server.paths == []


@pytest.mark.parametrize("name", ['x" OR status:open "', "x\\", "x\ny", "x\x1b"])
def test_a_query_cannot_be_extended_by_a_name(
    server: GerritServer, gerrit: Gerrit, name: str
) -> None:
    for words in ({"project": name}, {"branch": name}):
        with pytest.raises(SeriesError, match="not a name"):
            gerrit.change(CHANGE, **words)
    assert server.paths == []


# A patchset as a source


def published(server: GerritServer, upstream: Upstream) -> tuple[CommitId, CommitId]:
    """A change on no branch, with two patchsets, on the server in REST and git."""
    root = upstream.commit({"a": b"1\n"}, "root")
    commits = [
        upstream.commit({"a": text}, f"Change\n\nChange-Id: {CHANGE}", branch="x", parent=root)
        for text in (b"2\n", b"3\n")
    ]
    upstream.repository.run("update-ref", "-d", "refs/heads/x")
    change = server.changes[0]
    change.commits = [str(commit) for commit in commits]
    for number, commit in enumerate(commits, 1):
        upstream.repository.run("update-ref", change.ref(number), commit)
    return commits[0], commits[1]


def wanted(server: GerritServer, patchset: int | None, change_id: ChangeId = CHANGE) -> Want:
    """The patchset as the plan of a series wants it."""
    change = ChangeWant(server.base, PROJECT, change_id, "master", patchset)
    rev = f"changes/{change_id}/{patchset or 'newest'}"
    return Want(f"{server.base}/{PROJECT}", rev, True, None, "source of x", change)


def brought(
    cache: Cache,
    want: Want,
    access: Access,
    pin: CommitId | None = None,
    *,
    offline: bool = False,
) -> CommitId:
    """What fetching *want* gives, with *pin* in the lock."""
    pinned = {(want.repository, want.rev): pin} if pin else {}
    options = FetchOptions(offline=offline, access=lambda _: access)
    return fetch(cache, [want], pinned, options)[want.repository, want.rev]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.parametrize("state", ["NEW", "MERGED", "ABANDONED"])
def test_a_patchset_is_fetched_with_its_parent(
    server: GerritServer, access: Access, upstream: Upstream, cache: Cache, state: str, by_id: bool
) -> None:
    server.behaviour.by_id = by_id
    first, second = published(server, upstream)
    server.changes[0].status = state
    want = wanted(server, 1)
    assert brought(cache, want, access) == first
    with cache.locked(want.repository) as repository:
        commit = repository.commit(first)
        tree = repository.commit(commit.parents[0]).tree
        assert repository.file(commit.tree, "a") == b"2\n"
        assert repository.file(tree, "a") == b"1\n"
    assert brought(cache, wanted(server, None), access) == second


def test_what_is_pinned_and_at_hand_needs_no_gerrit(
    server: GerritServer, access: Access, upstream: Upstream, cache: Cache
) -> None:
    first, _ = published(server, upstream)
    want = wanted(server, 1)
    brought(cache, want, access)
    asked = len(server.traffic.requests) + len(server.paths)
    assert brought(cache, want, access, first) == first
    assert brought(cache, want, access, first, offline=True) == first
    assert len(server.traffic.requests) + len(server.paths) == asked


def test_the_newest_stays_the_one_that_was_pinned(
    server: GerritServer, access: Access, upstream: Upstream, cache: Cache
) -> None:
    first, second = published(server, upstream)
    want = wanted(server, None)
    assert brought(cache, want, access, first) == first
    assert brought(Cache(cache.root / "other"), want, access) == second


def test_another_commit_than_pinned(
    server: GerritServer, access: Access, upstream: Upstream, cache: Cache
) -> None:
    first, second = published(server, upstream)
    with pytest.raises(UpstreamError, match=f"is {second}, but was pinned as {first}"):
        brought(cache, wanted(server, 2), access, first)


def test_git_gives_another_commit_than_gerrit_says(
    server: GerritServer, access: Access, upstream: Upstream, cache: Cache
) -> None:
    published(server, upstream)
    server.changes[0].commits[0] = FIRST
    with pytest.raises(UpstreamError, match=f"is not {FIRST}, as its Gerrit says"):
        brought(cache, wanted(server, 1), access)


def test_a_patchset_that_is_not_there(server: GerritServer, access: Access) -> None:
    change = wanted(server, 3).change
    assert change is not None
    with pytest.raises(UpstreamError, match="has no patchset 3") as caught:
        find_patchset(change, None, access)
    assert caught.value.hint == "its newest is 2"


def test_several_changes_for_a_source(server: GerritServer, access: Access, cache: Cache) -> None:
    server.changes.append(FakeChange(5, PROJECT, "stable/havana", CHANGE, [FIRST]))
    want = wanted(server, 1)
    assert want.change is not None
    unnamed = replace(want, change=replace(want.change, branch=None))
    with pytest.raises(AmbiguousChangeError, match="matches 2 changes"):
        brought(cache, unnamed, access)


def test_offline_and_not_in_the_cache(server: GerritServer, access: Access, cache: Cache) -> None:
    with pytest.raises(UpstreamError, match="not in the cache"):
        brought(cache, wanted(server, 1), access, offline=True)


# Mishaps that pass

PASSING = [
    Mishap(status=500, body=b"Internal server error"),
    Mishap(status=502, body=WEB_PAGE),
    Mishap(status=503),
    Mishap(status=429, body=b"slow down"),
    Mishap(hang_up=True),
    Mishap(cut=60),
    Mishap(body=PREFIX + b'[{"_number": 42967, "pro'),
    Mishap(body=b""),
]
IDS = ["500", "502 page", "503", "429", "hang up", "cut", "truncated JSON", "empty"]


@pytest.mark.parametrize("mishap", PASSING, ids=IDS)
def test_a_mishap_that_passes_is_waited_out(
    server: GerritServer, gerrit: Gerrit, waits: Waits, mishap: Mishap
) -> None:
    server.mishaps = [mishap, mishap]
    assert gerrit.change(CHANGE).number == 42967
    assert len(waits) == 2
    assert 0 < waits[0] < waits[1] <= 20


@pytest.mark.parametrize("mishap", PASSING, ids=IDS)
def test_a_mishap_that_stays_is_an_error(
    server: GerritServer, gerrit: Gerrit, waits: Waits, mishap: Mishap
) -> None:
    server.mishaps = [mishap] * 10
    with pytest.raises(UpstreamError) as caught:
        gerrit.change(CHANGE)
    assert server.base in caught.value.message
    assert len(waits) == 3
    assert len(server.mishaps) == 6


def test_a_time_out(server: GerritServer, access: Access) -> None:
    server.mishaps = [Mishap(delay=0.6)]
    gerrit = Gerrit(server.base, replace(access, timeout=0.2))
    assert gerrit.change(CHANGE).number == 42967
    assert len(server.paths) == 2


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        (
            {
                "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            30,
        ),
    ],
    ids=["seconds", "date"],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(
    server: GerritServer,
    gerrit: Gerrit,
    waits: Waits,
    status: int,
    headers: dict[str, str],
    wait: int,
) -> None:
    server.mishaps = [Mishap(status=status, headers=headers)]
    gerrit.change(CHANGE)
    assert waits == [wait]


def test_retry_after_too_long_is_not_waited_for(
    server: GerritServer, gerrit: Gerrit, waits: Waits
) -> None:
    server.mishaps = [Mishap(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(UpstreamError) as caught:
        gerrit.change(CHANGE)
    assert caught.value.hint == "try again in 3600 s"
    assert waits == []


def test_a_retry_after_that_says_nothing(
    server: GerritServer, gerrit: Gerrit, waits: Waits
) -> None:
    server.mishaps = [Mishap(status=429, headers={"Retry-After": "soon"})]
    assert gerrit.change(CHANGE).number == 42967
    assert len(waits) == 1


# Answers that will not get better


@pytest.mark.parametrize(
    ("mishap", "words"),
    [
        (Mishap(body=WEB_PAGE), "answered with a web page"),
        (Mishap(body=b'{"ok": true}'), "does not answer as Gerrit does"),
        (Mishap(status=401), "denies access"),
        (Mishap(status=403), "denies access"),
        (Mishap(status=409, body=b"change is busy"), "cannot answer that now"),
        (Mishap(status=400, body=b"bad query"), "status 400"),
        (Mishap(status=302, headers={"Location": "https://x.invalid/login"}), "redirects to"),
        (Mishap(body=b"x", headers={"Content-Encoding": "gzip"}), "sent a compressed answer"),
        (Mishap(body=PREFIX + b"{}"), "is not a list"),
        (Mishap(body=PREFIX + b'["x"]'), "not what its documentation says"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_will_not_get_better_is_not_tried_again(
    server: GerritServer, gerrit: Gerrit, waits: Waits, mishap: Mishap, words: str
) -> None:
    server.mishaps = [mishap]
    with pytest.raises(UpstreamError, match=words):
        gerrit.change(CHANGE)
    assert waits == []
    assert len(server.paths) == 1


def test_404_of_a_number(gerrit: Gerrit) -> None:
    with pytest.raises(NotFoundError) as caught:
        gerrit.change("7")
    assert caught.value.cause == "Not found"


@pytest.mark.parametrize(
    "change",
    [
        {"change_id": "I12"},
        {"_number": -1},
        {"_number": "x"},
        {"status": "EXPLODED"},
        {"project": "../../etc"},
        {"project": "--upload-pack=x"},
        {"project": "a//../b"},
        {"revisions": {}},
        {"revisions": {"--all": {"_number": 1}}},
        {"revisions": {FIRST: {"_number": 0}}},
        {"revisions": {FIRST: {"_number": 1}, SECOND: {"_number": 1}}},
        {"revisions": [FIRST]},
    ],
    ids=str,
)
def test_a_hostile_answer_is_refused(
    server: GerritServer, gerrit: Gerrit, change: dict[str, Any]
) -> None:
    row = server.changes[0].info(revisions=True) | change
    server.mishaps = [Mishap(body=PREFIX + json.dumps([row]).encode())]
    with pytest.raises(UpstreamError, match="not what its documentation says"):
        gerrit.search(CHANGE)


def test_the_ref_of_an_answer_is_not_used(server: GerritServer, gerrit: Gerrit) -> None:
    row = server.changes[0].info(revisions=True)
    row["revisions"][FIRST]["ref"] = "--upload-pack=touch x"
    server.mishaps = [Mishap(body=PREFIX + json.dumps([row]).encode())]
    assert gerrit.search(CHANGE)[0].patchsets[0].ref == "refs/changes/67/42967/1"


@pytest.mark.parametrize("name", ["7", f"{PROJECT}~master~{OTHER}", f"other~{42967}"])
def test_another_change_than_asked_for(server: GerritServer, gerrit: Gerrit, name: str) -> None:
    row = server.changes[0].info(revisions=True)
    server.mishaps = [Mishap(body=PREFIX + json.dumps(row).encode())]
    with pytest.raises(UpstreamError, match="asked for change"):
        gerrit.change(name)


def test_an_answer_without_end(
    server: GerritServer, gerrit: Gerrit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.sources.rest._LARGEST", 100_000)
    server.mishaps = [Mishap(body=PREFIX + b"[" + b" " * 200_000)]
    with pytest.raises(UpstreamError, match="too large"):
        gerrit.change(CHANGE)


def test_words_of_a_server_are_shown_plain(server: GerritServer, gerrit: Gerrit) -> None:
    server.mishaps = [Mishap(status=400, body=b"<b>bad\x1b[31m</b>\r\nquery" + b"!" * 5000)]
    with pytest.raises(UpstreamError) as caught:
        gerrit.change(CHANGE)
    assert caught.value.cause is not None
    assert caught.value.cause.startswith("bad [31m query!!!")
    assert len(caught.value.cause) == 200


def test_nobody_listens(access: Access, waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UpstreamError, match="cannot reach"):
        Gerrit(f"http://127.0.0.1:{port}", access).change(CHANGE)
    assert len(waits) == 3


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secured(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("certified", "trusted", "works"),
    [("127.0.0.1", True, True), ("127.0.0.1", False, False), ("other.invalid", True, False)],
    ids=["trusted", "unknown authority", "other host"],
)
def test_tls(
    tmp_path: Path,
    authority: trustme.CA,
    access: Access,
    waits: Waits,
    certified: str,
    trusted: bool,
    works: bool,
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    access = replace(access, ca_bundle=str(bundle) if trusted else None)
    with serve_gerrit(tmp_path, tls=secured(authority, certified)) as server:
        server.changes = [FakeChange(1, PROJECT, "master", CHANGE, [FIRST])]
        gerrit = Gerrit(server.base.replace("http:", "https:"), access)
        if works:
            assert gerrit.change(CHANGE).number == 1
            return
        with pytest.raises(UpstreamError, match="is not trusted"):
            gerrit.change(CHANGE)
    assert waits == []


# Credentials

SECRET = "s3cret/with+signs"


def test_credentials_open_what_the_public_may_not_see(
    server: GerritServer, access: Access, gerrit: Gerrit
) -> None:
    server.account = ("ada", SECRET)
    with pytest.raises(NotFoundError):
        gerrit.change("42967")
    known = Gerrit(server.base, replace(access, credentials=Credentials("ada", SECRET)))
    assert known.change("42967").number == 42967
    assert server.paths[-1].startswith("/a/changes/")


def test_wrong_credentials(server: GerritServer, access: Access) -> None:
    server.account = ("ada", SECRET)
    gerrit = Gerrit(server.base, replace(access, credentials=Credentials("ada", "wrong")))
    with pytest.raises(UpstreamError, match="denies access") as caught:
        gerrit.change(CHANGE)
    assert caught.value.hint is not None
    assert "refused" in caught.value.hint


def test_no_credentials_are_sent_that_were_not_handed_in(
    server: GerritServer, gerrit: Gerrit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login ada password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    gerrit.change(CHANGE)
    assert "Authorization" not in server.heads[-1]


def test_a_password_is_in_no_log_and_no_error(
    server: GerritServer, access: Access, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = Credentials("ada", SECRET)
    server.account = ("ada", SECRET)
    server.mishaps = [Mishap(status=503)] * 10
    with pytest.raises(UpstreamError) as caught:
        Gerrit(server.base, replace(access, credentials=credentials)).change(CHANGE)
    assert caplog.records  # of urllib3: it does log
    shown = f"{caplog.text} {caught.value} {caught.value!r} {credentials!r} {access!r}"
    assert SECRET not in shown


@pytest.mark.parametrize("user", ["ada", ""])
def test_credentials_in_the_url_are_refused_and_not_shown(user: str) -> None:
    with pytest.raises(SeriesError, match="contains credentials") as caught:
        Gerrit(f"https://{user}:{SECRET.replace('/', '')}@review.example.org")
    assert "s3cret" not in str(caught.value)


def test_credentials_never_go_unencrypted() -> None:
    Gerrit("http://review.example.org")  # without any it may be asked
    with pytest.raises(SeriesError, match="unencrypted"):
        Gerrit("http://review.example.org", Access(credentials=Credentials("ada", SECRET)))


@pytest.mark.parametrize("url", ["ftp://x.org", "review.example.org", "https://", "--x"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(SeriesError, match="not the URL"):
        Gerrit(url)


def test_credentials_from_netrc_are_the_hosts_own(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(
        f"machine review.example.org login ada password {SECRET}\ndefault login x password y\n"
    )
    found = credentials_for("https://review.example.org/r", file, {})
    assert found == Credentials("ada", SECRET)
    assert credentials_for("https://elsewhere.example.org", file, {}) is None
    assert credentials_for("https://review.example.org", None, {}) is None
    assert credentials_for("https://review.example.org", tmp_path / "absent", {}) is None


def test_credentials_from_variables_are_for_the_host_they_name() -> None:
    given = {
        "SERIES_GERRIT_HOST": "review.example.org",
        "SERIES_GERRIT_USER": "ada",
        "SERIES_GERRIT_PASSWORD": SECRET,
    }
    found = credentials_for("https://review.example.org", None, given)
    assert found == Credentials("ada", SECRET)
    assert credentials_for("https://evil.example.org", None, given) is None
    unnamed = {name: value for name, value in given.items() if "HOST" not in name}
    assert credentials_for("https://review.example.org", None, unnamed) is None


def test_a_damaged_netrc_is_named_without_its_words(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"machine review.example.org login ada passwort {SECRET}\n")
    with pytest.raises(SeriesError, match="line 1 is wrong") as caught:
        credentials_for("https://review.example.org", file, {})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    file.write_bytes(f"machine review.example.org login ada password {SECRET}".encode() + b"\xff")
    with pytest.raises(SeriesError, match=r"cannot be read \(UnicodeDecodeError\)") as caught:
        credentials_for("https://review.example.org", file, {})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("body", [b")]}'\n[", b")]}'\n" + b"[" * 100_000], ids=["cut", "deep"])
def test_an_answer_that_is_no_json_may_come_whole_the_next_time(body: bytes) -> None:
    with pytest.raises(_PassingError, match="is cut off or not JSON"):
        RestClient("https://review.invalid/")._value(body)


def test_a_change_has_a_number_from_one_on() -> None:
    info = {"project": "a/b", "branch": "main", "change_id": CHANGE, "status": "NEW"}
    revisions = {"1" * 40: {"_number": 1}}
    assert _valid(_ChangeInfo, {**info, "revisions": revisions, "_number": 1}).number == 1
    with pytest.raises(UpstreamError):
        _valid(_ChangeInfo, {**info, "revisions": revisions, "_number": 0})
