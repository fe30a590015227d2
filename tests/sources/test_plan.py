"""What a series needs of each upstream: once each, of the bases and projects that are meant."""

from __future__ import annotations

import pytest

from patchseries.errors import SeriesError
from patchseries.manifest import parse
from patchseries.model import ChangeId
from patchseries.sources.plan import ChangeWant, Want, is_full, repository_of, wants

FULL, SHORT = "1" * 40, "2" * 12
CHANGE = "I" + "3" * 40
OVEN = "https://git.invalid/kitchen/oven.git"
STOVE = "https://git.invalid/kitchen/stove"
MANIFEST = f"""\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "{OVEN}"
gerrit = "https://review.invalid/r/"
bases = ["1.0", "1.1"]
made-for = "0.9"
packaging = {{ repository = "https://git.invalid/debian/oven.git", branch = "debian/sid" }}
[project.stove]
repository = "{STOVE}"
bases = ["2.0"]
packaging = {{ repository = "https://git.invalid/debian/stove.git", commit = "{SHORT}" }}
[[patch]]
name = "by-commit"
project = "oven"
source = {{ commit = "{FULL}", branch = "main" }}
[[patch]]
name = "short"
project = "oven"
source = {{ commit = "{SHORT}" }}
[[patch]]
name = "by-change"
project = "oven"
source = {{ change-id = "{CHANGE}", patchset = 3, branch = "stable" }}
[[patch]]
name = "merged"
project = "oven"
change-id = "{CHANGE}"
[[patch]]
name = "file"
project = "oven"
source = {{ file = "imported/a.patch" }}
[[patch]]
name = "older-file"
project = "oven"
source = {{ file = "imported/b.patch", made-for = "0.8" }}
[[patch]]
name = "again"
project = "oven"
source = {{ commit = "{FULL}", repository = "{STOVE}" }}
[[patch]]
name = "on-one-base"
project = "oven"
bases = ">= 1.1"
source = {{ commit = "{"4" * 40}" }}
"""
PARSED = parse(MANIFEST)
CHANGE_WANT = ChangeWant("https://review.invalid/r", "kitchen/oven", ChangeId(CHANGE), "stable", 3)


def of_oven(*bases: str) -> dict[str, Want]:
    return {want.why: want for want in wants(PARSED, ["oven"], bases)}


def test_everything_is_wanted_with_its_reason() -> None:
    found = of_oven()
    assert list(found) == [
        "base 1.0 of oven",
        "base 1.1 of oven",
        "packaging of oven",
        "made-for of oven",
        "source of by-commit",
        "source of short",
        "source of by-change",
        "source of merged",
        "source of again",
        "source of on-one-base",
    ]
    assert found["base 1.0 of oven"] == Want(OVEN, "1.0", False, None, "base 1.0 of oven")
    assert found["packaging of oven"] == Want(
        "https://git.invalid/debian/oven.git", "debian/sid", False, "debian/sid",
        "packaging of oven",
    )  # fmt: skip
    assert found["source of by-commit"] == Want(OVEN, FULL, True, "main", "source of by-commit")
    short = found["source of short"]
    assert (short.rev, short.with_parent, short.sought) == (SHORT, True, True)
    change = found["source of by-change"]
    assert change.repository == "https://review.invalid/r/kitchen/oven"
    assert (change.change, change.sought, change.hint) == (CHANGE_WANT, False, "stable")
    merged = found["source of merged"]
    assert (merged.repository, merged.sought) == (OVEN, True)
    assert merged.change is not None
    assert merged.change.patchset is None
    assert found["source of again"].repository == STOVE
    revs = [want.rev for want in wants(PARSED, ["oven"], ()) if want.why == "made-for of oven"]
    assert revs == ["0.9", "0.8"]


def test_only_what_is_asked_for_is_wanted() -> None:
    assert [w.why for w in wants(PARSED, ["stove"], ())] == [
        "base 2.0 of stove",
        "packaging of stove",
    ]
    assert wants(PARSED, ["stove"], ())[1].sought  # a short id is for the history to complete
    assert len(wants(PARSED, (), ())) == len(wants(PARSED, ["oven"], ())) + 2
    one = of_oven("1.0")
    assert "base 1.1 of oven" not in one
    assert "source of on-one-base" not in one
    assert "source of by-commit" in one
    none = of_oven("9.9")
    assert list(none) == ["packaging of oven"]


def test_what_two_patches_need_is_wanted_once() -> None:
    twice = parse(MANIFEST.replace(f', repository = "{STOVE}"', ""))
    found = [want for want in wants(twice, ["oven"], ()) if want.rev == FULL]
    assert [want.why for want in found] == ["source of by-commit"]


def test_a_whole_commit_of_packaging_is_not_sought() -> None:
    whole = parse(
        MANIFEST.replace(f'stove.git", commit = "{SHORT}"', f'stove.git", commit = "{FULL}"')
    )
    assert [w.sought for w in wants(whole, ["stove"], ())] == [False, False]


def test_a_change_is_fetched_from_the_projects_gerrit() -> None:
    (source,) = next(p for p in PARSED.patches if p.name == "by-change").sources
    with pytest.raises(SeriesError, match="its project has no `gerrit`") as caught:
        repository_of(PARSED.projects["stove"], source)
    assert caught.value.hint == "add `gerrit` to the project, or `source` to the patch"


@pytest.mark.parametrize(("length", "full"), [(7, False), (39, False), (40, True), (64, True)])
def test_a_whole_id(length: int, full: bool) -> None:
    assert is_full("a" * length) == full


def test_the_commit_before_is_wanted_of_patches_alone() -> None:
    for want in wants(PARSED, ["oven"], ()):
        assert want.with_parent == want.why.startswith("source of"), want.why


def test_a_merged_change_needs_no_gerrit() -> None:
    text = MANIFEST.replace('gerrit = "https://review.invalid/r/"\n', "")
    by_change = next(block for block in text.split("[[patch]]") if '"by-change"' in block)
    found = wants(parse(text.replace(f"[[patch]]{by_change}", "")), ["oven"], ())
    (merged,) = (want for want in found if want.why == "source of merged")
    assert (merged.repository, merged.change, merged.sought) == (OVEN, None, True)
