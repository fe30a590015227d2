"""Tarballs of a pristine-tar branch: made again byte for byte; nothing of a stranger is run."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from patchseries.debian.pristine import _checkout, _unescaped, pristine_tarball
from patchseries.errors import ProgramError, SeriesError
from patchseries.git import borrowed
from patchseries.git.environment import ISOLATED
from support.tools import need
from support.upstreams import Upstream

NAME = "oven_2.0.orig.tar"
WANTED = re.compile(r"oven_2\.0\.orig\.tar\.(gz|xz|bz2)")
PACKERS: Mapping[str, Callable[[Path], list[str]]] = {
    "gz": lambda tar: ["gzip", "-9", "-n", tar.name],
    "xz": lambda tar: ["xz", "-6", tar.name],
    "bz2": lambda tar: ["bzip2", "-9", tar.name],
}


def pristine(top: Path, *words: str) -> None:
    env = {**os.environ, **ISOLATED, "GIT_DIR": str(top / ".git"), "TMPDIR": "/var/tmp"}
    env |= {
        f"GIT_{who}_{what}": "a@test.invalid"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    subprocess.run(["pristine-tar", *words], cwd=top, env=env, check=True, capture_output=True)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with upstream's 2.0: files, a directory and a link."""
    need("pristine-tar", "gzip", "xz", "bzip2")
    made = tmp_path / "oven"
    with Upstream(made / ".git") as upstream:
        files = {"oven.py": b"x = 1\n", "doc/manual": b"Bake.\n" * 500, "latest": b"oven.py"}
        upstream.commit(files, "2.0", branch="upstream", modes={"latest": "120000"})
    return made


def tarball(top: Path, ending: str) -> bytes:
    """A tarball of 2.0 whose bytes git does not make: another owner, an empty directory."""
    tree = top.parent / "tree" / "oven-2.0"
    (tree / "doc").mkdir(parents=True)
    (tree / "empty").mkdir()
    (tree / "oven.py").write_bytes(b"x = 1\n")
    (tree / "doc" / "manual").write_bytes(b"Bake.\n" * 500)
    (tree / "latest").symlink_to("oven.py")
    tar = tree.parent / NAME
    words = ("tar", "cf", tar, "--owner=baker:500", "--mtime=2013-04-04", "-C", tree.parent)
    subprocess.run([*words, "oven-2.0"], check=True)
    subprocess.run(PACKERS[ending](tar), cwd=tree.parent, check=True)
    return (tree.parent / f"{NAME}.{ending}").read_bytes()


@pytest.mark.parametrize("ending", PACKERS)
def test_the_very_bytes_come_back(top: Path, tmp_path: Path, ending: str) -> None:
    wanted = tarball(top, ending)
    pristine(top, "commit", str(tmp_path / "tree" / f"{NAME}.{ending}"), "upstream")
    out = tmp_path / "out of it"  # pristine-tar quotes no path
    with borrowed(top) as repository:
        made = pristine_tarball(repository, WANTED, out)
        assert made == out / f"{NAME}.{ending}"
        assert made.read_bytes() == wanted
        assert [path.name for path in out.iterdir()] == [made.name]
        before = made.stat()
        assert pristine_tarball(repository, WANTED, out) == made
        assert made.stat() == before  # it is there: not made again
        made.write_bytes(b"another")
        assert pristine_tarball(repository, WANTED, out) == made
    assert made.read_bytes() == wanted


def test_the_branch_of_the_only_remote_is_taken(top: Path, tmp_path: Path) -> None:
    wanted = tarball(top, "gz")
    pristine(top, "commit", str(tmp_path / "tree" / f"{NAME}.gz"), "upstream")
    with Upstream(top / ".git") as own:
        git = own.repository
        commit = git.resolve("refs/heads/pristine-tar")
        assert commit
        git.run("update-ref", "refs/remotes/origin/pristine-tar", commit)
        git.run("update-ref", "-d", "refs/heads/pristine-tar")
    with borrowed(top) as repository:
        made = pristine_tarball(repository, WANTED, tmp_path / "out")
    assert made
    assert made.read_bytes() == wanted
    with Upstream(top / ".git") as own:
        other = own.commit({"x": b""}, branch="other", parent=commit)
        own.repository.run("update-ref", "refs/remotes/fork/pristine-tar", other)
    with borrowed(top) as repository:
        assert pristine_tarball(repository, WANTED, tmp_path / "out") is None


