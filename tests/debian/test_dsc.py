"""Source packages that are handed in, by path or URL: every file checked, nothing unpacked."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patchseries.debian import dsc as module
from patchseries.debian.build import build
from patchseries.debian.download import download_dsc
from patchseries.debian.dsc import (
    files_of,
    packaging_from_dsc,
    parse_dsc,
    read_debian_tar,
    read_dsc,
)
from patchseries.debian.orig import check_orig, make_orig
from patchseries.debian.packaging import make_packaging
from patchseries.debian.request import Orig, PackagedFile
from patchseries.errors import ExitCode, SeriesError
from patchseries.files import sha256
from patchseries.model import Base
from support.packages import HOTTER, Upstream, packaging
from support.tarballs import member
from support.tools import need


@pytest.fixture
def dsc(tmp_path: Path) -> Path:
    """The .dsc of a package, with its files beside it, as dpkg-source writes them."""
    directory = tmp_path / "package"
    directory.mkdir()
    (directory / "oven_1.0.orig.tar.gz").write_bytes(gzip.compress(b"upstream"))
    members = []
    for name, file in packaging().debian.items():
        info = member(f"debian/{name}")
        info.mode = int(file.mode, 8)
        members.append((info, file.data))
    tar_of(directory / "oven_1.0-1.debian.tar.xz", *members)
    sums = [f" {sha256(p.read_bytes())} 1 {p.name}\n" for p in sorted(directory.iterdir())]
    path = directory / "oven_1.0-1.dsc"
    path.write_text(
        "Format: 3.0 (quilt)\nSource: oven\nVersion: 1:1.0-1\n"
        f"Checksums-Sha256:\n{''.join(reversed(sums))}"
    )
    return path


def with_more(dsc: Path, name: str, data: bytes = b"x") -> Path:
    """*dsc*, which names a file more."""
    (dsc.parent / name).write_bytes(data)
    dsc.write_text(dsc.read_text() + f" {sha256(data)} {len(data)} {name}\n")
    return dsc


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A web server of *tmp_path* on loopback; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_dsc_is_packaging_with_its_very_tarball(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    made = build(upstream.request(packaging=packaging()))
    dsc = made.directory / made.dsc
    given = packaging_from_dsc(dsc, sha256(dsc.read_bytes()))
    assert given.version == "1:1.0-1+0fast1"
    assert given.orig is not None
    out = upstream.out.parent / "again"
    after = upstream.tree({"README": b"Again.\n"}, upstream.request().expected_tree)
    patch = upstream.patch(upstream.request().expected_tree, after, "0002-again.patch")
    package = build(
        upstream.request(
            packaging=given, out=out, patches=(patch,), expected_tree=after, version_suffix="more"
        )
    )
    name = "oven_1.0.orig.tar.gz"
    assert (out / name).read_bytes() == (dsc.parent / name).read_bytes()
    assert package.version == "1:1.0-1+0fast1+0more1"


def test_a_dsc_that_is_another_is_refused(dsc: Path) -> None:
    with pytest.raises(SeriesError, match="has SHA-256"):
        read_dsc(dsc, "0" * 64)


def test_a_file_that_was_changed_is_refused(dsc: Path) -> None:
    tar = next(dsc.parent.glob("*.debian.tar.xz"))
    tar.write_bytes(tar.read_bytes() + b"x")
    with pytest.raises(SeriesError, match=r"is not the file that .*\.dsc names"):
        read_dsc(dsc)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("3.0 (quilt)", "1.0", "source format 1.0"),
        ("3.0 (quilt)", "3.0 (native)", "source format 3.0"),
        ("oven_1.0.orig.tar.gz", "../oven_1.0.orig.tar.gz", "unsafe file"),
        ("oven_1.0.orig.tar.gz", "/etc/passwd", "unsafe file"),
        ("Checksums-Sha256", "X-Sha256", "no Checksums-Sha256"),
        ("Source: oven", "X-Source: oven", "no source package"),
        ("Source: oven", "Source: ../oven", r"names no source package: '\.\./oven'"),
        ("Version: 1:1.0-1", "Version: 1.0", "the version of a native package"),
        ("Version: 1:1.0-1", "Version: 1.0/../x-1", "not a Debian version"),
        (".debian.tar", ".missing.debian.tar", "cannot read"),
    ],
)
def test_a_dsc_with_something_wrong_says_what(dsc: Path, old: str, new: str, why: str) -> None:
    dsc.write_text(dsc.read_text().replace(old, new))
    with pytest.raises(SeriesError, match=why):
        read_dsc(dsc)


def test_what_a_dsc_names_is_told_apart(dsc: Path) -> None:
    found = read_dsc(dsc, sha256(dsc.read_bytes()))
    orig = dsc.parent / "oven_1.0.orig.tar.gz"
    assert (found.source, found.version) == ("oven", "1:1.0-1")
    assert found.debian_tar == dsc.parent / "oven_1.0-1.debian.tar.xz"
    assert found.orig == Orig(orig, sha256(orig.read_bytes()))
    assert packaging_from_dsc(dsc).debian == packaging().debian


def test_a_signature_of_the_tarball_goes_with_it(dsc: Path) -> None:
    name = "oven_1.0.orig.tar.gz.asc"
    assert read_dsc(with_more(dsc, name)).orig.signature == dsc.parent / name
    (dsc.parent / name).unlink()
    assert read_dsc(dsc).orig.signature is None
    (dsc.parent / name).write_bytes(b"another")
    with pytest.raises(SeriesError, match=f"{name} is not the file"):
        read_dsc(dsc)


def test_a_signature_that_the_dsc_does_not_name_is_none(dsc: Path) -> None:
    (dsc.parent / "oven_1.0.orig.tar.gz.asc").write_bytes(b"x")
    assert read_dsc(dsc).orig.signature is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("oven_2.0.orig.tar.xz", "2 upstream and 1 debian"),
        ("oven_1.0-2.debian.tar.gz", "1 upstream and 2 debian"),
        ("oven_1.0.orig-docs.tar.gz", "1 upstream and 1 debian"),
    ],
)
def test_there_is_one_tarball_of_each_kind(dsc: Path, name: str, found: str) -> None:
    with pytest.raises(SeriesError, match=found):
        read_dsc(with_more(dsc, name))


@pytest.mark.parametrize("gone", ["orig.tar", "debian.tar"])
def test_no_tarball_may_be_missing(dsc: Path, gone: str) -> None:
    lines = dsc.read_text().splitlines(keepends=True)
    dsc.write_text("".join(line for line in lines if gone not in line))
    count = ("0", "1") if gone == "orig.tar" else ("1", "0")
    with pytest.raises(SeriesError, match="has {} upstream and {} debian tarballs".format(*count)):
        read_dsc(dsc)


def test_a_file_is_named_once_and_with_its_sum(dsc: Path) -> None:
    text = dsc.read_text()
    with_more(dsc, "oven_1.0.orig.tar.gz")
    with pytest.raises(SeriesError, match=r"names oven_1\.0\.orig\.tar\.gz twice"):
        read_dsc(dsc)
    for line in (
        "0" * 64,
        "0" * 64 + " 1",
        "0" * 63 + " 1 x",
        "0" * 65 + " 1 x",
        "G" * 64 + " 1 x",
    ):
        dsc.write_text(f"{text} {line}\n")
        with pytest.raises(SeriesError, match="names an unsafe file"):
            read_dsc(dsc)


def test_other_formats_are_read_where_they_will_do(dsc: Path) -> None:
    text = dsc.read_text().replace("3.0 (quilt)", "1.0")
    assert len(files_of(text.encode(), "x", ("1.0",))) == 2
    for version in ("1.0-1-1", "1.0~x", "0"):
        fields = parse_dsc(text.replace("1:1.0-1", version).encode(), "x", ("1.0",))
        assert fields["Version"] == version
    for version in ("", "a1", "1 0", "1/0", "1" * 201):
        with pytest.raises(SeriesError, match=r"has no valid version|is not a \.dsc"):
            parse_dsc(text.replace("1:1.0-1", version).encode(), "x", ("1.0",))
    with pytest.raises(SeriesError, match=r"is of source format unknown, not 1\.0 or 2\.0"):
        parse_dsc(b"Source: x\n", "x", ("1.0", "2.0"))


def test_a_dsc_is_no_larger_than_any_is(dsc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = dsc.stat().st_size
    monkeypatch.setattr(module, "_LARGEST_DSC", size)
    read_dsc(dsc)
    monkeypatch.setattr(module, "_LARGEST_DSC", size - 1)
    with pytest.raises(SeriesError, match="is larger than"):
        read_dsc(dsc)


def test_files_links_and_modes_of_a_debian_tar(tmp_path: Path) -> None:
    program = member("./debian/rules")
    program.mode = 0o744
    plain = member("debian/a/b")
    plain.mode = 0o677
    path = tar_of(
        tmp_path / "a.debian.tar.xz",
        (member("./", tarfile.DIRTYPE), b""),
        (member("debian/", tarfile.DIRTYPE), b""),
        (member("debian/a", tarfile.DIRTYPE), b""),
        (program, b"1"),
        (plain, b"2"),
        (member("debian/link", tarfile.SYMTYPE, "a/b"), b""),
    )
    assert read_debian_tar(path) == {
        "rules": PackagedFile("100755", b"1"),
        "a/b": PackagedFile("100644", b"2"),
        "link": PackagedFile("120000", b"a/b"),
    }
    with pytest.raises(SeriesError, match=r"outside debian/: 'debian'"):
        read_debian_tar(tar_of(path, (member("debian"), b"a file")))


def test_a_file_with_holes_is_refused(tmp_path: Path) -> None:
    hole = member("debian/x", tarfile.GNUTYPE_SPARSE)
    with pytest.raises(SeriesError, match="has a file with holes: 'debian/x'"):
        read_debian_tar(tar_of(tmp_path / "a.debian.tar.xz", (hole, b"")))


def test_a_missing_orig_is_missed_where_it_is_read(dsc: Path) -> None:
    dsc.write_text(dsc.read_text().replace("oven_1.0.orig.tar.gz", "missing.orig.tar.gz"))
    with pytest.raises(SeriesError, match="cannot read the upstream tarball"):
        check_orig(read_dsc(dsc).orig)


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A .tar.xz with *members*."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path.write_bytes(lzma.compress(raw.getvalue()))
    return path


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (member("etc/passwd"), "outside debian/"),
        (member("/debian/x"), "outside debian/"),
        (member("etc", tarfile.DIRTYPE), "outside debian/"),
        (member("debian/../etc", tarfile.DIRTYPE), "unsafe path"),
        (member("debian/../x"), "unsafe path"),
        (member("debian/x", tarfile.LNKTYPE, "/etc/passwd"), "neither file nor link"),
        (member("debian/x", tarfile.CHRTYPE), "neither file nor link"),
        (member("debian/x", tarfile.FIFOTYPE), "neither file nor link"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path: Path, info: tarfile.TarInfo, why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        read_debian_tar(tar_of(tmp_path / "a.debian.tar.xz", (info, b"")))


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 10_000)
    path = tar_of(tmp_path / "a.debian.tar.xz", (member("debian/x"), b"0" * 20_000))
    assert path.stat().st_size < 1000
    with pytest.raises(SeriesError, match="unpacks to more"):
        read_debian_tar(path)


def test_more_files_than_any_debian_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.debian.paths._MOST", 3)
    members = [(member(f"debian/{n}"), b"") for n in range(4)]
    assert len(read_debian_tar(tar_of(tmp_path / "a.debian.tar.xz", *members[:3]))) == 3
    with pytest.raises(SeriesError, match="more than 3 files"):
        read_debian_tar(tar_of(tmp_path / "b.debian.tar.xz", *members))


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.debian.tar.xz"
    path.write_bytes(b"junk")
    with pytest.raises(SeriesError, match="is damaged"):
        read_debian_tar(path)
    path.write_bytes(lzma.compress(b"junk" * 300))
    with pytest.raises(SeriesError, match="not a tar archive"):
        read_debian_tar(path)


def test_a_dsc_comes_from_a_url_once(
    dsc: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{server}/{dsc.relative_to(tmp_path)}"
    digest = sha256(dsc.read_bytes())
    got = download_dsc(url, digest, tmp_path / "got")
    assert packaging_from_dsc(got, digest) is not None
    monkeypatch.setattr(
        "patchseries.sources.http.fetch_bytes", lambda *_, **__: pytest.fail("asked again")
    )
    assert download_dsc(url, digest, tmp_path / "got") == got


def test_a_url_that_gives_something_else_is_told(dsc: Path, server: str, tmp_path: Path) -> None:
    url = f"{server}/{dsc.relative_to(tmp_path)}"
    with pytest.raises(SeriesError, match="has SHA-256") as error:
        download_dsc(url, "0" * 64, tmp_path / "got")
    assert error.value.exit_code is ExitCode.UPSTREAM
    with pytest.raises(SeriesError, match="cannot fetch"):
        download_dsc(f"{server}/nothing.dsc", "0" * 64, tmp_path / "got")
    with pytest.raises(SeriesError, match="not the URL"):
        download_dsc("file:///etc/passwd", "0" * 64, tmp_path / "got")


def test_a_given_tarball_is_used_as_it_is_with_its_signature(
    upstream: Upstream, tmp_path: Path
) -> None:
    need("dpkg-source", "xz")
    tarball = tmp_path / "oven-1.0.tar.gz"
    base = upstream.base()
    data = make_orig(upstream.repository, base.commit, "oven", "1.0", tmp_path).read_bytes()
    tarball.write_bytes(data[:9] + bytes([data[9] ^ 8]) + data[10:])  # other bytes, same content
    signature = tmp_path / "oven-1.0.tar.gz.asc"
    signature.write_text("-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n")
    given = Orig(tarball, sha256(tarball.read_bytes()), signature)
    package = build(upstream.request(HOTTER, orig=given))
    assert package.files["oven_1.0.orig.tar.gz"] == given.sha256
    assert "oven_1.0.orig.tar.gz.asc" in package.files
    with pytest.raises(SeriesError, match="has SHA-256"):
        check_orig(Orig(tarball, "0" * 64))
    with pytest.raises(SeriesError, match="cannot read"):
        check_orig(Orig(tmp_path / "none", "0" * 64))


def test_a_tarball_of_another_release_is_not_used(dsc: Path, upstream: Upstream) -> None:
    """Packaging from a .dsc brings its tarball; for the next release there is a new one."""
    given = packaging_from_dsc(dsc)
    tree = upstream.tree({"CHANGES": b"1.1\n"}, upstream.base().tree)
    base = Base("1.1", upstream.repository.write_commit(tree), tree)
    after = upstream.tree(HOTTER, tree)
    request = upstream.request(
        base=base,
        packaging=make_packaging(
            {n: f for n, f in given.debian.items() if not n.startswith("patches/")}, "x", given.orig
        ),
        expected_tree=after,
        out=upstream.out.parent / "next",
    )
    assert build(request).version == "1:1.1-0+0fast1"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.DIRTYPE])
def test_a_debian_in_the_tarball_is_taken_away(
    upstream: Upstream, tmp_path: Path, kind: bytes
) -> None:
    """Also as a link, through which our debian/ would be written elsewhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    path = _tarball(upstream, tmp_path, member("oven-1.0/debian", kind, str(outside)))
    build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (member("oven-1.0/.pc/applied-patches"), r"has a directory \.pc"),
        (member("oven-1.0/../../evil"), "tar"),
        (member("oven-1.0/.git/config"), r"\.git/config: not in the git tree"),
    ],
)
def test_a_hostile_tarball_is_refused(
    upstream: Upstream, tmp_path: Path, info: tarfile.TarInfo, why: str
) -> None:
    path = _tarball(upstream, tmp_path, info)
    with pytest.raises(SeriesError, match=why):
        build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert not upstream.out.exists()


