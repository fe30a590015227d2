"""``series import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.common import Given, hold, operation, options, recovered_state, state_directory
from patchseries.cli.flags import refuse_beside
from patchseries.cli.terminal import Progress, say, show, show_json
from patchseries.counting import counted

if TYPE_CHECKING:
    from patchseries.imports.manifesttext import ImportedPatch
    from patchseries.journal import State
    from patchseries.pipeline.importing.plan import ImportPlan

FORMS = ("dsc", "tree", "quilt", "branch", "commits", "mail", "spec", "series.conf", "apt")

_WITHOUT_VENDORS = ("commits", "mail", "spec", "series.conf")
"""The forms in which no series file of a vendor is looked for."""


@click.command("import")
@click.argument("source")
@options("name")
@click.option("--as", "form", type=click.Choice(FORMS), help="What SOURCE is, where it is unclear.")
@click.option("--repository", metavar="URL", help="The upstream's git repository.")
@click.option("--base", metavar="TAG", help="The release that the patches are made for.")
@options("vendor", "offline", "dry_run", "mirror", "json", "quiet", "color")
def command(source: str, form: str | None, **given: Any) -> int:
    """Make a series of the patches in SOURCE, with the origin of each.

    SOURCE is a .dsc, an unpacked source tree, a debian/patches or quilt directory, an mbox or patch
    files, an RPM spec, a SUSE series.conf, REPOSITORY#BRANCH, REPOSITORY#OLD..NEW, or the name of
    a source package, which apt fetches. Nothing of it is executed.

    It writes series/NAME.toml and, where the patches are files, all of them as they are, below
    patches/imported/NAME. `series export` writes them back.
    """
    from patchseries.imports.recognise import SourceForm
    from patchseries.journal import commit_files
    from patchseries.pipeline.importing.plan import ImportRequest, check_is_new, plan_import
    from patchseries.pipeline.importing.upstreams import UpstreamOptions

    upstream = UpstreamOptions(given.pop("repository"), given.pop("base"))
    vendor = given.pop("vendor")
    asked = Given(**given)
    state = _state()
    known = SourceForm(form) if form else None
    request = ImportRequest(source, asked.name, known, upstream, vendor)
    with Progress(asked) as progress:
        plan = plan_import(asked.session(progress), state.root, request)
    if plan.form in _WITHOUT_VENDORS:
        refuse_beside(f"patches of the form {plan.form}", "vendor")
    changed = sorted(plan.changes)
    if not asked.dry_run:
        hold(state)
        check_is_new(state.root, plan.name)
        changed = commit_files(state, dict(plan.changes), operation())
    if asked.as_json:
        show_json(_document(plan, changed), ok=True)
    else:
        _show(plan, asked)
        for problem in plan.problems:
            say(problem)
        _say_what_is_next(plan, asked)
    return 0


def _state() -> State:
    """The state of the project here; where there is none, this directory becomes one."""
    from patchseries.errors import UsageError
    from patchseries.journal import find_state

    try:
        return recovered_state()
    except UsageError:
        return find_state(state_directory(), Path.cwd())


def _show(plan: ImportPlan, asked: Given) -> None:
    from patchseries.report.table import TextTable

    rows = [(one.shown, one.name, _origin_words(one), _evidence(one)) for one in plan.patches]
    if rows:
        show(TextTable(("patch", "name", "origin", "evidence"), rows, names=2), asked)


def _say_what_is_next(plan: ImportPlan, asked: Given) -> None:
    known = [one.origin for one in plan.patches if one.origin]
    doubtful = sum(one.is_doubtful for one in known)
    version = f" {plan.version}" if plan.version else ""
    show(
        f"{plan.name}{version}: {counted(len(plan.patches), 'patch', 'patches')} on {plan.base}, "
        f"{counted(len(known) - doubtful, 'origin')} found, {doubtful} doubtful"
        + (
            f", {counted(len(plan.unlisted), 'file')} that no series file names"
            if plan.unlisted
            else ""
        ),
        asked,
    )
    if asked.dry_run:
        say("nothing was written")
    else:
        other = f", or series upgrade RELEASE {plan.name}" if plan.version else ""
        say(f"series/{plan.name}.toml is written; then: series rebase {plan.name}{other}")


def _origin_words(patch: ImportedPatch) -> str:
    origin = patch.origin
    if origin is None:
        return "-"
    words = (origin.change_id or "")[:9] or (origin.commit or "")[:12] or "?"
    return f"{words} (doubtful)" if origin.is_doubtful else words


def _evidence(patch: ImportedPatch) -> str:
    return patch.origin.evidence if patch.origin else ""


def _document(plan: ImportPlan, changed: list[str]) -> dict[str, Any]:
    from patchseries.report.documents import table_row

    return {
        "series": plan.name,
        "source": str(plan.form),
        "version": plan.version,
        "base": plan.base,
        "patches": [
            {
                "name": patch.name,
                "shown": patch.shown,
                "source": table_row(patch.source),
                "origin": {
                    "change_id": patch.origin.change_id,
                    "commit": patch.origin.commit,
                    "evidence": patch.origin.evidence,
                    "doubtful": patch.origin.is_doubtful,
                }
                if patch.origin
                else None,
            }
            for patch in plan.patches
        ],
        "unlisted": list(plan.unlisted),
        "problems": list(plan.problems),
        "changed": changed,
    }
