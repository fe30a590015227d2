"""Versions sort above the stock package and below every likely update of it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from debian.debian_support import NativeVersion
from hypothesis import given
from hypothesis import strategies as st

from patchseries.debian.version import (
    LONGEST,
    Suffix,
    check,
    default_suffix,
    likely_updates,
    parse,
    release_version,
    stock_version,
    upstream_version,
)
from patchseries.errors import SeriesError
from patchseries.model import Base, CommitId, TreeId

STOCK = [
    ("1:2013.1.3-0ubuntu1~cloud0", "1:2013.1.3-0ubuntu1~cloud0.1"),
    ("1:2013.1.3-0ubuntu1~cloud0", "1:2013.1.3-0ubuntu1.1~cloud0"),
    ("1:2013.1.3-0ubuntu1~cloud0", "1:2013.1.4-0ubuntu1~cloud0"),
    ("1:2013.1.2-0ubuntu1", "1:2013.1.2-0ubuntu1.1"),
    ("1:2013.1.2-0ubuntu1", "1:2013.1.2-0ubuntu2"),
    ("1:2013.1.2-0ubuntu1~cloud0.mido1", "1:2013.1.2-0ubuntu1~cloud1"),
    ("2013.1.3-2", "2013.1.3-2+deb7u1"),
    ("2013.1.3-2", "2013.1.3-2+esm1"),
    ("2013.1.3-2", "2013.1.3-2+b1"),
    ("2013.1.3-2", "2013.1.3-2.1"),
    ("2013.1.3-2", "2013.1.3-3"),
    ("2013.1.3-2", "2013.1.4-1"),
]


def base(name: str) -> Base:
    return Base(name, CommitId("a" * 40), TreeId("b" * 40))


@pytest.mark.parametrize(("stock", "update"), STOCK)
def test_ours_lies_between_the_stock_version_and_its_update(stock: str, update: str) -> None:
    ours = stock + Suffix.parse("perf").at(1)
    check(ours, stock)
    assert NativeVersion(stock) < NativeVersion(ours) < NativeVersion(update)


@pytest.mark.parametrize(("stock", "update"), STOCK)
def test_dpkg_itself_agrees(stock: str, update: str) -> None:
    if not shutil.which("dpkg"):
        pytest.skip("not installed: dpkg")
    ours = stock + Suffix.parse("perf").at(12)
    for low, high in ((stock, ours), (ours, update)):
        subprocess.run(["dpkg", "--compare-versions", low, "lt", high], check=True)


@pytest.mark.parametrize(
    ("stock", "suffix", "why"),
    [
        ("2013.1.3-2", "~perf1", "sorts below the stock"),
        ("2013.1.3-0", "", "sorts below the stock"),
        ("2013.1.3-2", "+perf1", r"sorts above the likely stock update 2013\.1\.3-2\+deb"),
        ("1:2013.1.3-0ubuntu1", ".9", "sorts above the likely stock update"),
        ("1:2013.1.3-0ubuntu1", ".", r"update 1:2013\.1\.3-0ubuntu1\.1:"),  # the very same
    ],
)
def test_a_suffix_that_sorts_wrongly_is_refused(stock: str, suffix: str, why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        check(stock + (Suffix.parse(suffix).at(1) if suffix else ""), stock)


@given(st.integers(1, 10**6), st.sampled_from([s for s, _ in STOCK]))
def test_a_later_build_is_newer(number: int, stock: str) -> None:
    suffix = Suffix.parse("perf")
    check(stock + suffix.at(number), stock)
    assert NativeVersion(stock + suffix.at(number)) < NativeVersion(stock + suffix.at(number + 1))


@given(st.sampled_from([s for s, _ in STOCK]))
def test_every_likely_update_is_one(stock: str) -> None:
    assert likely_updates(stock)
    assert all(NativeVersion(stock) < NativeVersion(update) for update in likely_updates(stock))


def test_suffixes() -> None:
    assert Suffix.parse("perf").at(1) == "+0perf1"
    assert Suffix.parse("+0perf4").at(2) == "+0perf5"
    assert default_suffix("Grizzly-2013") == "grizzly"
    assert default_suffix("2013") == "series"
    with pytest.raises(SeriesError, match="not a version suffix"):
        Suffix.parse("-1")


def test_packaging_of_another_release_makes_way_for_the_packager() -> None:
    ours = stock_version("1:2013.1.2-0ubuntu1~cloud0.mido1", base("2013.1.3"))
    assert ours == "1:2013.1.3-0ubuntu0~cloud0"
    later = ours + Suffix.parse("perf").at(1)
    assert NativeVersion(later) < NativeVersion("1:2013.1.3-0ubuntu1~cloud0")
    assert stock_version("2013.1.3-2", base("2013.1.5")) == "2013.1.5-0"
    assert stock_version("2013.1.3+dfsg-2", base("2013.1.3")) == "2013.1.3+dfsg-2"


def test_the_upstream_version_of_a_base() -> None:
    assert upstream_version(base("v1.2.0")) == "1.2.0"
    assert upstream_version(base("1.2-rc1")) == "1.2~rc1"
    assert upstream_version(base("grizzly-eol")) == "0+gitaaaaaaaaaaaa"
    assert upstream_version(base("1" * 40)) == "0+gitaaaaaaaaaaaa"


def test_a_native_version_is_refused() -> None:
    with pytest.raises(SeriesError, match="native package"):
        stock_version("2013.1.3", base("2013.1.3"))
    with pytest.raises(SeriesError, match="not a Debian version"):
        stock_version("1.0-1; rm -rf", base("1.0"))


@pytest.mark.parametrize(
    ("stock", "updates"),
    [
        (
            "1:2013.1.3-0ubuntu1~cloud0",
            "ubuntu1~cloud1 ubuntu1 ubuntu1~cloud0.1 ubuntu1.1~cloud0 ubuntu2~cloud0",
        ),
        ("1:2013.1.3-0ubuntu1~cloud0.x1", "ubuntu1~cloud1 ubuntu1~cloud0.x1.1"),
        ("2013.1.3-2", "+deb7u1 +deb12u1 +esm1 +b1 .1"),
        ("1.0-0ubuntu2.1", ".1 +esm1"),
    ],
)
def test_an_update_counts_one_number_up(stock: str, updates: str) -> None:
    likely = likely_updates(stock)
    head = stock.partition("ubuntu")[0] if updates.startswith("ubuntu") else stock
    assert {head + update for update in updates.split()} <= set(likely)


def test_the_next_revision_and_the_next_release() -> None:
    assert {"2013.1.3-3", "2013.1.4-0"} <= set(likely_updates("2013.1.3-2"))
    assert {"1.0-a1", "1.1-0"} <= set(likely_updates("1.0-a"))
    assert {"1.0-0ubuntu3", "1.1-0ubuntu0"} <= set(likely_updates("1.0-0ubuntu2.1"))
    assert "1:3-0ubuntu0~cloud0" in likely_updates("1:2-0ubuntu1~cloud0")


_RELEASES = st.lists(st.integers(0, 30), min_size=2, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)


@given(
    _RELEASES,
    _RELEASES,
    st.sampled_from(["", "2:"]),
    st.sampled_from(["1", "1~deb12u3", "0ubuntu2"]),
    st.sampled_from(["", "rc1", "-rc2", ".a3", "~b4"]),
)
def test_the_packagers_first_version_of_a_release(
    old: str, new: str, epoch: str, revision: str, candidate: str
) -> None:
    packaged = f"{epoch}{old}-{revision}"
    is_newer = NativeVersion(f"{new}{'~' if candidate else ''}") > NativeVersion(old)
    if not candidate and new == old:
        assert release_version(packaged, new) == packaged
    elif not is_newer:
        with pytest.raises(SeriesError, match=f"is not newer than {packaged}"):
            release_version(packaged, new + candidate)
    else:
        made = release_version(packaged, f"v{new}{candidate}")
        assert NativeVersion(packaged) < NativeVersion(made)
        assert made.startswith(epoch + new)
        assert made.endswith("-0ubuntu1" if "ubuntu" in revision else "-1")
        final = release_version(packaged, new)
        assert (NativeVersion(made) < NativeVersion(final)) == bool(candidate)
        assert release_version(f"{epoch}{new}+dfsg-3", new) == f"{epoch}{new}+dfsg-3"


def test_a_release_that_is_as_new_is_not_newer() -> None:
    with pytest.raises(SeriesError, match=r"1\.00-1 is not newer than 1\.0-1"):
        release_version("1.0-1", "1.00")


def test_versions_have_an_end() -> None:
    assert parse("1" * (LONGEST - 2) + "-1")
    with pytest.raises(SeriesError, match=f"a version of {LONGEST + 1} characters"):
        parse("1" * (LONGEST - 1) + "-1")


@pytest.mark.parametrize(
    ("release", "made"),
    [("27.0.0.0rc1", "27.0.0~rc1-1"), ("27.0rc1", "27.0~rc1-1"), ("27.1.0b2", "27.1.0~b2-1")],
)
def test_a_candidate_is_of_the_release_that_it_becomes(release: str, made: str) -> None:
    assert release_version("26.0.0-1", release) == made


@given(st.text("1a:-.~+ ", max_size=6))
def test_any_text_is_a_version_or_none(text: str) -> None:
    try:
        version = parse(text)
    except SeriesError:
        return
    assert version.upstream_version
    assert version.debian_revision
    assert str(version) == text


@pytest.mark.parametrize("text", ["1:", "1a:", "1:1-1:", "1:-1", "1-", "1:1"])
def test_a_version_has_something_behind_each_sign(text: str) -> None:
    with pytest.raises(SeriesError):
        parse(text)
