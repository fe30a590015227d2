"""The debian/ of a package: the packager's or our own, with the series and its changelog entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from patchseries.debian import changelog, version
from patchseries.debian.basetree import is_other_release
from patchseries.debian.changelog import UNRELEASED
from patchseries.debian.own import OwnPackaging, own_debian
from patchseries.debian.paths import check_nesting
from patchseries.debian.request import BuildRequest, DebianDirectory, Dropped, PackagedFile
from patchseries.debian.settingspackage import (
    SettingsPackage,
    changed_control,
    changed_rules,
    changelog_lists,
)
from patchseries.errors import SeriesError
from patchseries.patches.compose import PatchFile
from patchseries.patches.dep3 import read_header
from patchseries.patches.dpkg import Profile
from patchseries.patches.quilt import append_series, parse_series

OURS = re.compile(r"# The patch series (?P<name>[a-z0-9][a-z0-9.+-]*)(?: on (?P<base>\S+))?")
"""The comment that begins our part of a packager's debian/patches/series."""

_PATCH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")


def debian_directory(
    request: BuildRequest, source: str, ours: str, entries: str
) -> dict[str, PackagedFile]:
    """The whole debian/ of the package.

    :param ours: the version of the package
    :param entries: our changelog entries, newest first; none where the packaging has them
    :raises SeriesError: a patch of the series has the name of one that is there
    """
    files = dict(request.packaging.debian) if request.packaging else _own(request, source)
    if request.in_packaging:
        files = {path: file for path, file in files.items() if not path.startswith("patches/")}
    if entries:
        files["changelog"] = _on_top(entries, files.get("changelog"))
    if request.options:
        files["NEWS"] = _on_top(_news(request, source, ours), files.get("NEWS"))
    files |= _with_series(request, files)
    if request.settings:
        files |= _with_settings(request.settings, source, files)
    check_nesting(files, request.packaging.origin if request.packaging else request.project)
    return files


def entry(request: BuildRequest, source: str, ours: str) -> changelog.Entry:
    """The changelog entry of this build."""
    commit = f"commit {request.base.commit[:12]}"
    listed = () if request.in_packaging else request.patches
    end = "." if request.in_packaging else ":" if listed else ": not one patch was added."
    notes = [f"Patch series {request.series_name} on {request.base.name} ({commit}){end}"]
    return changelog.Entry(
        source=source,
        version=ours,
        distribution=_distribution(request),
        urgency=_word(request.urgency, "urgency"),
        maintainer=request.maintainer,
        timestamp=request.timestamp,
        notes=(*notes, *request.notes),
        changes=tuple(change(patch) for patch in listed),
        lists=tuple(_lists(request, source)),
    )


def change(patch: PatchFile) -> changelog.ChangelogItem:
    """What the changelog says of *patch*: its name, its subject, and the bugs of its DEP-3 head."""
    header = read_header(patch.data)
    bugs = [f.value for f in header.fields if f.name == "Bug" or f.name.startswith("Bug-")]
    name = re.sub(r"^[\d.]+-", "", Path(patch.name).stem)
    return changelog.ChangelogItem(
        name,
        re.sub(r"^\[PATCH[^]]*\] ", "", " ".join(header.subject.split())) or name,
        changelog.bug_words(bugs),
    )


def _distribution(request: BuildRequest) -> str:
    if request.distribution:
        return _word(request.distribution, "distribution")
    if request.packaging:
        return UNRELEASED  # its last entry says where that went, not where this one is to go
    return "precise" if request.profile is Profile.PRECISE else "unstable"


