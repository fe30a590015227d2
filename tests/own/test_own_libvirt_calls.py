"""fewer-libvirt-calls: nova's own test of `spawn`, with the patch as published and with ours."""

from __future__ import annotations

import pytest

from own import support
from own.published import BASES, FEWER_LIBVIRT_CALLS
from own.support import Seen

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", params=BASES)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("nova")
    return support.run_scenarios("libvirt_spawn.py", FEWER_LIBVIRT_CALLS, folder, request.param)


def test_the_test_passes(seen: Seen) -> None:
    """Published: it waits for a call that spawn no longer makes."""
    assert (seen.published["kvm"], seen.published["qemu"]) == ("Missing", "Missing")
    assert (seen.fixed["kvm"], seen.fixed["qemu"]) == ("passes", "passes")


def test_a_driver_that_asks_again_fails_it(seen: Seen) -> None:
    """Where libvirt is asked for the state, as all drivers did before the patch."""
    assert seen.published["asks"] == "passes"
    assert seen.fixed["asks"] == "TooMany"


def test_a_driver_that_returns_no_state_fails_it(seen: Seen) -> None:
    assert seen.fixed["returns_nothing"] == "AssertionError"
