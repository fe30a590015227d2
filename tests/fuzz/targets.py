"""What is fuzzed: for each kind of document a strategy, and the law that reading it keeps.

A law is a function of one input. It fails by raising anything but what the reader documents.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from hypothesis import strategies as st

from fuzz.inputs import spoilt, spoilt_json
from fuzz.seeds import (
    CHANGE,
    COMMITS,
    DSCS,
    JOURNAL,
    LOCKS,
    LOG,
    MANIFESTS,
    MESSAGES,
    PATCHES,
    RESOLUTIONS,
    RESULTS,
    SERIES,
    TAGS,
)
from patchseries import lock, manifest
from patchseries.checks.dep3 import Kind, problems
from patchseries.debian.dsc import files_of, read_dsc
from patchseries.errors import SeriesError
from patchseries.git.objects import parse_commit
from patchseries.journal import State, find_state, operations, recover
from patchseries.landed.message import links
from patchseries.landed.releaselines import lines_of
from patchseries.landed.releases import scheme_for
from patchseries.manifest.releases import ReleasesTable
from patchseries.manifest.suite import Format
from patchseries.patches.dep3 import read_header
from patchseries.patches.dpkg import guard
from patchseries.patches.header import split_patch
from patchseries.patches.parse import PatchSyntaxError, parse_patch
from patchseries.patches.quilt import append_series, parse_series
from patchseries.patches.scan import scan
from patchseries.pipeline.resolutions import load_resolutions
from patchseries.pipeline.series import Series
from patchseries.sources.gerrit import Gerrit
from patchseries.testing.formats import read_results
from patchseries.testing.outcomes import LONGEST_DETAIL
from support.namedrefs import only_names


@dataclass(frozen=True)
class Target:
    """One kind of document: how inputs are made, and the law that holds for each."""

    name: str
    inputs: st.SearchStrategy[Any]
    law: Callable[[Any], None]


def read_manifest(data: bytes) -> None:
    with _file(data, "x.toml") as path, suppress(SeriesError):
        manifest.load(path)


def read_lock(data: bytes) -> None:
    with _file(data, "x.lock") as path, suppress(SeriesError):
        read = lock.load(path)
        assert lock.parse(lock.dump(read)) == read


def read_resolution(data: bytes) -> None:
    with _file(data, "series/resolutions/x/one.toml") as path, suppress(SeriesError):
        load_resolutions(Series(path.parents[3], "x", path.parents[3] / "state"))


def read_journal(value: Any) -> None:
    """A journal moves no file that it does not name in full, and none outside of the project."""
    with _state() as state:
        pending = state.directory / "pending"
        pending.mkdir(parents=True)
        (pending / "journal.json").write_text(json.dumps(value))
        outside = state.root.parent / "outside"
        outside.write_bytes(b"private")
        with suppress(SeriesError):
            recover(state)
        assert outside.read_bytes() == b"private"


def read_log(value: Any) -> None:
    with _state() as state:
        entry = state.directory / "log" / "000001"
        entry.mkdir(parents=True)
        (entry / "operation.json").write_text(json.dumps(value))
        with suppress(SeriesError):
            for logged in operations(state):
                assert all(not change.path.startswith(("/", "..")) for change in logged.changes)


def read_patch(data: bytes) -> None:
    """No byte is lost between head and diff, and what parses says where it would write."""
    head, diff = split_patch(data)
    assert head + diff == data
    scan(data)
    guard("x.patch", data)
    with suppress(PatchSyntaxError):
        for patched in parse_patch(diff):
            assert patched.path


def read_dep3(data: bytes) -> None:
    read_header(data)
    for kind in Kind:
        list(problems(data, kind))


def read_series(data: bytes) -> None:
    """A series file can be added to without a line of it being lost."""
    text = data.decode("utf-8", "replace")
    before = parse_series(text)
    after = parse_series(append_series(text, ["added.patch"]))
    assert after[: len(before)] == before
    assert after[-1].name == "added.patch"


def read_source_package(data: bytes) -> None:
    with suppress(SeriesError):
        assert all("/" not in name for name in files_of(data, "x.dsc"))
    with _file(data, "x.dsc") as path, suppress(SeriesError):
        read_dsc(path)


def read_commit(data: bytes) -> None:
    with suppress(ValueError):
        commit = parse_commit("0" * 40, data)
        links(commit.text)
        assert "\n" not in commit.subject


def read_message(data: bytes) -> None:
    """What a message links to is an id and nothing else."""
    read = links(data.decode("utf-8", "replace"))
    assert all(change[1:].isalnum() for change in read.change_ids)
    assert all(commit.isalnum() for commit in (*read.picked_from, *read.reverts))


def read_tag(data: bytes) -> None:
    """Whatever tags and branches are called, each is in one line at most."""
    names = data.decode("utf-8", "replace").splitlines()
    refs = only_names(*(f"{kind}/{name}" for name in names for kind in ("tags", "heads")))
    for url in ("https://opendev.org/openstack/nova.git", "https://host.invalid/oven.git"):
        lines = lines_of(scheme_for("p", url, ReleasesTable(branches=("x{line}-*",))), refs)
        bits = [point.bit for line in lines for point in line.points]
        assert len(bits) == len(set(bits))
        for name in names:
            lines.named(name)


def read_change(value: Any) -> None:
    """Whatever a server answers is the change that was asked for, or an error."""
    gerrit = Gerrit("https://review.invalid")
    gerrit._rest.get = lambda *_, **__: value  # type: ignore[method-assign]
    wanted = "I" + "1" * 40
    with suppress(SeriesError):
        assert gerrit.change(wanted).change_id == wanted
    with suppress(SeriesError):
        assert gerrit.change("42").number == 42


def read_test_results(data: bytes) -> None:
    """Whatever tests write is a run, in every format: never an error."""
    for form in get_args(Format):
        run = read_results(form, data)
        assert run.passing.isdisjoint(run.failing)
        assert all(len(text) <= LONGEST_DETAIL for text in run.details.values())


TARGETS = (
    Target("manifest", spoilt(MANIFESTS), read_manifest),
    Target("lock", spoilt(LOCKS), read_lock),
    Target("resolution", spoilt(RESOLUTIONS), read_resolution),
    Target("journal", spoilt_json(JOURNAL), read_journal),
    Target("log", spoilt_json(LOG), read_log),
    Target("patch", spoilt(PATCHES), read_patch),
    Target("dep3", spoilt(PATCHES), read_dep3),
    Target("quilt-series", spoilt(SERIES), read_series),
    Target("dsc", spoilt(DSCS), read_source_package),
    Target("commit", spoilt(COMMITS), read_commit),
    Target("message", spoilt(MESSAGES), read_message),
    Target("tag", spoilt(TAGS), read_tag),
    Target("gerrit", spoilt_json(CHANGE), read_change),
    Target("test-results", spoilt(RESULTS), read_test_results),
)


@contextmanager
def _file(data: bytes, name: str) -> Iterator[Path]:
    with _directory() as directory:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        yield path


@contextmanager
def _state() -> Iterator[State]:
    with _directory() as directory:
        (directory / "project/series").mkdir(parents=True)
        yield find_state(directory / "state", directory / "project")


@contextmanager
def _directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)
