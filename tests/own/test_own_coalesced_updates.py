"""nova's coalesced resource updates: the resource tracker, run through scenarios on Jython.

The green threads are stand-ins that take turns without any timing, so "blocked" means that
nobody is left who could wake it (tests/own/python2 has the scenarios).
"""

from __future__ import annotations

import pytest

from own import support
from own.published import COALESCED_UPDATES
from own.support import Seen

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("nova")
    return support.run_scenarios("coalesced_updates.py", COALESCED_UPDATES, folder)


@pytest.mark.parametrize(
    ("scenario", "raised"), [("failed_call", "Away"), ("failed_with_timeout", "Timeout")]
)
def test_a_failed_update_blocks_nobody(seen: Seen, scenario: str, raised: str) -> None:
    """Published: its claim, every later one and the audit, which keeps the lock (0 may enter).

    Fixed: the claim raises what failed, once logged; all goes on.
    """
    assert seen.published[scenario] == {
        "first": "blocked",
        "later claim": "blocked",
        "audit": "blocked",
        "lock": 0,
        "logged": 0,
    }
    assert seen.fixed[scenario] == {
        "first": raised,
        "later claim": "returned",
        "audit": "returned",
        "lock": 1,
        "logged": 1,
    }


def test_everyone_in_a_failed_batch_is_told(seen: Seen) -> None:
    """Three claims share one update, and it fails. It stays one update: they are coalesced."""
    one_batch = {"flying": "returned", "updates": 2}
    assert seen.published["failed_batch"] == one_batch | {"behind": ["blocked"] * 3}
    assert seen.fixed["failed_batch"] == one_batch | {"behind": ["Away"] * 3}


def test_a_killed_waiter_releases_the_lock_once(seen: Seen) -> None:
    """Published: two may enter from then on."""
    assert seen.published["killed_while_waiting"] == {"fate": "GreenletExit", "lock": 2}
    assert seen.fixed["killed_while_waiting"] == {"fate": "GreenletExit", "lock": 1}


def test_a_change_in_stats_alone_is_stored(seen: Seen) -> None:
    """An instance goes from building to active."""
    assert seen.published["stats_only_change"] == {"fate": "returned", "building": 1, "active": 0}
    assert seen.fixed["stats_only_change"] == {"fate": "returned", "building": 0, "active": 1}


def test_an_update_without_change_is_still_dropped(seen: Seen) -> None:
    """What the published patch is for must stay."""
    assert seen.published["unchanged"] == {"fate": "returned", "updates": 0}
    assert seen.fixed["unchanged"] == {"fate": "returned", "updates": 0}


def test_what_failed_is_stored_by_the_next_update(seen: Seen) -> None:
    """Even when that one changes nothing more."""
    scenario = "unchanged_after_failure"
    assert seen.published[scenario] == {"failed": "blocked", "same": "returned", "active": 0}
    assert seen.fixed[scenario] == {"failed": "Away", "same": "returned", "active": 1}


def test_a_change_taken_back_in_flight_is_stored(seen: Seen) -> None:
    """Comparing with what is stored, not with what is on its way there, would drop it."""
    assert seen.fixed["there_and_back"] == {"building": 1, "active": 0}


def test_an_update_stores_one_state(seen: Seen) -> None:
    """Running VMs of the row and instances of the stats, for two updates.

    Published: the first has the stats of the second already.
    """
    both = {"fates": ["returned", "returned"]}
    assert seen.published["change_while_sending"] == both | {"stored": [[1, 2], [2, 2]]}
    assert seen.fixed["change_while_sending"] == both | {"stored": [[1, 1], [2, 2]]}


def test_tracking_may_be_turned_off_while_an_update_waits(seen: Seen) -> None:
    off = {"off": True, "flying": "returned"}
    assert seen.published["turned_off_while_queued"] == off | {"queued": "blocked"}
    assert seen.fixed["turned_off_while_queued"] == off | {"queued": "returned"}


def test_the_time_stamp_is_left_to_the_database(seen: Seen) -> None:
    """Published: the time of the first load is written back."""
    assert seen.published["time_stamp"] == {"updated_at": "2013-04-04T00:00:00"}
    assert seen.fixed["time_stamp"] == {"updated_at": "now"}


def test_a_batch_prunes_when_one_of_it_asked(seen: Seen) -> None:
    """By calling the update itself: the lock keeps the audit's from being followed in a batch."""
    assert seen.published["prune_in_batch"] == {"prunes": [False, False], "gone": False}
    assert seen.fixed["prune_in_batch"] == {"prunes": [False, True], "gone": True}


@pytest.mark.parametrize("scenario", ["orders_by_chance", "orders_by_chance_with_failures"])
def test_no_order_loses_a_change_or_blocks(seen: Seen, scenario: str) -> None:
    """Five lives of instances and three audits, in orders picked by chance (fixed seeds)."""
    published, fixed = seen.published[scenario], seen.fixed[scenario]
    assert published["lost"] > 0
    # Stats that change while they are walked end the update thread; not on Jython, which walks on.
    blocks = seen.published["python"] == "CPython" or scenario == "orders_by_chance_with_failures"
    assert (published["blocked"] > 0) == blocks
    assert fixed == {"runs": published["runs"], "blocked": 0, "lost": 0}
