"""``series why``."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, operation, options
from patchseries.cli.completion import patch_names
from patchseries.cli.flags import refuse_without
from patchseries.cli.resolve import region_rows, removal, show_regions
from patchseries.cli.terminal import Progress, show, show_json
from patchseries.counting import counted
from patchseries.errors import UsageError

if TYPE_CHECKING:
    from patchseries.model import CommitId
    from patchseries.pipeline.conflict.why import Explained
    from patchseries.pipeline.inputs import RebaseInputs
    from patchseries.pipeline.series import Series
    from patchseries.port.prerequisites import Origin, Prerequisites


@click.command("why")
@click.argument("patch_name", metavar="PATCH", shell_complete=patch_names)
@options("name", "onto", "offline", "dry_run", "mirror", "json", "quiet", "color")
@click.option(
    "--add-prerequisites",
    "add",
    is_flag=True,
    help="Add the first set that helps to the manifest.",
)
def command(patch_name: str, add: bool, **given: Any) -> int:
    """Show why PATCH conflicts: who made the lines it depends on, and what it would need.

    Each set of prerequisites was tried: with it, git merges the patch cleanly. Sets of which git
    merges all come first; without one, the engine may have to adapt a prerequisite.
    """
    from patchseries.pipeline.conflict.why import explained

    asked = replace(Given(**given), patch=(patch_name,))
    if len(asked.onto) > 1:
        raise UsageError("one base at a time")
    if not add:
        refuse_without("--add-prerequisites", "dry_run")
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, _, pins = replace(asked, dry_run=asked.dry_run or not add).open_to_write(session)
        base = asked.onto[0] if asked.onto else None
        with (
            session.rebase_inputs(series, pins) as inputs,
            explained(session, inputs, patch_name, base) as found,
        ):
            if asked.as_json:
                show_json(why_document(found), ok=False)
            else:
                show_why(found, asked)
                cell = found.conflict.cell
                place = f"{cell.patch} {series.name} --onto {cell.base}"
                if not add:
                    _show_commands(series, inputs, found, asked)
                show(f"→ `series resolve {place}` resolves it", asked)
            if add:
                _add(series, inputs, found, asked)
    return 1


def show_why(explained: Explained, asked: Given) -> None:
    """Print the regions, the commits behind them, the prerequisites and the candidates."""
    cell = explained.conflict.cell
    origins = explained.why.origins
    removals = {file.path: removal(file) for file in explained.conflict.files}
    regions = counted(len(origins), "region")
    show(f"{cell.patch} on {cell.base}: {regions} in conflict", asked)
    for origin in origins:
        words = removals.get(origin.path)
        show("", asked)
        show(origin.path + (f": {words}" if words else f":{origin.line}"), asked)
        _show_commits("  the change depends on lines of", origin.relies_on, explained, asked)
        _show_commits("  changed here by", origin.changed_by, explained, asked)
    show("", asked)
    for number, one in enumerate(explained.why.sets, 1):
        show(
            f"{number}. clean after {counted(len(one.commits), 'prerequisite')} "
            f"({counted(one.lines, 'line')} in {counted(one.files, 'file')}):",
            asked,
        )
        for commit in one.commits:
            show(f"     {_words(explained, commit)}{_remarks(one, commit)}", asked)
        if one.unknown:
            show(f"   still missing: {', '.join(one.unknown)}", asked)
    if not explained.why.sets:
        tried = counted(explained.why.tried, "merge")
        late = ", then the time was over" if explained.why.stopped else ""
        show(f"no set of prerequisites helps ({tried} tried{late})", asked)
    show("", asked)
    show_regions(explained.conflict, asked)


def why_document(explained: Explained) -> dict[str, Any]:
    """The whole explanation as a JSON document."""
    return {
        "patch": explained.conflict.cell.patch,
        "base": explained.conflict.cell.base,
        "origins": [_origin_row(origin) for origin in explained.why.origins],
        "prerequisites": [asdict(one) for one in explained.why.sets],
        "merges_tried": explained.why.tried,
        "stopped": explained.why.stopped,
        "commits": [asdict(one) for one in explained.commits.values()],
        "regions": region_rows(explained.conflict),
    }


def _origin_row(origin: Origin) -> dict[str, Any]:
    return {
        "path": origin.path,
        "line": origin.line,
        "relies_on": [{"commit": c, "lines": n} for c, n in origin.relies_on],
        "changed_by": [{"commit": c, "lines": n} for c, n in origin.changed_by],
    }


def _show_commits(
    words: str, commits: tuple[tuple[str, int], ...], explained: Explained, asked: Given
) -> None:
    if commits:
        show(words, asked)
    for commit, lines in commits:
        size = f" ({counted(lines, 'line')})" if lines else ""
        show(f"    {_words(explained, commit)}{size}", asked)


def _remarks(chosen: Prerequisites, commit: CommitId) -> str:
    adds = " (only adds lines)" if commit in chosen.only_adds else ""
    return adds + (" (adapted: review it)" if commit in chosen.adapted else "")


def _words(explained: Explained, commit: str) -> str:
    one = next(told for told in explained.commits.values() if told.commit == commit)
    return f"{commit[:10]} {one.day} {one.tag or 'in no tag'}: {one.subject}"


def _show_commands(
    series: Series, inputs: RebaseInputs, explained: Explained, asked: Given
) -> None:
    """How the first set gets into the manifest: at once, or commit by commit."""
    from patchseries.pipeline.conflict.why import chosen_commits, prerequisite_names

    if not explained.why.sets:
        return
    cell = explained.conflict.cell
    commits = chosen_commits(inputs.repository, explained.why.sets[0])
    names = prerequisite_names(commits, series.manifest)
    place = f"{cell.patch} {series.name} --onto {cell.base}"
    show(f"→ `series why {place} --add-prerequisites` adds set 1, each commit as a patch", asked)
    for commit, name in zip(commits, names, strict=True):
        show(f"  by hand: `series add {commit.id} {series.name} --as {name}`", asked)
    listed = ", ".join(f'"{name}"' for name in names)
    show(f"  then move them above {cell.patch}, and write there: requires = [{listed}]", asked)


def _add(series: Series, inputs: RebaseInputs, explained: Explained, asked: Given) -> None:
    from patchseries.journal import commit_files
    from patchseries.pipeline.conflict.why import chosen_commits, with_prerequisites

    if not explained.why.sets:
        raise UsageError("no prerequisites to add", hint="resolve it by hand with `series resolve`")
    cell = explained.conflict.cell
    patch = series.manifest.patch(cell.patch)
    assert patch is not None
    commits = chosen_commits(inputs.repository, explained.why.sets[0])
    text = series.manifest_path.read_text(encoding="utf-8")
    extended = with_prerequisites(text, series.manifest, patch, cell.base, commits)
    if not asked.dry_run:
        path = str(series.manifest_path.relative_to(series.root))
        commit_files(series.state, {path: extended.encode()}, operation())
    if not asked.as_json:
        verb = "would add" if asked.dry_run else "added"
        patches = counted(len(commits), "patch", "patches")
        show(f"{verb} {patches} to {series.manifest_path.name}", asked)
