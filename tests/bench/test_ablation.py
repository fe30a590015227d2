"""What the ablation and the thresholds switch is there, and is switched."""

from __future__ import annotations

import importlib
from operator import attrgetter

import pytest

from bench.ablation import PARTS
from bench.thresholds import THRESHOLDS, replaced

PLACES = [(part.module, part.name) for part in PARTS]
PLACES += [(threshold.module, threshold.name) for threshold in THRESHOLDS]


@pytest.mark.parametrize(("module", "name"), dict.fromkeys(PLACES))
def test_a_part_of_the_engine_is_switched_and_comes_back(module: str, name: str) -> None:
    home, part = importlib.import_module(f"patchseries.port.{module}"), attrgetter(name)
    before, other = part(home), object()
    with replaced(module, name, other):
        assert part(home) is other
    assert part(home) is before


def test_no_part_is_switched_off_twice() -> None:
    switched = [(part.module, part.name, repr(part.instead)) for part in PARTS]
    assert len({part.title for part in PARTS}) == len(set(switched)) == len(PARTS)
