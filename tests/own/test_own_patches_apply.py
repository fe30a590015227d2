"""Our patches apply, without fuzz, wherever the patch that they fix does."""

from __future__ import annotations

from pathlib import Path

import pytest

from own import support
from own.published import ALL, BASES, PATCHES, Published
from patchseries import process
from patchseries.files import directory_contents

every_patch = pytest.mark.parametrize("published", ALL, ids=lambda published: published.fix)


def test_every_own_patch_is_tested() -> None:
    assert sorted(path.name for path in PATCHES.iterdir()) == sorted(p.fix for p in ALL)


@pytest.mark.real
@every_patch
@pytest.mark.parametrize("base", BASES)
def test_it_applies(published: Published, base: str, tmp_path: Path) -> None:
    """With patch(1) as dpkg-source calls it, and with git, to the same result."""
    as_published, fixed = support.extract_both(published, tmp_path, base)
    assert directory_contents(as_published) != directory_contents(fixed)
    process.run(["git", "apply", PATCHES / published.fix], cwd=as_published)
    assert directory_contents(as_published) == directory_contents(fixed)


@pytest.mark.real
@every_patch
def test_what_is_shown_on_one_base_holds_on_the_others(
    published: Published, tmp_path: Path
) -> None:
    """The defects are shown on one base of each group: the files are the same in all of it."""
    for group in published.alike:
        contents = []
        for base in group:
            support.extract_published(published, base, tmp_path / base)
            contents.append(directory_contents(tmp_path / base))
        assert all(each == contents[0] for each in contents)
