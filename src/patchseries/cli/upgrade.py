"""``series upgrade``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, changed_words, hold, now, options, state_directory
from patchseries.cli.flags import refuse_beside, refuse_without
from patchseries.cli.terminal import Progress, say, show, show_json

if TYPE_CHECKING:
    from patchseries.journal import State
    from patchseries.pipeline.build import BuildOptions
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session
    from patchseries.pipeline.upgrading.inplace import PackageTree
    from patchseries.pipeline.upgrading.upgrade import (
        PreparedUpgrade,
        UpgradeRequest,
        UpgradeResult,
    )


@click.command("upgrade")
@click.argument("release")
@options("name", "project")
@click.option(
    "--orig",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The upstream tarball; else one is looked for, or made.",
)
@click.option(
    "--distribution",
    metavar="D",
    help="The changelog entry's distribution; UNRELEASED if not given.",
)
@click.option(
    "--urgency", default="medium", show_default=True, metavar="U", help="The entry's urgency."
)
@click.option(
    "--in-place",
    is_flag=True,
    help="In a packaging repository: write its debian/ (nothing is committed).",
)
@click.option("--repository", metavar="URL", help="With --in-place: the upstream's git repository.")
@click.option(
    "--uscan",
    is_flag=True,
    help="With --in-place: let uscan search for the upstream tarball, and download it.",
)
@click.option("--no-build", is_flag=True, help="Do not build the source package.")
@options("vendor", "offline", "dry_run", "mirror", "json", "quiet", "color")
def command(release: str, in_place: bool, uscan: bool, **chosen: Any) -> int:
    """Bring the package of the series NAME to the upstream RELEASE.

    RELEASE becomes a base of the series. Each patch is ported, and reported as unchanged,
    refreshed, adapted, merged (upstream has it: it is dropped) or conflict. Without a
    conflict, the new debian/patches and debian/changelog are made, and the source package is built
    and compared with the ported tree. With a conflict, resolve it and run the same command again:
    the exit status is 1 until then.

    With --in-place, run it in a packaging repository: debian/ is read there, and written anew when
    all is well. The series that is made of it is kept in .git/patchseries.
    """
    from patchseries.pipeline.upgrading.inplace import (
        TreeOptions,
        import_tree,
        package_tree,
        write_debian,
    )
    from patchseries.pipeline.upgrading.upgrade import upgrade

    _refuse_idle(in_place, uscan, chosen["offline"])
    tree_options = TreeOptions(chosen.pop("repository"), chosen.pop("vendor"))
    request, package_options, asked = _parsed(release, chosen)
    tree = package_tree(Path.cwd()) if in_place else None
    if not tree:
        _check_project()
    with Progress(asked) as progress:
        session = asked.session(progress)
        if tree:
            state = _state_of(tree)
            import_tree(session, tree, state, release, tree_options)
            request = _with_orig(session, tree, request, uscan)
        prepared = _prepared(session, asked, request)
        result = upgrade(session, prepared, request, package_options)
        written: list[str] = []
        if tree and result.packaging and not asked.dry_run:
            written = write_debian(tree, result.packaging)
    show_result(result, prepared.series, asked, written)
    return 1 if result.conflicts else 0


def _refuse_idle(in_place: bool, uscan: bool, offline: bool) -> None:
    """Refuse options that have no effect, or that contradict each other."""
    from patchseries.errors import UsageError

    if not in_place:
        refuse_without("--in-place", "repository", "uscan", "vendor")
    if uscan:
        refuse_beside("--uscan", "orig")
    if uscan and offline:
        raise UsageError("--uscan contacts servers, --offline does not", hint="leave out one")


def _parsed(release: str, chosen: dict[str, Any]) -> tuple[UpgradeRequest, BuildOptions, Given]:
    from patchseries.cli.building import maintainer
    from patchseries.errors import UsageError
    from patchseries.pipeline.build import BuildOptions
    from patchseries.pipeline.upgrading.upgrade import UpgradeRequest

    projects = chosen["project"]
    if len(projects) > 1:
        raise UsageError("one project at a time", hint="write --project once")
    mine = {name: chosen.pop(name) for name in ("orig", "distribution", "urgency")}
    request = UpgradeRequest(
        release,
        int(now().timestamp()),
        projects[0] if projects else None,
        mine["orig"],
        not chosen.pop("no_build"),
    )
    package_options = BuildOptions(
        maintainer(),
        allow_unreviewed=True,  # the changelog says which
        distribution=mine["distribution"],
        urgency=mine["urgency"],
    )
    return request, package_options, Given(**chosen)


def _state_of(tree: PackageTree) -> State:
    """The state of the series in the tree's git directory, held until the command ends."""
    from patchseries.journal import find_state

    tree.root.mkdir(exist_ok=True)
    state = find_state(state_directory(), tree.root)
    hold(state)
    return state


def _check_project() -> None:
    from patchseries.errors import UsageError
    from patchseries.pipeline.series import project_root

    try:
        project_root(Path.cwd())
    except UsageError as error:
        raise UsageError(
            error.message,
            hint="in a packaging repository add --in-place; else make a series of the package"
            " first: `series import`",
        ) from error