def test_no_branch_and_no_such_tarball(top: Path, tmp_path: Path) -> None:
    with borrowed(top) as repository:
        assert pristine_tarball(repository, WANTED, tmp_path) is None
    tarball(top, "gz")
    pristine(top, "commit", str(tmp_path / "tree" / f"{NAME}.gz"), "upstream")
    with borrowed(top) as repository:
        assert pristine_tarball(repository, re.compile(r"oven_3\.0.*"), tmp_path) is None


@pytest.fixture
def gz(top: Path) -> bytes:
    """The tarball, in gzip, that the branch pristine-tar of *top* holds."""
    wanted = tarball(top, "gz")
    pristine(top, "commit", str(top.parent / "tree" / f"{NAME}.gz"), "upstream")
    return wanted


def changed(top: Path, change: Callable[[dict[str, bytes]], bytes]) -> None:
    """Change the delta of the branch."""
    with Upstream(top / ".git") as own:
        git = own.repository
        tree = git.commit(git.resolve("refs/heads/pristine-tar") or "").tree
        files = unpacked(git.file(tree, f"{NAME}.gz.delta") or b"")
        own.commit({f"{NAME}.gz.delta": change(files)}, branch="pristine-tar")


def test_an_id_may_be_of_a_commit(top: Path, gz: bytes, tmp_path: Path) -> None:
    with Upstream(top / ".git") as own:
        oid = own.repository.resolve("refs/heads/upstream") or ""
        own.commit({f"{NAME}.gz.id": oid.encode()}, branch="pristine-tar")
    with borrowed(top) as repository:
        made = pristine_tarball(repository, WANTED, tmp_path / "out")
    assert made
    assert made.read_bytes() == gz


@pytest.mark.parametrize("form", ["no checksum", "names with ./"])
def test_a_delta_of_another_version(top: Path, gz: bytes, tmp_path: Path, form: str) -> None:
    def change(files: dict[str, bytes]) -> bytes:
        if form == "no checksum":
            return plain({n: data for n, data in files.items() if n != "sha256sum"})
        return plain({f"./{n}": data for n, data in files.items()})

    changed(top, change)
    with borrowed(top) as repository:
        for _ in range(2):
            made = pristine_tarball(repository, WANTED, tmp_path / "out")
            assert made
            assert made.read_bytes() == gz


def test_a_link_in_the_place_of_the_tarball_is_replaced(
    top: Path, gz: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "same").write_bytes(gz)
    (out / f"{NAME}.gz").symlink_to(tmp_path / "same")
    with borrowed(top) as repository:
        made = pristine_tarball(repository, WANTED, out)
    assert made
    assert not made.is_symlink()


def test_the_first_of_several_tarballs_is_taken(top: Path, gz: bytes, tmp_path: Path) -> None:
    with Upstream(top / ".git") as own:
        own.commit({f"{NAME}.xz.delta": b"x"}, branch="pristine-tar")
    with borrowed(top) as repository:
        made = pristine_tarball(repository, WANTED, tmp_path / "out")
    assert made
    assert made.read_bytes() == gz


def test_only_a_delta_of_the_wanted_name_counts(top: Path, tmp_path: Path) -> None:
    with Upstream(top / ".git") as own:
        others = {f"{NAME}.gz": b"", f"{NAME}.gz.id": b"", f"{NAME}.gz.asc.delta": b""}
        own.commit(dict(others), branch="pristine-tar")
    with borrowed(top) as repository:
        assert pristine_tarball(repository, WANTED, tmp_path) is None


