"""Releases whose names a manifest describes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.landed.nameforms import Described
from patchseries.landed.numbered import Numbered
from patchseries.landed.releaselines import lines_of
from patchseries.landed.versions import LONGEST_NAME
from support.namedrefs import only_names


def test_tags_and_branches_by_their_forms() -> None:
    forms = Described(
        Numbered(), ["app_{line}_r{version}"], ["maint-{line}-*"], {"jupiter": "2024"}
    )
    refs = only_names(
        "tags/app_2023_r1",
        "tags/app_2024_r2",
        "tags/app_2024_r10",
        "heads/maint-2024-ann",
        "tags/v1.2",
    )
    lines = lines_of(forms, refs)
    assert [(line.name, [p.tag for p in line.points]) for line in lines] == [
        ("2023", ["app_2023_r1"]),
        ("2024", ["app_2024_r2", "app_2024_r10", None]),
    ]
    for name in ("Jupiter", "maint-2024-bob", "2024"):
        release = lines.named(name)
        assert release is not None
        assert release.name == "2024"


@pytest.mark.parametrize(
    ("form", "tag", "line", "rank"),
    [
        ("{line}-{version}", "jammy-22.04.1", "jammy", (22, 4, 1)),
        ("{line}-{version}", "Zed-1.0", "zed", (1, 0)),
        ("R{line}", "R2024.1", "2024.1", (2024, 1)),
        ("*/{line}/{version}", "x/y/7.1/7.1.2", "7.1", (7, 1)),
        ("a.{line}", "axb1", None, None),
        ("{line}+{version}", "1.4+3", "1.4", (1, 4)),
    ],
)
def test_forms(form: str, tag: str, line: str | None, rank: tuple[int, ...] | None) -> None:
    place = Described(Numbered(), [form]).tag(tag)
    assert (place.line if place else None, place.rank if place else None) == (line, rank)


def test_what_is_not_described_is_named_as_usual() -> None:
    forms = Described(Numbered(), branches=["b{line}"])
    tag, branch = forms.tag("v1.4.2"), forms.branch("b1.4")
    assert tag is not None
    assert branch is not None
    assert tag.line == branch.line == "1.4"
    assert forms.branch("stable/1.4") is None
    assert forms.line_named("stable/1.4") == "1.4"


@given(st.text(max_size=LONGEST_NAME))
def test_any_name(name: str) -> None:
    forms = Described(Numbered(), ["*x{line}y{version}"], ["{line}-*"])
    forms.tag(name)
    forms.branch(name)
    forms.line_named(name)


@pytest.mark.parametrize("name", ["x1" * 50, "x" * 100, "1y" * 50, "x1y1" * 25 + "!"])
def test_no_name_takes_long(name: str) -> None:
    started = time.process_time()
    Described(Numbered(), ["*x{line}y{version}"] * 20).tag(f"{name[:99]}!")
    assert time.process_time() - started < 1
