"""What is the same on many patches is one finding, in every form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from patchseries.checks.agreement import UNTRACKED, check_manifest
from patchseries.checks.alike import MANY, identity, patches_of, shared
from patchseries.checks.disk import PATCH_MISSING
from patchseries.checks.gate import RULES
from patchseries.checks.inputs import CheckedTarget, CheckInputs, Fate
from patchseries.cli import group
from patchseries.lock import Lock
from patchseries.manifest import parse
from patchseries.model import Finding
from patchseries.report.annotations import gitlab_report
from patchseries.report.documents import checked_rows
from patchseries.report.sarif import sarif_document
from patchseries.report.text import text_lines
from support.longseries import long_series
from support.manifests import small_manifest


def missing(number: int, base: str = "1.0") -> Finding:
    """The file of a patch is missing."""
    name = f"fix-{number}"
    words = f"{name} on {base}: {number:04d}-{name}.patch is missing"
    file = f"patches/s/{base}/p/{number:04d}-{name}.patch"
    return PATCH_MISSING.finding(words, patch=name, file=file, base=base)


def untracked(number: int) -> Finding:
    return UNTRACKED.finding(f"fix-{number} has neither", patch=f"fix-{number}", file="s.toml")


def test_few_patches_have_a_finding_each() -> None:
    found = [missing(n) for n in range(MANY)]
    assert list(shared(found)) == found


def test_many_are_one_that_names_some_and_lists_all() -> None:
    found = [missing(n, base) for base in ("1.0", "1.1") for n in range(MANY + 1)]
    (one,) = shared(found)
    assert one.message == (
        "fix-0 on 1.0: 0000-fix-0.patch is missing "
        "(likewise 10 other patches: fix-1, fix-2, fix-3 and 7 more)"
    )
    assert (one.patch, one.base, one.severity) == (None, None, found[0].severity)
    assert patches_of(one) == tuple(f"fix-{n}" for n in range(MANY + 1))
    assert checked_rows([one])[0]["patches"] == list(patches_of(one))
    (result,) = sarif_document([one], RULES)["runs"][0]["results"]
    assert result["properties"] == {"patches": list(patches_of(one))}
    assert any("likewise 10 other patches" in line for line, _ in text_lines([one], RULES))


def test_errors_that_say_something_else_stay_apart() -> None:
    found = [replace(missing(n), message=f"fix-{n} conflicts in {n}.py") for n in range(30)]
    assert list(shared(found)) == found


def test_commit_ids_do_not_keep_them_apart() -> None:
    found = [replace(missing(n), message=f"fix-{n} differs ({n:012x}…)") for n in range(MANY + 1)]
    assert len(shared(found)) == 1


def test_what_a_rule_only_informs_of_is_one_whatever_it_says() -> None:
    found = [replace(untracked(n), message=f"fix-{n}: words {n}") for n in range(MANY + 1)]
    (one,) = shared([missing(1), *found])[1:]
    assert one.message.startswith("fix-0: words 0 (likewise 10 other patches: ")


def test_a_finding_on_no_patch_stays() -> None:
    found = [UNTRACKED.finding("words", file="a") for _ in range(30)]
    assert len(shared(found)) == 30


def test_it_is_the_same_finding_when_a_patch_more_has_it() -> None:
    before, after = (shared([missing(n) for n in range(k)])[0] for k in (20, 21))
    assert before.message != after.message
    assert identity(before) == identity(after)
    prints = [gitlab_report([one])[0]["fingerprint"] for one in (before, after)]
    assert prints[0] == prints[1]


@given(st.lists(st.builds(missing, st.integers(0, 30), st.sampled_from(["1.0", "1.1"]))))
def test_no_patch_is_lost(found: list[Finding]) -> None:
    told = [name for one in shared(found) for name in patches_of(one)]
    assert set(told) == {finding.patch for finding in found}


# What is tracked ---------------------------------------------------------------------------------


ENTRY = """
[[patch]]
name = "patient"
project = "project"
source = {{ commit = "{commit}" }}{more}
"""


def told_untracked(fates: tuple[Fate, ...], more: str = "") -> bool:
    """Whether a patch that names a commit is told to be untracked."""
    text = small_manifest(["1.0"]) + ENTRY.format(commit="1" * 40, more=more)
    target = CheckedTarget("project", "1.0", "patches/small/1.0/project")
    inputs = CheckInputs(parse(text, "m"), "m", text, Lock(), "l", "", (target,), fates=fates)
    return "untracked" in {finding.code for finding in check_manifest(inputs)}


def test_a_patch_is_untracked_only_if_the_history_has_not_its_commit() -> None:
    absent = Fate("patient", "not-landed")
    assert told_untracked((absent,))
    assert not told_untracked((replace(absent, is_known=True),))
    assert not told_untracked(())
    assert not told_untracked((absent,), f'\nchange-id = "I{1:040x}"')


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A series of twelve patches that all landed."""
    monkeypatch.chdir(long_series(tmp_path, 12))
    for name in ("MIRRORS", "CACHE", "STATE"):
        monkeypatch.setenv(f"SERIES_{name}", str(tmp_path / name.lower()))


def series(*words: str) -> Result:
    return CliRunner().invoke(group, list(words), standalone_mode=False, catch_exceptions=False)


@pytest.mark.usefixtures("long")
def test_one_rule_on_a_long_series_is_one_finding() -> None:
    """Each patch landed, by its Change-Id: it is not told to be untracked as well."""
    assert series("rebase").return_value == 0
    (found,) = json.loads(series("check", "--json").stdout)["findings"]
    assert found["code"] == "landed-upstream"
    assert found["patches"] == [f"fix-{n}" for n in range(12)]
    few = json.loads(series("check", "--json", "--patch", "fix-3").stdout)["findings"]
    assert [one["patch"] for one in few] == ["fix-3"]