def _word(text: str, what: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", text):
        raise SeriesError(f"not a {what}: {text!r}")
    return text


def _lists(request: BuildRequest, source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else there is to say of the package: what was not reviewed, and what is not in it."""
    base = request.base.name
    in_base = tuple(f"{d.name}: {d.evidence}" for d in request.dropped if d.evidence)
    left = [d for d in request.dropped if not d.evidence]
    without = tuple(_decided(d) for d in left if not d.asked)
    asked = tuple(_decided(d) for d in left if d.asked)
    theirs = None if request.in_packaging else request.packaging
    if theirs and is_other_release(theirs, request.base):
        yield f"Upstream is {base}; the packaging was made for {theirs.version}.", ()
    for title, names in (
        ("Ported with adaptations that nobody has reviewed:", request.unreviewed),
        (f"Not in this package, as they conflict with {base}:", request.left_out),
        (f"Not applied again, as {base} has their changes:", in_base),
        (
            f"Left out of the packaging, as they do not apply on {base}"
            " (there is no evidence that it has their changes):",
            without,
        ),
        (f"Left out of the packaging on {base}, as the series decides:", asked),
    ):
        if names:
            yield title, names
    if request.settings:
        yield from changelog_lists(request.settings, source)


def _with_settings(
    settings: SettingsPackage, source: str, files: DebianDirectory
) -> dict[str, PackagedFile]:
    """The files of debian/ that the extra package adds or changes."""
    name, control, rules = settings.name(source), files["control"], files["rules"]
    contents = settings.contents(source)
    if taken := sorted(contents.keys() & files.keys()):
        raise SeriesError(f"the packaging has a file debian/{taken[0]} already")
    return {
        "control": replace(control, data=changed_control(control.data, source, settings)),
        "rules": replace(rules, data=changed_rules(rules.data, control.data, name)),
        **{path: PackagedFile("100644", data) for path, data in contents.items()},
    }


def _decided(dropped: Dropped) -> str:
    """A patch that a person left out: what it is for, who decided, and why."""
    names = f" (security fix: {', '.join(dropped.security)})" if dropped.security else ""
    who = f"decided by {dropped.by}" if dropped.by else "named in the packaging's 'drop'"
    why = f": {dropped.reason}" if dropped.reason else ""
    return " ".join(f"{dropped.name}{names}: {who}{why}".split())


def _with_series(request: BuildRequest, files: DebianDirectory) -> dict[str, PackagedFile]:
    """The series file with ours appended, and our patches; what stands there is kept as it is."""
    if request.patches_directory is not None:
        return {
            f"patches/{name}": PackagedFile("100644", data)
            for name, data in request.patches_directory.items()
        }
    if not request.patches:
        return {}
    added: dict[str, PackagedFile] = {}
    for patch in request.patches:
        path = f"patches/{patch.name}"
        if not _PATCH_NAME.fullmatch(patch.name) or path in files or path in added:
            raise SeriesError(
                f"a patch cannot be called {patch.name}: the name is not safe, or is used already",
                hint="rename the patch in the manifest",
            )
        added[path] = PackagedFile("100644", patch.data)
    there = files.get("patches/series", PackagedFile("100644", b""))
    text = there.data.decode("utf-8", "surrogateescape")
    if parse_series(text):
        text = append_series(
            text, [f"# The patch series {request.series_name} on {request.base.name}"]
        )
    text = append_series(text, [patch.name for patch in request.patches])
    added["patches/series"] = PackagedFile("100644", text.encode("utf-8", "surrogateescape"))
    return added


def _news(request: BuildRequest, source: str, ours: str) -> str:
    """The entry of debian/NEWS that tells the administrator what there is to switch on."""
    return changelog.render(
        replace(
            entry(request, source, ours),
            notes=(f"The patch series {request.series_name} brings these options:",),
            changes=(),
            lists=(),
            lines=request.options,
            plain=True,
        )
    )


def _on_top(entries: str, there: PackagedFile | None) -> PackagedFile:
    """A changelog file with *entries* above what is there, of which not a byte changes."""
    below = there.data.lstrip(b"\n") if there else b""
    return PackagedFile("100644", entries.encode() + (b"\n" + below if below else b""))


def _own(request: BuildRequest, source: str) -> dict[str, PackagedFile]:
    return own_debian(
        OwnPackaging(
            source=source,
            upstream=version.upstream_version(request.base),
            series=request.series_name,
            maintainer=request.maintainer,
            profile=request.profile,
            homepage=request.homepage,
            python=request.repository.entry(request.expected_tree, "setup.py") is not None,
            timestamp=request.timestamp,
        )
    )
