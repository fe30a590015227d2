"""What the files of a patch are called: with a packager's own names, and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest import ManifestError, parse, patch_names
from patchseries.manifest.filenames import not_a_quilt_name
from patchseries.patches.quilt import format_series, parse_series

MANIFEST = """\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "https://example.org/kitchen/oven.git"
bases = ["1.0", "2.0"]
{quilt}
[[patch]]
name = "hotter"
project = "oven"
fixups = ["own/hotter-fixed.patch"]
source = {source}
[[patch]]
name = "colder"
project = "oven"
source = {{ commit = "2222222222222222222222222222222222222222" }}
"""
QUILT = 'quilt = "imported/oven"'


def names(quilt: str, source: str) -> list[tuple[str, ...]]:
    manifest = parse(MANIFEST.format(quilt=quilt, source=source))
    return [found.all for found in patch_names(manifest, "oven").values()]


def file(name: str) -> str:
    return f'{{ file = "{name}" }}'


def test_without_quilt_a_patch_has_its_number() -> None:
    assert names("", file("imported/oven/CVE_1.patch")) == [
        ("0001-hotter.patch", "0001.1-hotter-fixed.patch"),
        ("0002-colder.patch",),
    ]


def test_a_file_of_the_quilt_directory_keeps_its_path() -> None:
    assert names(QUILT, file("imported/oven/security/CVE-2024_1_Oven.diff")) == [
        ("security/CVE-2024_1_Oven.diff", "hotter.1-hotter-fixed.patch"),
        ("colder.patch",),
    ]


def test_a_source_for_one_base_does_not_change_the_name() -> None:
    source = (
        f'[{{ bases = "==2.0", file = "own/hotter-2.0.patch" }}, {file("imported/oven/H.diff")}]'
    )
    assert names(QUILT, source)[0][0] == "H.diff"


QUILT_NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters='/"\\'), min_size=1
).filter(lambda text: text not in (".", "..", ".git", ".pc") and not not_a_quilt_name(text))


@given(QUILT_NAMES)
def test_any_name_that_quilt_takes_is_a_name(name: str) -> None:
    assert names(QUILT, file(f"imported/oven/{name}"))[0][0] == name
    assert [line.name for line in parse_series(format_series([name]))] == [name]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (file("imported/oven/two words.patch"), "ends a name at white space"),
        (file("imported/oven/-R"), "begins like a comment or an option"),
        (file("imported/oven/series"), "the name of a series file"),
        (file("imported/oven/sub/debian.series"), "the name of a series file"),
        (file("imported/oven/colder.patch"), "hotter has the file colder.patch too"),
        (file("imported/oven/../../../x"), "expected a file below patches/"),
        (file("imported/oven/./x"), "expected a file below patches/"),
        (file("imported/oven/.pc/x"), "expected a file below patches/"),
        (file("/etc/passwd"), "expected a file below patches/"),
        (file("imported/oven/a\\nb"), "expected a file below patches/"),
        (file("imported/oven/a\\u009bb"), "expected a file below patches/"),
    ],
)
def test_a_name_that_cannot_be_is_refused(source: str, words: str) -> None:
    with pytest.raises(ManifestError, match="patch") as found:
        names(QUILT, source)
    assert words in str(found.value)
