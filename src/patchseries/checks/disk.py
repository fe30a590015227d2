"""The patches on disk are what the lock says: bytes, names, order, and nothing beside them.

Patches need not be stored: what porting gives is held against the lock instead
(:mod:`.applying`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchseries.checks.inputs import CheckedCell, CheckedTarget, CheckInputs
from patchseries.checks.rule import Where, error, warning
from patchseries.files import sha256
from patchseries.model import Finding
from patchseries.patches.quilt import SeriesLine, parse_series

PATCH_MISSING = error(
    "patch-missing",
    "a patch file is missing",
    "The lock says that this patch was ported and written; the package would be built without it.",
    "run `series rebase`",
)
PATCH_EDITED = error(
    "patch-edited",
    "a patch file is not the one that was ported",
    "Its SHA-256 differs from the lock's: it was edited by hand, and the edit was neither "
    "ported nor reviewed.",
    "keep the edit with `series refresh`, or drop it with `series rebase --overwrite`",
)
SERIES_MISSING = error(
    "series-missing",
    "there are patches but no series file",
    "dpkg-source and quilt apply what the file `series` names, and nothing else.",
    "run `series rebase`",
)
SERIES_UNLISTED = error(
    "series-unlisted",
    "a patch file is not named in its series file",
    "dpkg-source applies what `series` names: the package would silently lack the patch.",
    "run `series rebase`",
)
SERIES_DANGLING = error(
    "series-dangling",
    "a series file names a file that is not there",
    "dpkg-source stops at it.",
    "run `series rebase`",
)
SERIES_STRANGER = error(
    "series-stranger",
    "a series file names a patch that is not in the lock",
    "It would be applied, but its origin is unknown.",
    "add it to the manifest, or run `series rebase`",
)
SERIES_ORDER = error(
    "series-order",
    "the patches are in another order than in the manifest",
    "Each patch was made on top of those before it; in another order it may fail, or apply in "
    "the wrong place.",
    "run `series rebase`",
)
SERIES_TWICE = error(
    "series-twice",
    "a series file names a patch twice",
    "dpkg-source applies it once and fails the second time.",
    "run `series rebase`",
)
SERIES_OPTIONS = error(
    "series-options",
    "a line of a series file has options",
    "dpkg-source always applies with -p1 and ignores quilt's options.",
    "run `series rebase`",
)
SERIES_TEXT = error(
    "series-text",
    "a series file is not plain text",
    "It must be UTF-8 with LF line ends. Older tools drop a last line that has none.",
    "run `series rebase`",
)
STRAY = warning(
    "stray-file",
    "a file next to the patches does not belong there",
    "Left-overs such as .orig and .rej end up in packages and confuse the next person.",
    "remove it",
)

RULES = (
    PATCH_MISSING,
    PATCH_EDITED,
    SERIES_MISSING,
    SERIES_UNLISTED,
    SERIES_DANGLING,
    SERIES_STRANGER,
    SERIES_ORDER,
    SERIES_TWICE,
    SERIES_OPTIONS,
    SERIES_TEXT,
    STRAY,
)


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Everything about the files below patches/NAME."""
    for target in inputs.targets:
        if not target.stored:
            continue
        places = [place for place in inputs.places if place.target is target]
        for place in places:
            yield from _files(place)
        expected = {file: place.name for place in places for file in place.expected}
        yield from _series(target, expected)
        yield from _strays(target, expected)
    if inputs.whole:
        yield from _stray_directories(inputs)


def _files(place: CheckedCell) -> Iterator[Finding]:
    files = place.target.files
    for name in place.expected:
        if name not in files:
            yield PATCH_MISSING.finding(
                f"{place}: {name} is missing",
                patch=place.name,
                file=place.path(name),
                base=place.base,
            )
    data = files.get(place.main)
    wanted = place.cell.sha256 if place.cell else None
    if data is not None and wanted and sha256(data) != wanted:
        yield PATCH_EDITED.finding(
            f"{place}: {place.main} is not what the lock says (sha256 {sha256(data)[:12]}…, "
            f"not {wanted[:12]}…)",
            patch=place.name,
            file=place.path(place.main),
            base=place.base,
        )


def _series(target: CheckedTarget, expected: dict[str, str]) -> Iterator[Finding]:
    path = f"{target.directory}/{target.series_file}"
    data = target.files.get(target.series_file)
    if data is None:
        if expected:
            yield SERIES_MISSING.finding(f"there is no {path}", file=path)
        return
    if data and (not data.endswith(b"\n") or b"\r" in data or not _is_utf8(data)):
        yield SERIES_TEXT.finding(f"{path} is not UTF-8 text with LF line ends", file=path)
    lines = parse_series(data.decode("utf-8", "replace"))
    yield from _names(target, path, lines, expected)
    yield from _order(path, [line.name for line in lines], expected)


def _names(
    target: CheckedTarget, path: str, lines: Sequence[SeriesLine], expected: dict[str, str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, line in enumerate(lines, 1):
        patch = expected.get(line.name)
        where: Where = {"patch": patch, "file": path}
        if line.name not in target.files:
            words = f"{path} names {line.name}, which is not there"
            yield SERIES_DANGLING.finding(words, line=at, **where)
        elif patch is None:
            yield SERIES_STRANGER.finding(f"{path} names {line.name}", line=at, **where)
        if line.options and line.options != ("-p1",):
            words = " ".join(line.options)
            yield SERIES_OPTIONS.finding(f"{path}: {line.name} with {words}", line=at, **where)
        if line.name in seen:
            yield SERIES_TWICE.finding(f"{path} names {line.name} twice", line=at, **where)
        seen.add(line.name)
    for name, patch in expected.items():
        if name in target.files and name not in seen:
            yield SERIES_UNLISTED.finding(f"{path} does not name {name}", patch=patch, file=path)


def _order(path: str, named: Sequence[str], expected: dict[str, str]) -> Iterator[Finding]:
    there = {name: None for name in named if name in expected}
    wanted = [name for name in expected if name in there]
    for is_, should_be in zip(there, wanted, strict=True):
        if is_ != should_be:
            yield SERIES_ORDER.finding(
                f"{path}: {is_} is in the place of {should_be}",
                patch=expected[is_],
                file=path,
                line=list(named).index(is_) + 1,
            )
            return


def _strays(target: CheckedTarget, expected: dict[str, str]) -> Iterator[Finding]:
    named = {
        line.name
        for line in parse_series(
            target.files.get(target.series_file, b"").decode("utf-8", "replace")
        )
    }
    known = {"series", *expected, *named, *target.quilt}
    for name in (*target.files, *target.others):
        if name not in known:
            path = f"{target.directory}/{name}"
            yield STRAY.finding(f"{path} belongs to no patch", file=path)


def _stray_directories(inputs: CheckInputs) -> Iterator[Finding]:
    projects = inputs.manifest.projects
    known = {f"{base.replace('/', '-')}/{name}" for name, p in projects.items() for base in p.bases}
    for directory in inputs.directories:
        if directory not in known:
            path = f"patches/{inputs.manifest.name}/{directory}"
            yield STRAY.finding(f"{path} belongs to no base or project of the manifest", file=path)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
