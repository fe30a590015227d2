"""``series port``: one commit onto a revision, or many from standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import words_of, wrap_option
from patchseries.cli.common import Given, cache_directory, now
from patchseries.cli.flags import refuse_beside, refuse_others, refuse_without
from patchseries.cli.terminal import Progress, note, note_text, show_plain_json, write_patch
from patchseries.counting import counted
from patchseries.errors import UsageError
from patchseries.report.grouped import location

if TYPE_CHECKING:
    from patchseries.pipeline.chain import Chain
    from patchseries.pipeline.requests import PortedRequest, Request, Workbench
    from patchseries.pipeline.testing.candidates import TreeTest
    from patchseries.port.result import PortResult


@click.command("port")
@click.argument("commit", required=False)
@click.option("--onto", metavar="REV", help="The revision to port onto.")
@click.option("--repo", metavar="DIR", type=click.Path(path_type=Path), help="The repository.")
@click.option("--batch", is_flag=True, help="Requests from standard input, one JSON object a line.")
@click.option(
    "--name-map",
    multiple=True,
    metavar="NAME|OLD=NEW",
    help="An identifier map that holds here, ready-made or your own (repeatable).",
)
@click.option(
    "--path-map",
    multiple=True,
    metavar="OLD=NEW",
    help="A file or directory of the commit, and where REV has it (repeatable).",
)
@click.option("--git-only", is_flag=True, help="Use git's own merge and no other strategy.")
@click.option(
    "--test",
    metavar="CMD",
    help="Try candidates for a conflict until CMD, run in the tree, passes.",
)
@wrap_option
@click.option(
    "--with-prerequisites",
    is_flag=True,
    help="Search the earlier commits that it needs, and port them before it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(
    batch: bool, name_map: tuple[str, ...], path_map: tuple[str, ...], git_only: bool, **given: Any
) -> int:
    """Port COMMIT onto REV: a better cherry-pick that writes to no repository.

    Prints the result as a patch, or what conflicts. With --batch each line of standard input is
    {"repo": DIR, "upstream": COMMIT, "onto": REV}; the answers come in order, one a line.
    --test runs code of the repository, as you; --wrap isolates it.

    With --with-prerequisites each commit of the chain is a patch of its own, for `git am`.
    """
    from patchseries.pipeline.requests import Workbench
    from patchseries.port.result import PortOptions

    chained = given.pop("with_prerequisites")
    _refuse_idle(batch, git_only, chained, given["test"])
    options = PortOptions(git_only, name_map, tuple(map(_pair, path_map)))
    test = _tree_test(given.pop("test"), given.pop("wrap"))
    with Workbench(cache_directory() / "port", options) as bench:
        if chained:
            return _port_chain(bench, **given)
        return _batch(bench) if batch else _port_one(bench, test, **given)


def _refuse_idle(batch: bool, git_only: bool, chained: bool, test: str | None) -> None:
    """Refuse options that have no effect beside another one."""
    if chained and (test or batch):
        raise UsageError("--with-prerequisites goes with neither --test nor --batch")
    if batch:
        refuse_others("--batch", ("batch", "name_map", "path_map", "git_only"))
    if git_only:
        refuse_beside("--git-only", "name_map", "path_map", "test")
    if not test:
        refuse_without("--test", "wrap")


def _tree_test(command: str | None, wrap: str | None) -> TreeTest | None:
    """What --test asks for, each command by the words of --wrap."""
    from patchseries.pipeline.testing.candidates import TreeTest

    if not command:
        return None
    scratch, today = cache_directory() / "scratch", now().strftime("%Y-%m-%d")
    return TreeTest(words_of(command, "--test"), words_of(wrap), scratch, today)


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not (old and new):
        raise click.UsageError(f"--path-map needs OLD=NEW, not {text!r}")
    return old, new


def _batch(bench: Workbench) -> int:
    from patchseries.pipeline.requests import batch

    status = 0
    for answer in batch(bench, sys.stdin):
        show_plain_json(answer, indent=None)
        if not answer["ok"] or answer["findings"]:
            status = 1
    return status


def _port_one(bench: Workbench, test: TreeTest | None, **given: Any) -> int:
    from patchseries.pipeline.requests import document

    request = _request(**given)
    with Progress(Given(quiet=given["as_json"])) as progress:
        progress.update(f"porting {request.upstream} onto {request.onto}")
        ported = bench.port(request, test)
    if given["as_json"]:
        show_plain_json(document(ported))
    else:
        _show(bench, request, ported)
    result = ported.result
    return 1 if result.conflicts or result.findings else 0


def _request(**given: Any) -> Request:
    from patchseries.pipeline.requests import Request

    commit, onto, repo = given["commit"], given["onto"], given["repo"]
    if not (commit and onto and repo):
        raise UsageError("series port needs COMMIT, --onto REV and --repo DIR, or --batch")
    return Request(repo, commit, onto)


def _port_chain(bench: Workbench, **given: Any) -> int:
    from patchseries.pipeline.requests import document_of_chain

    request = _request(**given)
    with Progress(Given(quiet=given["as_json"])) as progress:
        progress.update(f"porting {request.upstream} onto {request.onto}")
        onto, chain = bench.port_chain(request, progress.update)
    result = chain.change.result
    if given["as_json"]:
        show_plain_json(document_of_chain(onto, chain))
    else:
        _show_prerequisites(chain)
        _show_result(result)
        write_patch(bench.mails(request, chain))
    findings = [
        one for step in (*chain.prerequisites, chain.change) for one in step.result.findings
    ]
    return 1 if result.conflicts or findings else 0


def _show_prerequisites(chain: Chain) -> None:
    """What comes before the change, each with its outcome; or that nothing does."""
    total = len(chain.prerequisites)
    for number, step in enumerate(chain.prerequisites, 1):
        adds = ", only adds lines" if step.only_adds else ""
        note(f"prerequisite {number} of {total}: {step.commit.id[:12]} {step.commit.subject}{adds}")
        _show_result(step.result)
    if chain.why is None:
        note("no prerequisites are needed")
    elif chain.why.common is None:
        note("no search for prerequisites: the two histories have no common ancestor here")
    elif not total:
        late = ", then the time was over" if chain.why.stopped else ""
        note(f"no prerequisites would help ({counted(chain.why.tried, 'merge')} tried{late})")
    else:
        note(f"then {chain.change.commit.id[:12]} {chain.change.commit.subject}")


def _show(bench: Workbench, request: Request, ported: PortedRequest) -> None:
    """The patch on standard output; beside it the outcome and what a reviewer should know."""
    _show_result(ported.result)
    write_patch(bench.diff(request, ported))


def _show_result(result: PortResult) -> None:
    by = f" by {', '.join(result.strategies)}" if result.strategies else ""
    fails = "; will not run as it is" if result.failing else ""
    note(f"{result.outcome}{by}{fails}{'; review it' if result.review else ''}")
    for found in result.findings:
        where = f"{location(found)}: " if found.file else ""
        note(f"{found.severity}: {where}{found.message} [{found.code}]")
    for conflict in result.conflicts:
        note(f"conflict: {conflict.path} ({conflict.words})")
    for made in result.proposals if result.conflicts else ():
        note(f"{made.path}:{made.line}: candidates:")
        for rule, text in made.candidates:
            note(f"--- {rule}")
            note_text(text)