def test_a_tarball_that_unpacks_to_too_much_is_refused(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.debian.tarball._ALWAYS", 100)
    monkeypatch.setattr("patchseries.debian.tarball._RATIO", 0)
    path = tmp_path / "oven-1.0.tar.gz"
    path.write_bytes(gzip.compress(b"\0" * 5000))
    with pytest.raises(SeriesError, match="unpacks to more than"):
        build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert not upstream.out.exists()


def _tarball(upstream: Upstream, folder: Path, extra: tarfile.TarInfo) -> Path:
    """The oven's tarball with one more member."""
    need("dpkg-source", "xz")
    plain = make_orig(upstream.repository, upstream.base().commit, "oven", "1.0", folder)
    path = folder / "oven-1.0.tar.gz"
    with (
        tarfile.open(plain) as old,
        tarfile.open(path, "w:gz") as new,
    ):
        for info in old:
            new.addfile(info, old.extractfile(info) if info.isreg() else None)
        new.addfile(extra, io.BytesIO())
    return path


def test_checksums_on_the_line_of_their_name_are_none() -> None:
    head = "Format: 3.0 (quilt)\nSource: oven\nVersion: 1.0-1\nChecksums-Sha256:"
    with pytest.raises(SeriesError, match=r"^x\.dsc has no Checksums-Sha256$"):
        files_of(f"{head} {'0' * 64} 1 x\n".encode(), "x.dsc")
