"""The cache: a repository for each upstream, as it was left or made anew, for one run at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from patchseries.errors import ExitCode, SeriesError, UpstreamError
from patchseries.sources import Cache

URL = "https://git.invalid/kitchen/oven.git"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def again(cache: Cache) -> Cache:
    """The same cache in another command."""
    return Cache(cache.root)


def kept(cache: Cache) -> str:
    """A blob that is in the cache now."""
    with cache.locked(URL) as repository:
        return repository.write_blob(b"kept\n")


def has(cache: Cache, blob: str) -> bool:
    with cache.locked(URL) as repository:
        return repository.has(blob)


def spoil(cache: Cache) -> None:
    (cache.repository_directory(URL) / "HEAD").write_text("spoilt\n")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL, "kitchen-oven-"),
        ("https://other.invalid/kitchen/oven.git", "kitchen-oven-"),
        ("https://git.invalid/kitchen/oven", "kitchen-oven-"),
        ("https://git.invalid/a b/ö/../x", "a-b-..-x-"),
        ("orig:oven", "oven-"),
        ("https://git.invalid/.hidden", "hidden-"),
    ],
)
def test_where_an_upstream_is_kept(cache: Cache, url: str, name: str) -> None:
    place = cache.repository_directory(url)
    assert place.parent == cache.root / "repositories"
    assert place.name[:-8] == name
    assert (place == cache.repository_directory(URL)) == (url == URL)


def test_what_is_kept_is_there_for_the_next_command(cache: Cache) -> None:
    assert not cache.has(URL)
    assert not cache.is_damaged(URL)
    blob = kept(cache)
    for one in (cache, again(cache)):
        assert one.has(URL)
        assert not one.is_damaged(URL)
        assert has(one, blob)


def test_what_is_damaged_is_made_anew_and_told(cache: Cache) -> None:
    blob = kept(cache)
    spoil(cache)
    heard: list[str] = []
    other = Cache(cache.root, heard.append)
    assert other.is_damaged(URL)
    assert not has(other, blob)
    place = cache.repository_directory(URL)
    assert heard == [f"{place} is fetched again: HEAD is damaged"]
    assert not other.is_damaged(URL)
    assert not again(cache).is_damaged(URL)
    place.rename(place.with_name("moved"))
    place.write_bytes(b"no directory")
    assert again(cache).is_damaged(URL)
    assert not has(again(cache), blob)


def test_offline_damage_is_an_error_and_stays(cache: Cache) -> None:
    blob = kept(cache)
    head = cache.repository_directory(URL) / "HEAD"
    before = head.read_bytes()
    spoil(cache)
    other = Cache(cache.root, lambda _: pytest.fail("it is not made anew"), "series status")
    with (
        pytest.raises(UpstreamError, match=r"cannot be used \(HEAD is damaged\)") as caught,
        other.locked(URL, offline=True),
    ):
        pytest.fail("it is not opened")
    assert caught.value.hint == f"run `series status`: it fetches {URL} again"
    head.write_bytes(before)
    assert has(again(cache), blob)
    with again(cache).locked("https://git.invalid/new", offline=True) as repository:
        assert repository.refs("refs/") == {}


@pytest.mark.parametrize("looks", [Cache.is_damaged, kept])
def test_a_repository_is_compared_once_in_a_command(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, looks: object
) -> None:
    """To compare all of a large one again for each patch would take minutes."""
    kept(cache)
    other = again(cache)
    assert callable(looks)
    _ = looks(other, URL) if looks is Cache.is_damaged else looks(other)
    monkeypatch.setattr("patchseries.sources.cache.damage", lambda _: pytest.fail("once more"))
    assert not other.is_damaged(URL)
    kept(other)


def test_a_command_waits_for_another(cache: Cache) -> None:
    holds, goes_on = threading.Event(), threading.Event()

    def other() -> None:
        with again(cache).locked(URL):
            holds.set()
            goes_on.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    holds.wait(10)
    threading.Timer(0.2, goes_on.set).start()
    with cache.locked(URL):
        assert goes_on.is_set()
    thread.join()


def test_one_command_at_a_time(cache: Cache) -> None:
    failed: list[SeriesError] = []

    def other() -> None:
        try:
            with again(cache).locked(URL, timeout=0.01):
                pass
        except SeriesError as error:
            failed.append(error)

    with cache.locked(URL):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    (error,) = failed
    assert "has been using" in error.message
    assert str(cache.repository_directory(URL)) in error.message
    assert error.exit_code == ExitCode.UPSTREAM
    other()
    assert len(failed) == 1


def test_a_lock_that_is_no_file_gives_way(cache: Cache) -> None:
    lock = Path(f"{cache.repository_directory(URL)}.lock")
    (lock / "deep").mkdir(parents=True)
    kept(cache)
    assert lock.is_file()


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(SeriesError, match="cannot write the cache"):
        kept(Cache(tmp_path / "cache"))
