"""A short run of the fuzzer in the suite; ``make fuzz MINUTES=N`` is the long one."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz.inputs import spoilt
from fuzz.seeds import COMMITS, DSCS, LOCKS, MANIFESTS, PATCHES, RESOLUTIONS
from fuzz.targets import TARGETS, Target
from patchseries import lock, manifest
from patchseries.debian.dsc import files_of
from patchseries.git.objects import parse_commit
from patchseries.patches.header import split_patch
from patchseries.patches.parse import parse_patch
from patchseries.resolution.reading import parse_resolution

_MOST_SECONDS = 10.0
"""Processor time in which any input must have been read: a hang, not a slow machine."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_reading_it_ends_as_documented(target: Target) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.inputs)
    def law(value: object) -> None:
        started = time.process_time()
        target.law(value)
        assert time.process_time() - started < _MOST_SECONDS

    law()


def test_a_broken_law_is_found() -> None:
    def law(value: bytes) -> None:
        assert b"\x1b" not in value

    broken = Target("broken", spoilt((b"a\x1bb",)), law)
    with pytest.raises(AssertionError):
        test_reading_it_ends_as_documented(broken)


def test_the_seeds_are_valid() -> None:
    """Else every input would be refused at its first word."""
    manifest.parse(MANIFESTS[0].decode())
    assert lock.parse(LOCKS[0].decode()).cells
    assert parse_resolution(RESOLUTIONS[0].decode()).files
    assert parse_patch(split_patch(PATCHES[0])[1])
    assert files_of(DSCS[0], "x.dsc")
    assert parse_commit("0" * 40, COMMITS[0]).subject == "Subject"
