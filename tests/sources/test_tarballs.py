"""Upstream tarballs as commits: the tree is the tarball's, or it is refused with the reason."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.git import Repository
from patchseries.sources import Cache, tarballs
from patchseries.sources.tarballs import bring_tarball, commit_of_tarball, kept_tarball
from support.tarballs import member, tarball

URL = "orig:oven"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Repository.init(tmp_path_factory.mktemp("tarballs") / "r.git") as made:
        yield made


def test_links_and_modes_are_the_trees(repository: Repository, tmp_path: Path) -> None:
    run = member("p/run")
    run.mode = 0o755
    others = member("p/others")
    others.mode = 0o645  # which git does not keep
    path = tmp_path / "p.tar.xz"
    tarball(
        path,
        {"p/f": b"text\n"},
        run,
        others,
        member("p/hard", tarfile.LNKTYPE, "p/f"),
        member("p/soft", tarfile.SYMTYPE, "../elsewhere"),
        member("p/dir", tarfile.DIRTYPE),
    )
    tree = repository.commit(commit_of_tarball(repository, path)).tree
    found = {
        name: (entry.mode, repository.blob(entry.oid)) for name, entry in repository.walk(tree)
    }
    assert found == {
        "f": ("100644", b"text\n"),
        "hard": ("100644", b"text\n"),
        "run": ("100755", b""),
        "others": ("100644", b""),
        "soft": ("120000", b"../elsewhere"),
    }


HOSTILE = {
    "absolute": member("/etc/passwd"),
    "outside": member("p/../../x"),
    "git's": member("p/.git/config"),
    "git's, in capitals": member("p/.GIT/config"),
    "a device": member("p/tty", tarfile.CHRTYPE),
    "a FIFO": member("p/pipe", tarfile.FIFOTYPE),
    "a hard link to what is not there": member("p/hard", tarfile.LNKTYPE, "/etc/passwd"),
    "a line feed": member("p/a\nb"),
    "a file and a directory of one name": member("p/f/below"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_tarball_is_refused(repository: Repository, tmp_path: Path, what: str) -> None:
    path = tmp_path / "p.tar.xz"
    tarball(path, {"p/f": b"text\n"}, HOSTILE[what])
    with pytest.raises(SeriesError, match=r"p\.tar\.xz"):
        commit_of_tarball(repository, path)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=600))
def test_any_bytes_are_a_tarball_or_an_error(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.tar.gz"
    path.write_bytes(data)
    with pytest.raises(SeriesError, match=r"any\.tar\.gz"):
        commit_of_tarball(repository, path)


def files_of(repository: Repository, commit: str) -> dict[str, bytes]:
    tree = repository.commit(commit).tree
    return {name: repository.blob(entry.oid) for name, entry in repository.walk(tree)}


@pytest.mark.parametrize(
    ("names", "below"),
    [
        (("p-1.0/a", "p-1.0/b/c"), ("a", "b/c")),
        (("./p-1.0/a", "./p-1.0/./b"), ("a", "b")),
        (("a", "b/c"), ("a", "b/c")),
        (("b/c", "b/d", "a"), ("b/c", "b/d", "a")),
        (("a",), ("a",)),
        (("p/q/r",), ("q/r",)),
        (("p/f", "q/f"), ("p/f", "q/f")),
    ],
)
def test_one_directory_at_the_top_is_left_out(
    repository: Repository, tmp_path: Path, names: tuple[str, ...], below: tuple[str, ...]
) -> None:
    tarball(tmp_path / "p.tar.xz", {name: name.encode() for name in names})
    found = files_of(repository, commit_of_tarball(repository, tmp_path / "p.tar.xz"))
    assert found == {path: name.encode() for path, name in zip(below, names, strict=True)}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_the_same_tarball_is_the_same_commit_however_it_is_packed(
    repository: Repository, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    tarball(tmp_path / "p.tar.xz", {"p/f": b"text\n"})
    raw = lzma.decompress((tmp_path / "p.tar.xz").read_bytes())
    (tmp_path / "p.tar").write_bytes(pack(raw))
    first = commit_of_tarball(repository, tmp_path / "p.tar.xz")
    assert commit_of_tarball(repository, tmp_path / "p.tar") == first


def test_the_heads_of_git_archive_and_the_directories_are_no_files(
    repository: Repository, tmp_path: Path
) -> None:
    odd = member("p/pax_global_header", tarfile.CONTTYPE)
    hard = member("p/a", tarfile.LNKTYPE, "./p/f")
    dirs = (member("p/d", tarfile.DIRTYPE), member("./", tarfile.DIRTYPE))
    tarball(tmp_path / "p.tar.xz", {"p/f": b"x"}, *dirs, hard)
    found = files_of(repository, commit_of_tarball(repository, tmp_path / "p.tar.xz"))
    assert found == {"f": b"x", "a": b"x"}
    odd.type = tarfile.FIFOTYPE
    tarball(tmp_path / "q.tar.xz", {"p/f": b"x"}, odd)
    found = files_of(repository, commit_of_tarball(repository, tmp_path / "q.tar.xz"))
    assert found == {"f": b"x"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no file"),
        ({"p/f": b"", "p/f/g": b""}, "'p/f' is a file and a directory"),
        ({"p/f": b"", "p/f/g/h": b""}, "'p/f' is a file and a directory"),
        ({"p//f": b""}, "has an unsafe path: 'p//f'"),
        ({"p/../f": b""}, "has an unsafe path"),
        ({"p/.Git/x": b""}, "has an unsafe path"),
        ({".git": b""}, "has an unsafe path"),
        ({"p/a\nb": b""}, "has an unsafe path"),
    ],
)
def test_what_is_no_tree_is_refused_with_the_reason(
    repository: Repository, tmp_path: Path, files: dict[str, bytes], words: str
) -> None:
    tarball(tmp_path / "p.tar.xz", files)
    with pytest.raises(SeriesError, match=rf"^p\.tar\.xz(:)? {words}"):
        commit_of_tarball(repository, tmp_path / "p.tar.xz")


def test_a_damaged_tarball_is_told(repository: Repository, tmp_path: Path) -> None:
    tarball(tmp_path / "p.tar.xz", {"p/f": b"text\n" * 999})
    whole = (tmp_path / "p.tar.xz").read_bytes()
    for data in (b"", whole[: len(whole) // 2], b"no archive" * 99):
        (tmp_path / "q.tar.xz").write_bytes(data)
        with pytest.raises(SeriesError, match=r"^q\.tar\.xz is damaged"):
            commit_of_tarball(repository, tmp_path / "q.tar.xz")


@pytest.mark.parametrize(("bound", "most"), [("_LARGEST", 20), ("_MOST_FILES", 2)])
def test_a_tarball_has_bounds(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    most: int,
) -> None:
    tarball(tmp_path / "p.tar.xz", {"p/a": b"x" * 10, "p/b": b"x" * 10})
    monkeypatch.setattr(tarballs, bound, most)
    commit_of_tarball(repository, tmp_path / "p.tar.xz")
    monkeypatch.setattr(tarballs, bound, most - 1)
    with pytest.raises(SeriesError, match=r"unpacks to more than .* or too many files"):
        commit_of_tarball(repository, tmp_path / "p.tar.xz")


def test_a_tarball_is_brought_once_and_kept_by_its_sum(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    path = tmp_path / "p.tar.xz"
    digest = tarball(path, {"p/f": b"1\n"})
    assert kept_tarball(cache, URL, digest) is None
    assert not cache.has(URL)
    commit = bring_tarball(cache, URL, path, digest)
    assert kept_tarball(cache, URL, digest) == commit
    assert kept_tarball(cache, URL, "0" * 64) is None
    with pytest.raises(SeriesError, match=f"has the sha256 {digest}, not {'0' * 64}"):
        bring_tarball(cache, URL, path, "0" * 64)
    with pytest.raises(SeriesError, match=f"cannot read {tmp_path}/none"):
        bring_tarball(cache, URL, tmp_path / "none", digest)
    assert kept_tarball(cache, URL, "0" * 64) is None