@pytest.mark.usefixtures("gz")
def test_a_branch_that_lacks_the_id_or_the_tree(top: Path, tmp_path: Path) -> None:
    for data, words, hint in (
        (b"e" * 40, f"the tree of {NAME}.gz is not in", "git fetch --unshallow"),
        (None, f"the pristine-tar branch has no {NAME}.gz.id", "--orig FILE"),
    ):
        with Upstream(top / ".git") as own:
            own.commit({f"{NAME}.gz.id": data}, branch="pristine-tar")
        with borrowed(top) as repository, pytest.raises(SeriesError, match=words) as raised:
            pristine_tarball(repository, WANTED, tmp_path / "out")
        assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("path", "read"),
    [(rb"\\056", b"?056"), (rb"\n.", b"?."), (rb"\777", b"\xff"), (rb"\189", b"\0")],
)
def test_escapes_of_a_path(path: bytes, read: bytes) -> None:
    assert _unescaped(path) == read


# A hostile branch ---------------------------------------------------------------------------------


def unpacked(delta: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(delta)) as archive:
        members = {m.name: archive.extractfile(m) for m in archive}
        return {name: stream.read() for name, stream in members.items() if stream}


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def plain(files: Mapping[str, bytes]) -> bytes:
    return packed(*((tarfile.TarInfo(name), data) for name, data in files.items()))


def with_link(files: Mapping[str, bytes]) -> bytes:
    link = tarfile.TarInfo("manifest")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return packed((link, b""), *((tarfile.TarInfo(n), d) for n, d in files.items()))


def with_hole(files: Mapping[str, bytes]) -> bytes:
    """A file of a few bytes that says it is 10 TB."""
    hole = tarfile.TarInfo("manifest")
    sparse = {"major": "1", "minor": "0", "name": "manifest", "realsize": "10000000000000"}
    hole.pax_headers = {f"GNU.sparse.{key}": value for key, value in sparse.items()}
    others = ((tarfile.TarInfo(n), d) for n, d in files.items() if n != "manifest")
    return packed((hole, b"1\n0\n0\n".ljust(512, b"\0")), *others)


def with_line(line: bytes) -> Callable[[dict[str, bytes]], bytes]:
    return lambda f: plain({**f, "manifest": f["manifest"] + line + b"\n"})


DELTAS: Mapping[str, Callable[[dict[str, bytes]], bytes]] = {
    "above": with_line(b"../secret"),
    "above inside": with_line(b"oven-2.0/../../secret"),
    "above at the end": with_line(b"oven-2.0/.."),
    "above in octal": with_line(rb"oven-2.0/\056\056/\056./secret"),
    "absolute": with_line(b"/etc/passwd"),
    "absolute in octal": with_line(rb"\057etc/passwd"),
    "two names": with_line(rb"x\000/etc/passwd"),
    "two names, no octal": with_line(rb"x\999/etc/passwd"),
    "an option": with_line(b"--checkpoint-action=exec=true"),
    "a link": with_link,
    "a hole": with_hole,
    "a path": lambda f: plain({**f, "../../evil": b"x"}),
    "a name that it does not write": lambda f: plain({**f, "a-b": b"x"}),
    "a link in the wrapper": lambda f: plain({**f, "wrapper": with_link(unpacked(f["wrapper"]))}),
    "no archive": lambda _: b"x",
    "cut off": lambda f: plain(f)[:-200],
    "a bomb": lambda _: gzip.compress(bytes(300 << 20), 1),
    "another checksum": lambda f: plain({**f, "sha256sum": b"0" * 64}),
    "another type": lambda f: plain({**f, "type": b"gz\n"}),
    "parameters": lambda f: plain(
        {**f, "wrapper": plain({**unpacked(f["wrapper"]), "params": b"--suffix=x\n"})}
    ),
}