def _with_orig(
    session: Session, tree: PackageTree, request: UpgradeRequest, uscan: bool
) -> UpgradeRequest:
    from patchseries.pipeline.upgrading.inplace import original
    from patchseries.pipeline.upgrading.releases import version_of

    if request.orig:
        return request
    release = version_of(request.release)
    return replace(request, orig=original(session, tree, release, ask_uscan=uscan))


def _prepared(session: Session, asked: Given, request: UpgradeRequest) -> PreparedUpgrade:
    """What is fetched is fetched before the project is held; if it changed meanwhile, once more."""
    from patchseries.pipeline.upgrading.upgrade import prepare

    before, _ = asked.open()
    prepared = prepare(session, before, request)
    if asked.dry_run:
        return prepared
    hold(before.state)
    series, _ = asked.reopened()
    is_same = (series.manifest, series.lock) == (before.manifest, before.lock)
    return prepared if is_same else prepare(session, series, request)


def show_result(
    result: UpgradeResult, series: Series, asked: Given, written: Sequence[str]
) -> None:
    """The table of the patches, the changelog's entry, the package, and what to do next."""
    from patchseries.cli.building import PACKAGE_SCHEMA, show_packages

    if asked.as_json:
        document = _document(result) | {"written": list(written)}
        show_json(document, ok=not result.conflicts, schema=PACKAGE_SCHEMA)
        return
    _show_patches(result, asked)
    if result.packaging:
        for line in ("", *result.packaging.entry.splitlines(), ""):
            show(line, asked)
    if result.package:
        show_packages([result.package], asked)
        show(f"    upstream tarball: {result.orig}", asked)
    if written:
        say(
            f"written, not committed: {', '.join(written[:3])}"
            + (f" and {len(written) - 3} more" if len(written) > 3 else "")
        )
        say("read `git diff debian/`, then commit it; `git checkout debian/` takes it back")
    else:
        say(changed_words(result.changed, asked.dry_run))
    for words in _next(result, series, asked.dry_run):
        say(words)


def _show_patches(result: UpgradeResult, asked: Given) -> None:
    from patchseries.report.table import TextTable

    rows = [(note.file, str(note.status), note.words) for note in result.notes]
    if rows:
        show(TextTable(("patch", f"on {result.target.base}", ""), rows, styles=_STYLES), asked)
    found = Counter(note.status for note in result.notes)
    counts = ", ".join(f"{number} {status}" for status, number in found.items())
    show(f"{result.target.project} on {result.target.base}: {counts or 'no patches'}", asked)


_STYLES = {"adapted": "yellow", "conflict": "red", "unchanged": "green", "refreshed": "green"}


def _next(result: UpgradeResult, series: Series, dry_run: bool) -> Iterator[str]:
    if result.packaging and (others := result.packaging.unported):
        yield f"not ported, only in another vendor's series file: {', '.join(others)}"
    waiting = [cell.patch for cell in result.cells if cell.needs_review]
    if waiting:
        yield f"adapted, please read: {', '.join(waiting)}"
    if dry_run and (waiting or result.conflicts):
        yield "run this command without --dry-run: then these patches can be looked at"
    elif not dry_run:
        yield from _commands(result, series, waiting)


def _commands(result: UpgradeResult, series: Series, waiting: Sequence[str]) -> Iterator[str]:
    """What to type next; the release must be a base of the series on disk."""
    from patchseries.port.adaptation import NOTHING_TAKEN

    base = result.target.base
    for cell in result.conflicts:
        if any(conflict.reason == NOTHING_TAKEN for conflict in cell.result.conflicts):
            yield f"→ {cell.patch}: {NOTHING_TAKEN}"
        else:
            yield f"→ {cell.patch}: series why {cell.patch} {series.name} --onto {base}"
    if result.conflicts:
        first = result.conflicts[0].patch
        yield (
            f"no package was made: resolve the conflicts (`series resolve {first} {series.name} "
            f"--onto {base}`), then run this command again"
        )
    if waiting:
        words = f"{waiting[0]} {series.name}"
        made_for = series.manifest.projects[result.target.project].made_for
        old = f"--from {made_for} --to {base}" if made_for else f"--onto {base}"
        yield f"`series diff {words} {old}` shows the port; `series accept {words}` signs it off"


def _document(result: UpgradeResult) -> dict[str, Any]:
    from patchseries.cli.building import package_rows

    made = result.packaging
    return {
        "project": result.target.project,
        "base": result.target.base,
        "patches": [
            {
                "name": note.name,
                "file": note.file,
                "status": str(note.status),
                "words": note.words,
                "commit": note.commit,
                "changelog": note.line,
            }
            for note in result.notes
        ],
        "version": made.packaging.version if made else None,
        "entry": made.entry if made else None,
        "unported": made.unported if made else [],
        "orig": result.orig or None,
        "package": package_rows([result.package])[0] if result.package else None,
        "changed": list(result.changed),
    }
