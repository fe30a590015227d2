"""keystone's workers: keystone-all and its WSGI server, run on Jython with made-up processes.

"Idle" is a parent that sleeps and whose children live; "Spinning" one that asks for a child
again and again and has none; "ended" one that left in good order.
"""

from __future__ import annotations

import pytest

from own import support
from own.published import KEYSTONE_WORKERS
from own.support import Seen

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", params=[group[-1] for group in KEYSTONE_WORKERS.alike])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("keystone")
    return support.run_scenarios("keystone_workers.py", KEYSTONE_WORKERS, folder, request.param)


def test_each_server_has_a_worker_when_none_is_configured(seen: Seen) -> None:
    """Published: none, so keystone does not answer, and its parent spins."""
    assert seen.published["workers_not_set"] == {"parent": "Spinning", "workers": 0}
    assert seen.fixed["workers_not_set"] == {"parent": "Idle", "workers": 2}


def test_tls_is_spoken_when_configured(seen: Seen) -> None:
    """Published: plain HTTP, silently."""
    assert seen.published["tls"]["tls"] is False
    assert seen.fixed["tls"]["tls"] is True
    assert seen.fixed["plain"]["tls"] is False


def test_a_dead_worker_of_either_server_is_replaced(seen: Seen) -> None:
    """Two workers for each of two servers. Published: only the first server's is replaced."""
    whole, short = {"parent": "Idle", "workers": 4}, {"parent": "Idle", "workers": 3}
    assert seen.published["worker_of_the_first_dies"] == whole
    assert seen.fixed["worker_of_the_first_dies"] == whole
    assert seen.published["worker_of_the_second_dies"] == short
    assert seen.fixed["worker_of_the_second_dies"] == whole


def test_sigterm_ends_the_parent_and_its_workers(seen: Seen) -> None:
    """Published: nothing ends."""
    assert seen.published["terminated"] == {"parent": "Idle", "workers": 4}
    assert seen.fixed["terminated"] == {"parent": "ended", "workers": 0}


def test_the_listen_queue_is_as_long_as_asked(seen: Seen) -> None:
    assert seen.published["plain"]["backlog"] == 50  # eventlet's default
    assert seen.fixed["plain"]["backlog"] == 128
