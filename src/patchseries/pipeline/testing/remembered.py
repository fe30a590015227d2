"""What came out for a whole target, kept for those who may run nothing: check, status, report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from patchseries.errors import MachineError, SeriesError
from patchseries.files import DamagedError, directory_contents, read_sealed, sha256, write_sealed
from patchseries.manifest import patch_names
from patchseries.model import Target
from patchseries.parsing import parse_json
from patchseries.patches.compose import series_directory
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.testing.suites import Suite
from patchseries.sources import Cache
from patchseries.testing.report import PatchTests, TargetTests, from_document, to_document


class RememberedCell(NamedTuple):
    """What is remembered of the tests of one patch on one base: in words, and for programs."""

    patch: str
    project: str
    base: str
    word: str
    result: str


def remembered_tests(
    session: Session, series: Series, selection: Selection
) -> list[RememberedCell]:
    """The word of each selected patch and base whose project says how its tests are run."""
    outcomes = Outcomes(session.cache, series)
    cells = []
    for target in selection.targets(series.manifest):
        if series.manifest.projects[target.project].tests is None:
            continue
        tests = outcomes.of(target)
        for patch in series.manifest.patches_of(target.project):
            if patch.applies_to(target.base) and patch.name in (selection.patches or [patch.name]):
                said = PatchTests(patch.name, reason="nothing is remembered")
                if tests:  # of a patch that changes nothing here, nothing is said
                    said = tests.of(patch.name) or PatchTests(patch.name)
                cells.append(RememberedCell(patch.name, *target, said.word, said.result))
    return cells


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes that are kept in *cache* of the series as it is on disk."""

    cache: Cache
    series: Series

    def suite(self, project: str, wrap: tuple[str, ...] = ()) -> Suite | None:
        """How the tests of *project* are run; None where the manifest does not say it."""
        table = self.series.manifest.projects[project].tests
        home = self.cache.root / "tests" / "environments"
        return Suite(table, self.series.root, home, wrap) if table else None

    def remember(self, tests: TargetTests, commit: str) -> None:
        """Keep what came out when all tests of a target were run on its base's *commit*."""
        write_sealed(self._path(tests.target, commit), json.dumps(to_document(tests)).encode())

    def of(self, target: Target) -> TargetTests | None:
        """What came out for the patches as they are; None: not all of their tests were run."""
        project = self.series.manifest.projects[target.project]
        commit = self.series.lock.pins.get((project.repository, target.base))
        if project.tests is None or commit is None:
            return None
        try:
            return from_document(parse_json(read_sealed(self._path(target, commit))))
        except MachineError:
            raise
        except (SeriesError, OSError, DamagedError, ValueError):
            return None

    def _path(self, target: Target, commit: str) -> Path:
        """A file that is named for all that the outcome is a function of."""
        suite = self.suite(target.project)
        names = patch_names(self.series.manifest, target.project)
        directory = series_directory(self.series.name, target.base, target.project)
        files = directory_contents(self.series.root / directory)
        facts = [
            suite.question if suite else "",
            *target,
            commit,
            [(patch, files_of.all) for patch, files_of in names.items()],
            [(name, sha256(data)) for name, data in sorted(files.items())],
        ]
        digest = sha256(json.dumps(facts).encode())
        return self.cache.root / "tests" / "outcomes" / f"{digest}.json"
