"""What came out for a whole target, kept for those who may run nothing: check, status, report."""

from __future__ import annotations

import json
from pathlib import Path

from patchseries.files import DamagedError, read_sealed, sha256, write_sealed
from patchseries.parsing import parse_json
from patchseries.pipeline.testing.steps import PatchedTrees
from patchseries.pipeline.testing.suites import Suite
from patchseries.sources import Cache
from patchseries.testing.report import TargetTests, from_document, to_document


def remember(cache: Cache, suite: Suite, steps: PatchedTrees, tests: TargetTests) -> None:
    """Keep what came out when all tests of a target were run."""
    write_sealed(_path(cache, suite, steps), json.dumps(to_document(tests)).encode())


def remembered(cache: Cache, suite: Suite, steps: PatchedTrees) -> TargetTests | None:
    """What came out for these trees; None: their tests were not run, or not all of them."""
    try:
        return from_document(parse_json(read_sealed(_path(cache, suite, steps))))
    except (OSError, DamagedError, ValueError):
        return None


def _path(cache: Cache, suite: Suite, steps: PatchedTrees) -> Path:
    trees = [(step.name, step.tree) for step in steps.steps]
    facts = [suite.question, steps.target, trees, steps.untested]
    return cache.root / "tests" / "outcomes" / f"{sha256(json.dumps(facts).encode())}.json"
