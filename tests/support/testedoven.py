"""The upstream of the manual's chapter on tests: an oven, its tests, and two changes to port."""

from __future__ import annotations

from pathlib import Path

from support.upstreams import Upstream

HEAT = '''\
"""How an oven heats."""


def minutes(degrees):
    """How long it takes to reach a temperature."""
    return degrees // 10


def is_hot(degrees):
    """Whether bread can go in."""
    return degrees >= 220
'''
TEST = """\
from oven import heat


def test_minutes():
    assert heat.minutes(200) == 20


def test_is_hot():
    assert heat.is_hot(250)
    assert not heat.is_hot(180)
"""
TIMER = '''\
"""An oven's timer."""


def rings(minutes, passed):
    """Whether it rings."""
    return passed >= minutes
'''
TEST_TIMER = """\
from oven import timer


def test_rings():
    assert timer.rings(5, 5)
    assert not timer.rings(5, 4)
"""


def make_tested_oven(path: Path) -> Upstream:
    """The upstream in *path*: release 1.0, then two changes."""
    upstream = Upstream(path)
    upstream.commit(
        {
            "oven/__init__.py": b"",
            "oven/heat.py": HEAT.encode(),
            "tests/test_heat.py": TEST.encode(),
        },
        "An oven",
    )
    upstream.tag("1.0")
    upstream.commit(
        {"oven/timer.py": TIMER.encode(), "tests/test_timer.py": TEST_TIMER.encode()}, "Add a timer"
    )
    faster = HEAT.replace("degrees // 10", "degrees // 20")
    upstream.commit({"oven/heat.py": faster.encode()}, "Heat faster")
    return upstream