REFUSED = {
    **dict.fromkeys([name for name in DELTAS if name.startswith(("ab", "an o", "two"))], "unsafe"),
    **dict.fromkeys(["a link", "a hole", "a path"], "that pristine-tar does not write"),
    "a link in the wrapper": "that pristine-tar does not write",
    "a name that it does not write": "that pristine-tar does not write",
    **dict.fromkeys(["no archive", "cut off"], "is damaged"),
    "a bomb": "too large",
    "another checksum": "another SHA-256",
}
"""What is said of a delta that pristine-tar is not even asked about."""


@pytest.mark.usefixtures("gz")
@pytest.mark.parametrize("fault", DELTAS)
def test_a_hostile_delta_is_refused(top: Path, tmp_path: Path, fault: str) -> None:
    changed(top, DELTAS[fault])
    with borrowed(top) as repository, pytest.raises(SeriesError) as raised:
        pristine_tarball(repository, WANTED, tmp_path / "out")
    assert REFUSED.get(fault, "") in raised.value.message
    assert "--orig FILE" in (raised.value.hint or "")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("data", ["{0}'; touch {1}; '", "{0}\n$(touch {1})", "HEAD", "f" * 40])
def test_the_id_reaches_no_shell(top: Path, tmp_path: Path, data: str) -> None:
    tarball(top, "gz")
    pristine(top, "commit", str(tmp_path / "tree" / f"{NAME}.gz"), "upstream")
    with Upstream(top / ".git") as own:
        oid = own.repository.resolve("refs/heads/upstream") or ""
        text = data.format(oid, tmp_path / "touched").encode()
        own.commit({f"{NAME}.gz.id": text}, branch="pristine-tar")
    with borrowed(top) as repository, pytest.raises(SeriesError, match=r"is not the id|is not in"):
        pristine_tarball(repository, WANTED, tmp_path / "out")
    assert not (tmp_path / "touched").exists()


def test_a_link_of_the_tree_leads_nowhere(top: Path, tmp_path: Path) -> None:
    """pristine-tar would pack what lies behind a link that its list does not name."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_bytes(b"-----BEGIN KEY-----\n" * 100)
    tarball(top, "gz")
    pristine(top, "commit", str(tmp_path / "tree" / f"{NAME}.gz"), "upstream")
    with Upstream(top / ".git") as own:
        link = {"doc/out": str(secret).encode()}
        own.commit(link, branch="upstream", modes={"doc/out": "120000"})
        git = own.repository
        tree = git.commit(git.resolve("refs/heads/pristine-tar") or "").tree
        files = unpacked(git.file(tree, f"{NAME}.gz.delta") or b"")
        files["manifest"] += b"oven-2.0/doc/out/key\n"
        del files["sha256sum"]
        made = {
            f"{NAME}.gz.delta": plain(files),
            f"{NAME}.gz.id": (git.resolve("refs/heads/upstream") or "").encode(),
        }
        own.commit(dict(made), branch="pristine-tar")
    before = {path: path.stat().st_mtime_ns for path in secret.iterdir()}
    with borrowed(top) as repository, pytest.raises(SeriesError):
        pristine_tarball(repository, WANTED, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in secret.iterdir()} == before


def test_a_pristine_tar_that_is_missing_or_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    own = SimpleNamespace(git_dir=tmp_path)
    for program, words in (("prlimit", "not installed"), ("pristine-tar", "made no x")):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
        stage = tmp_path / f"{program}.stage"
        stage.mkdir()
        with pytest.raises(ProgramError, match=words):
            _checkout(own, stage, "x")  # type: ignore[arg-type]
    (tmp_path / "prlimit").write_text("#!/bin/sh\necho no such delta >&2\nexit 1\n")
    (tmp_path / "last").mkdir()
    with pytest.raises(ProgramError, match=r"cannot make x \(no such delta\)"):
        _checkout(own, tmp_path / "last", "x")  # type: ignore[arg-type]
