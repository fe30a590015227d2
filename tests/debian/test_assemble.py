"""What stands in debian/ of a package, and what its changelog says of the series."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchseries.debian.assemble import change, debian_directory, entry
from patchseries.debian.changelog import ChangelogItem
from patchseries.debian.request import Dropped, PackagedFile
from patchseries.debian.settingspackage import SettingsPackage
from patchseries.errors import SeriesError
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile
from support.packages import HOTTER, Upstream, packaging

MORE = {"README": b"A hotter oven.\n"}
SETTINGS = SettingsPackage(
    series="fast", sizes="", files={"oven/x.conf": b"[oven]\n"}, examples={}, readme=b"x\n",
    lines=(), left_out=(), accepted=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "head", "item"),
    [
        ("0001-hot.patch", b"Subject: [PATCH 1/2] hotter\n", ChangelogItem("hot", "hotter")),
        ("2.1-a-b.diff", b"Description: b\n c\n", ChangelogItem("a-b", "b")),
        ("x.patch", b"Origin: other\n", ChangelogItem("x", "x")),
        (
            "x.patch",
            b"Subject: y\nBug: https://bugs.debian.org/7\n"
            b"Bug-Ubuntu: https://bugs.launchpad.net/bugs/8\nOrigin: https://bugs.debian.org/9\n",
            ChangelogItem("x", "y", ("Closes: #7", "LP: #8")),
        ),
    ],
)
def test_what_the_changelog_says_of_a_patch(name: str, head: bytes, item: ChangelogItem) -> None:
    diff = b"---\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"
    assert change(PatchFile(name, head + diff)) == item


def test_which_distribution_an_entry_names(upstream: Upstream) -> None:
    request = upstream.request()
    for profile, name in ((Profile.CURRENT, "unstable"), (Profile.PRECISE, "precise")):
        for given, named in ((None, name), ("hardy", "hardy")):
            asked = replace(request, profile=profile, distribution=given)
            assert entry(asked, "oven", "1.0-1").distribution == named
    on_theirs = replace(request, packaging=packaging(), profile=Profile.PRECISE)
    assert entry(on_theirs, "oven", "1.0-1").distribution == "UNRELEASED"
    assert entry(replace(on_theirs, distribution="x"), "oven", "1.0-1").distribution == "x"


@pytest.mark.parametrize("what", ["distribution", "urgency"])
def test_a_word_of_the_first_line_is_one_word(upstream: Upstream, what: str) -> None:
    request = upstream.request()
    for word in ("bad word", "", "-x", "x; urgency=high", "x\n"):
        if what == "urgency" or word:
            with pytest.raises(SeriesError, match=f"not a {what}: "):
                entry(replace(request, **{what: word}), "oven", "1.0-1")  # type: ignore[arg-type]


def test_an_entry_says_what_was_put_onto_what(upstream: Upstream) -> None:
    request = upstream.request(HOTTER, MORE, notes=("A note.",))
    start = f"Patch series fast on 1.0 (commit {request.base.commit[:12]})"
    made = entry(request, "oven", "1.0-1")
    assert made.notes == (f"{start}:", "A note.")
    assert [item.name for item in made.changes] == ["step-1", "step-2"]
    assert made.lists == ()
    none = entry(replace(request, patches=(), notes=()), "oven", "1.0-1")
    assert (none.notes, none.changes) == ((f"{start}: not one patch was added.",), ())
    theirs = entry(
        replace(request, packaging=packaging(), patches_directory={}, notes=()), "oven", "1.0-1"
    )
    assert (theirs.notes, theirs.changes) == ((f"{start}.",), ())


def test_what_is_not_in_the_package_is_told_with_the_reason(upstream: Upstream) -> None:
    request = upstream.request(
        unreviewed=("a",),
        left_out=("b", "c"),
        dropped=(
            Dropped("d", evidence="commit 12"),
            Dropped("e", reason="too old", by="Ann <a@b.invalid>", security=("CVE-1", "CVE-2")),
            Dropped("f"),
            Dropped("g", reason="we do not need it", asked=True),
            Dropped("h", evidence="the same lines", asked=True),
        ),
    )
    assert entry(request, "oven", "1.0-1").lists == (
        ("Ported with adaptations that nobody has reviewed:", ("a",)),
        ("Not in this package, as they conflict with 1.0:", ("b", "c")),
        ("Not applied again, as 1.0 has their changes:", ("d: commit 12", "h: the same lines")),
        (
            "Left out of the packaging, as they do not apply on 1.0"
            " (there is no evidence that it has their changes):",
            (
                "e (security fix: CVE-1, CVE-2): decided by Ann <a@b.invalid>: too old",
                "f: named in the packaging's 'drop'",
            ),
        ),
        (
            "Left out of the packaging on 1.0, as the series decides:",
            ("g: named in the packaging's 'drop': we do not need it",),
        ),
    )


def test_packaging_of_another_release_is_told(upstream: Upstream) -> None:
    version = b"oven (1:0.9-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b.invalid>  x\n"
    older = packaging({"changelog": version})
    told = (("Upstream is 1.0; the packaging was made for 1:0.9-1.", ()),)
    assert entry(upstream.request(packaging=older), "oven", "1.0-1").lists == told
    assert entry(upstream.request(packaging=packaging()), "oven", "1.0-1").lists == ()
    assert entry(upstream.request(), "oven", "1.0-1").lists == ()
    theirs = upstream.request(packaging=older, patches_directory={})
    assert entry(theirs, "oven", "1.0-1").lists == ()


def test_what_a_packager_has_is_kept_below_and_beside_ours(upstream: Upstream) -> None:
    given = packaging(
        {
            "patches/series": b"theirs.patch -p0",
            "patches/theirs.patch": b"x",
            "NEWS": b"\nold news\n",
            "changelog": b"\n" + packaging().debian["changelog"].data,
        }
    )
    request = upstream.request(HOTTER, MORE, packaging=given, options=("heat: how hot",))
    files = debian_directory(request, "oven", "1:1.0-1+0fast1", "ours\n")
    first, second = request.patches
    kept = given.debian.keys() - {"changelog", "NEWS", "patches/series"}
    assert {name: files[name] for name in kept} == {name: given.debian[name] for name in kept}
    assert files.keys() - given.debian.keys() == {f"patches/{p.name}" for p in (first, second)}
    assert files[f"patches/{first.name}"] == PackagedFile("100644", first.data)
    assert files["patches/series"].data.decode().splitlines() == [
        "theirs.patch -p0",
        "# The patch series fast on 1.0",
        first.name,
        second.name,
    ]
    changelog = packaging().debian["changelog"].data
    assert files["changelog"].data == b"ours\n\n" + changelog
    news = files["NEWS"].data.decode()
    assert news.startswith("oven (1:1.0-1+0fast1) UNRELEASED; urgency=medium\n\n  The patch series")
    assert "    - heat: how hot\n" in news
    assert "step-1" not in news
    assert news.endswith("+0000\n\nold news\n")


def test_without_patches_and_options_the_packaging_stays_as_it_is(upstream: Upstream) -> None:
    given = packaging({"patches/series": b"", "NEWS": b"news\n"})
    request = upstream.request(packaging=given, patches=())
    assert debian_directory(request, "oven", "1.0-1", "") == given.debian


def test_a_series_without_patches_gets_no_mark(upstream: Upstream) -> None:
    request = upstream.request(packaging=packaging({"patches/series": b"# none yet\n"}))
    files = debian_directory(request, "oven", "1.0-1", "")
    name = request.patches[0].name
    assert files["patches/series"].data.decode() == f"# none yet\n{name}\n"


def test_a_series_that_is_the_packagings_own_takes_the_place_of_its_patches(
    upstream: Upstream,
) -> None:
    given = packaging({"patches/series": b"old.patch\n", "patches/old.patch": b"x"})
    directory = {"series": b"new.patch\n", "new.patch": b"y", "README": b"\xff"}
    request = upstream.request(packaging=given, patches_directory=directory)
    files = debian_directory(request, "oven", "1.0-1", "ours\n")
    assert {n: f for n, f in files.items() if n.startswith("patches/")} == {
        f"patches/{name}": PackagedFile("100644", data) for name, data in directory.items()
    }
    assert files["rules"] == given.debian["rules"]


def test_a_package_of_ours_has_a_changelog_of_ours_alone(upstream: Upstream) -> None:
    files = debian_directory(upstream.request(), "oven", "1.0-1", "ours\n")
    assert files["changelog"] == PackagedFile("100644", b"ours\n")
    assert "NEWS" not in files
    assert {"control", "rules", "copyright", "patches/series"} <= files.keys()
    plain = files["control"].data
    python = upstream.request({"setup.py": b"x\n"})
    assert b"dh-python" in debian_directory(python, "oven", "1-1", "x\n")["control"].data
    assert b"dh-python" not in plain


def test_our_files_lie_below_none_of_the_packagers(upstream: Upstream) -> None:
    given = packaging({"patches": b"a file\n"})
    with pytest.raises(SeriesError, match=r"debian/patches/\S+ lies below debian/patches"):
        debian_directory(upstream.request(packaging=given), "oven", "1.0-1", "")


def test_the_settings_package_takes_the_place_of_no_file(upstream: Upstream) -> None:
    request = upstream.request(packaging=packaging(), settings=SETTINGS)
    files = debian_directory(request, "oven", "1.0-1", "")
    added = set(SETTINGS.contents("oven"))
    assert added
    assert added <= files.keys()
    assert files["control"].data.startswith(packaging().debian["control"].data)
    assert files["rules"].mode == "100755"
    taken = packaging({min(added): b"x"})
    with pytest.raises(SeriesError, match=f"has a file debian/{min(added)} already"):
        debian_directory(replace(request, packaging=taken), "oven", "1.0-1", "")


@pytest.mark.parametrize("name", ["series", "a b.patch", "-x", "../x", "é.patch", ""])
def test_the_name_of_a_patch_is_safe_and_free(upstream: Upstream, name: str) -> None:
    given = packaging({"patches/series": b""})
    (patch,) = upstream.request().patches
    for patches in ((replace(patch, name=name),), (patch, patch)):
        with pytest.raises(SeriesError, match="the name is not safe, or is used already"):
            debian_directory(upstream.request(packaging=given, patches=patches), "o", "1-1", "")
