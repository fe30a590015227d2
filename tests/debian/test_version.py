"""Versions sort above the stock package and below every likely update of it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from debian.debian_support import NativeVersion
from hypothesis import given
from hypothesis import strategies as st

from patchseries.debian.version import (
    Suffix,
    check,
    default_suffix,
    likely_updates,
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
        ("2013.1.3-2", "+perf1", r"sorts above the likely stock update 2013\.1\.3-2\+deb"),
        ("1:2013.1.3-0ubuntu1", ".9", "sorts above the likely stock update"),
    ],
)
def test_a_suffix_that_sorts_wrongly_is_refused(stock: str, suffix: str, why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        check(stock + Suffix.parse(suffix).at(1), stock)


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
