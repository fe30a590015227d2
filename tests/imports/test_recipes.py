"""Lists of other distributions: read, never run; what depends on a condition is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import PATCH
from patchseries.imports.directory import RawFile
from patchseries.imports.recipes import guarded, parse_spec, read_series_conf, read_spec
from patchseries.patches.quilt import strip_level

SPEC = """\
%global major 2
Name: oven
Version: %{major}.1
URL: https://github.com/org/oven
Patch: %{name}-first.patch
Patch5: https://h.invalid/%{version}/fifth.patch
Patch6: https://h.invalid/?id=1#/sixth.patch
Patch7: unused.patch

%prep
%setup -q
%patch0 -p1 -b .first
%patch -P 5 -p2
%patch6
%build
%(touch /tmp/never)
"""


def test_a_spec_with_patch_lines() -> None:
    names = ["oven-first.patch", "fifth.patch", "sixth.patch", "unused.patch"]
    spec, found = read_spec(SPEC, dict.fromkeys(names, PATCH), "oven.spec")
    assert spec.tags["version"] == "2.1"
    assert [(line.name, strip_level(line.options)) for line in found.lines] == [
        ("oven-first.patch", 1),
        ("fifth.patch", 2),
        ("sixth.patch", 0),
    ]
    assert found.files["series"].startswith(b"# from oven.spec\n")
    assert spec.problems == ["Patch7: unused.patch is not applied"]


@pytest.mark.parametrize(
    ("setup", "strip", "problems"),
    [
        ("%autosetup -p1", 1, []),
        ("%autosetup -n x -p2 -S git", 2, []),
        ("%setup -q\n%autopatch -p1", 1, []),
        ("%autosetup", 1, ["%autosetup without -p: taken as -p1"]),
    ],
)
def test_a_spec_that_applies_all(setup: str, strip: int, problems: list[str]) -> None:
    text = f"Name: a\nPatch2: b.patch\nPatch1: a.patch\n%prep\n{setup}\n"
    spec, found = read_spec(text, {"a.patch": PATCH, "b.patch": PATCH}, "a.spec")
    expected = [("a.patch", strip), ("b.patch", strip)]
    assert [(line.name, strip_level(line.options)) for line in found.lines] == expected
    assert spec.problems == problems


def test_what_a_spec_only_may_apply_is_named() -> None:
    text = "Name: a\n%if 0%{?rhel}\nPatch1: a.patch\n%endif\nPatch2: gone.patch\n%autosetup -p1\n"
    spec, found = read_spec(text, {"a.patch": PATCH}, "a.spec")
    assert [line.name for line in found.lines] == ["a.patch"]
    assert spec.problems == [
        "Patch1: a.patch stands under a condition, which is not read",
        "Patch2: gone.patch is not beside a.spec",
    ]


def test_a_list_of_patches() -> None:
    spec = parse_spec("Name: a\n%patchlist\n# words\na.patch\nb.patch\n\n%description\nc.patch\n")
    assert spec.patches == {0: "a.patch", 1: "b.patch"}


def test_a_macro_that_names_itself_ends() -> None:
    spec = parse_spec("%global a %{a}%{a}%{a}\nName: %{a}\nPatch1: %{a}/%{unknown}.patch\n")
    assert 0 < len(spec.patches[1]) <= 1000


def test_series_conf() -> None:
    text = "# head\n\tpatches.suse/a.patch\n\tpatches.suse/b.patch # why\n"
    text += "+x patches.suse/c\n-y patches.arch/d\n"
    names = ["patches.suse/a.patch", "patches.suse/b.patch", "patches.suse/c", "patches.arch/d"]
    files = {name: RawFile(PATCH) for name in [*names, "other/e", "series.conf"]}
    found = read_series_conf(text, files, "series.conf")
    assert [line.name for line in found.lines] == [names[0], names[1], names[3]]
    assert set(found.files) == {*names, "series"}
    assert found.problems == (
        "patches.suse/c is not applied: only where +x is",
        "patches.arch/d is applied: except where -y is not",
    )


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    parse_spec(text)
    parse_spec(f"%define x {text}\nName: %{{x}}\nPatch0: %x\n%patch{text}\n")
    list(guarded(text))
    read_series_conf(text, {}, "series.conf")
