"""The version in a name, in any spelling, and its place among others."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.versions import (
    LONGEST_NAME,
    end_of_line,
    is_final,
    packaged_version,
    version_in,
)


@pytest.mark.parametrize(
    ("name", "prefix", "numbers"),
    [
        ("v1.4.2", "v", "1 4 2"),
        ("curl-8_4_0", "curl-", "8 4 0"),
        ("REL_15_4", "REL_", "15 4"),
        ("REL9_6_24", "REL", "9 6 24"),
        ("OpenSSL_1_1_1w", "OpenSSL_", "1 1 1"),
        ("go1.21rc2", "go", "1 21"),
        ("libfoo2-1.2", "libfoo2-", "1 2"),
        ("client/pkg/v3.5.0-rc.1", "client/pkg/v", "3 5 0"),
        ("x@1.2.3", "x@", "1 2 3"),
        ("2024-01-02", "", "2024 01 02"),
        ("22.04.1", "", "22 04 1"),
        ("tool-2", "tool-", "2"),
    ],
)
def test_spellings(name: str, prefix: str, numbers: str) -> None:
    version = version_in(name)
    assert version is not None
    assert (version.prefix, version.numbers) == (prefix, tuple(numbers.split()))


@pytest.mark.parametrize(
    "name",
    [
        "latest",
        "v١.٢",
        "1.2é",
        "1.2-",
        "13.0.0-12-g1234abc",
        "2.0.0-rc1b",
        "v2.1.1-watch",
        "",
        "1" * 101,
    ],
)
def test_what_ends_in_no_version(name: str) -> None:
    assert version_in(name) is None


@pytest.mark.parametrize(
    "ordered",
    [
        "v1.0.0.dev0 v1.0.0-alpha.1 v1.0.0.beta1 v1.0.0.beta1.1 v1.0.0_RC1 v1.0 v1.0.0.1 v1.0.1",
        "2.2-alpha0 2.2.0-rc1 2.2.0 2.2.0-1 2.2.1",
        "OpenSSL_1_1_1-pre1 OpenSSL_1_1_1 OpenSSL_1_1_1a OpenSSL_1_1_1w",
        "8.0-m01 8.0-rc1 8.0",
        "REL_15_BETA1 REL_15_RC1 REL_15_0 REL_15_4",
    ],
)
def test_order(ordered: str) -> None:
    names = ordered.split()
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=lambda name: getattr(version_in(name), "key")) == names  # noqa: B009


def test_packages_stand_behind_their_release_and_are_none() -> None:
    names = ["upstream/1.2.3", "debian/2%1.2.3-1", "debian/1.2.3-1ubuntu2", "ubuntu/1.2.3-2"]
    found = [packaged_version(name) for name in names]
    keys = [version.key for version in found if version]
    assert len(keys) == 4
    assert sorted(keys) == keys
    assert [is_final(key) for key in keys] == [True, False, False, False]
    assert packaged_version("debian/bookworm") is None
    native, repacked = packaged_version("debian/1.2"), packaged_version("debian/1.2+dfsg-3")
    assert native is not None
    assert repacked is not None
    assert native.numbers == repacked.numbers
    assert native.key < repacked.key


def test_ends_of_lines() -> None:
    names = ["yoga-em", "yoga-eom", "yoga-eol"]
    ends = [end for name in names if (end := end_of_line(name))]
    assert [end[0] for end in ends] == ["yoga"] * 3
    assert sorted(ends) == ends
    assert not any(is_final(end[1]) for end in ends)
    assert end_of_line("-eol") is None


@given(st.text(max_size=LONGEST_NAME + 5))
def test_any_name(name: str) -> None:
    for version in (version_in(name), packaged_version(name)):
        if version is not None:
            assert len(name) <= LONGEST_NAME
            assert version.numbers
            assert all(set(number) <= set("0123456789") for number in version.numbers)
    version = version_in(name)
    if version is not None:
        assert name.startswith(version.prefix)
        assert name.endswith(version.rest)


numbers = st.lists(st.integers(0, 40), min_size=2, max_size=4)


@given(numbers, numbers, st.sampled_from(["v{}", "tool-{}", "{}", "release/{}"]))
def test_versions_are_ordered_by_their_numbers(one: list[int], other: list[int], form: str) -> None:
    def significant(values: list[int]) -> list[int]:
        while values and not values[-1]:
            values = values[:-1]
        return values

    found = [version_in(form.format(".".join(map(str, values)))) for values in (one, other)]
    assert found[0] is not None
    assert found[1] is not None
    assert (found[0].key < found[1].key) == (significant(one) < significant(other))
