"""The layout of the repository: its top level, and where tests and their modules lie."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.tools import need
from test_architecture import ROOT, SOURCE, sources

TESTS = Path(__file__).parent

TOP = {"pyproject.toml", "series", "patches", "src", "build", "tests", "CHANGELOG.md"}
BESIDE = {
    "README.md",
    "LICENSE",
    "Makefile",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "tools",
    ".gitignore",
    ".ci",
}


def git(*words: str) -> list[str]:
    """The lines that git prints in this repository."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: nothing is tracked")
def test_the_top_level() -> None:
    assert {path.split("/")[0] for path in git("ls-files")} == TOP | BESIDE


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: nothing is tracked")
def test_build_is_in_a_clone_and_what_is_made_there_is_not() -> None:
    assert git("ls-files", "build") == ["build/.gitignore"]
    made = ["build/demo/report.html", "build/demo/.hidden", "build/x"]
    assert git("check-ignore", *made) == made


def test_make_clean_leaves_build_as_in_a_fresh_clone(tmp_path: Path) -> None:
    need("make")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "build", tmp_path / "build", ignore=lambda _, names: set(names))
    kept = shutil.copy(ROOT / "build" / ".gitignore", tmp_path / "build")
    (tmp_path / "build" / "demo" / "2013.1").mkdir(parents=True)
    (tmp_path / "build" / "demo" / "report.html").write_text("x")
    (tmp_path / "build" / ".hidden").write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [str(p) for p in (tmp_path / "build").iterdir()] == [str(kept)]


# Modules and their tests --------------------------------------------------------------------------

ELSEWHERE = {
    "Each rule is seen through the gate, on a series with a fault made for it.": {
        "checks/agreement": "checks/test_faults.py",
        "checks/applying": "checks/test_faults.py",
        "checks/content": "checks/test_faults.py",
        "checks/dep3": "checks/test_faults.py",
        "checks/disk": "checks/test_faults.py",
        "checks/gate": "checks/test_faults.py",
        "checks/rule": "checks/test_manual.py",
        "checks/tests": "checks/test_faults.py",
        "checks/traps": "patches/test_dpkg.py",
        "checks/upstream": "checks/test_online.py",
    },
    "A command parses, calls and shows: it is run as a user does, where its room is tested.": {
        "__main__": "cli/test_failures.py",
        "cli/add": "pipeline/test_adding.py",
        "cli/config": "pipeline/test_configuring.py",
        "cli/remove": "pipeline/edit/test_removing.py",
        "cli/bump": "pipeline/test_bumping.py",
        "cli/init": "pipeline/test_starting.py",
        "cli/accept": "pipeline/conflict/test_accept.py",
        "cli/applying": "cli/test_end_to_end.py",
        "cli/build": "debian/test_commands.py",
        "cli/hostoptions": "pipeline/test_packagedsettings.py",
        "cli/check": "checks/test_command.py",
        "cli/checkout": "pipeline/edit/test_refresh.py",
        "cli/demo": "demo/test_command.py",
        "cli/fetch": "pipeline/test_fetching.py",
        "cli/export": "pipeline/importing/test_import.py",
        "cli/import_": "pipeline/importing/test_import.py",
        "cli/publish": "debian/test_commands.py",
        "cli/rebaseall": "cli/test_rebase_all.py",
        "cli/refresh": "pipeline/edit/test_refresh.py",
        "cli/report": "report/test_report_command.py",
        "cli/resolve": "pipeline/conflict/test_resolve.py",
        "cli/run_": "cli/test_end_to_end.py",
        "cli/safeconsole": "cli/test_terminal.py",
        "cli/show": "cli/test_status.py",
        "cli/streams": "cli/test_output.py",
        "cli/test": "pipeline/testing/test_suiterun.py",
        "cli/worker": "pipeline/cluster/test_dispatch.py",
    },
    "A few lines for a rule on settings.": {
        "settings/needed": "checks/test_settings.py",
    },
    "A step of an upgrade: what counts is the package, and the entry in its changelog.": {
        "pipeline/upgrading/entry": "pipeline/upgrading/test_upgrade.py",
        "pipeline/upgrading/inplace": "pipeline/upgrading/test_upgrade.py",
        "pipeline/upgrading/notes": "pipeline/upgrading/test_upgrade.py",
        "pipeline/upgrading/releases": "pipeline/upgrading/test_upgrade.py",
    },
    "A step of running tests: what counts is which patch is blamed.": {
        "pipeline/testing/judging": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/candidates": "cli/test_port.py",
        "pipeline/testing/packages": "debian/test_commands.py",
        "pipeline/testing/remembered": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/results": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/runs": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/steps": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/suites": "pipeline/testing/test_suiterun.py",
        "pipeline/testing/worktrees": "pipeline/testing/test_suiterun.py",
        "testing/formats": "testing/test_subunit2.py",
    },
    "A step of building: what counts is the package that comes of all of them.": {
        "debian/download": "debian/test_dsc.py",
        "debian/orig": "debian/test_dsc.py",
        "debian/security": "debian/test_basetree.py",
    },
    "Data of the demonstration: what it tells is tested as a story.": {
        "demo/keystone": "demo/test_repositories.py",
        "demo/nova": "demo/test_repositories.py",
        "demo/quantum": "demo/test_repositories.py",
        "demo/tour": "demo/test_story.py",
        "demo/world": "demo/test_repositories.py",
    },
    "Asked of git: tried on the repositories of who uses it.": {
        "git/blame": "pipeline/conflict/test_why.py",
        "git/environment": "git/test_borrowed.py",
        "git/merge": "port/test_engine.py",
        "git/repository": "git/test_reader.py",
        "git/textmerge": "resolution/test_lines.py",
        "landed/builder": "landed/test_index.py",
        "landed/log": "landed/test_index.py",
        "landed/patchid": "landed/test_verdict.py",
    },
    "Parts of one verdict.": {
        "landed/evidence": "landed/test_verdict.py",
        "landed/scheme": "landed/test_releaselines.py",
    },
    "How a change is written whole or not at all shows only when it is interrupted.": {
        "journal/commit": "journal/test_killed.py",
        "journal/log": "journal/test_undo.py",
    },
    "Values, and the door to programs: every test uses them.": {
        "counting": "test_doctests.py",
        "model": "test_doctests.py",
        "manifest/read": "manifest/test_problems.py",
        "manifest/schema": "manifest/test_problems.py",
    },
    "Parsers beside each other: any bytes for all of them.": {
        "patches/parse": "patches/test_apply.py",
    },
    "A stage of the pipeline is run on a small series, by its command.": {
        "pipeline/applying": "pipeline/test_real_applying.py",
        "pipeline/build": "debian/test_commands.py",
        "pipeline/checking": "checks/test_command.py",
        "pipeline/targets": "checks/test_command.py",
        "pipeline/histories": "pipeline/test_inclusion.py",
        "pipeline/keptresults": "pipeline/test_settled.py",
        "pipeline/targetinputs": "pipeline/test_settled.py",
        "pipeline/conflict/conflicts": "pipeline/conflict/test_resolve.py",
        "pipeline/conflict/worktree": "pipeline/conflict/test_files.py",
        "pipeline/cluster/offers": "pipeline/cluster/test_dispatch.py",
        "pipeline/cluster/worker": "pipeline/cluster/test_dispatch.py",
        "pipeline/diff": "cli/test_diff.py",
        "pipeline/edit/addition": "pipeline/test_adding.py",
        "pipeline/filechanges": "pipeline/test_fileport.py",
        "pipeline/inputs": "pipeline/test_fileport.py",
        "pipeline/madefor": "pipeline/test_fileport.py",
        "pipeline/edit/branch": "pipeline/edit/test_refresh.py",
        "pipeline/edit/refreshplan": "pipeline/edit/test_refresh.py",
        "pipeline/exporting": "pipeline/importing/test_import.py",
        "pipeline/importing/plan": "pipeline/importing/test_import.py",
        "pipeline/importing/reading": "pipeline/importing/test_import.py",
        "pipeline/importing/upstreams": "pipeline/importing/test_import.py",
        "pipeline/online": "checks/test_online.py",
        "pipeline/packaging": "debian/test_basetree.py",
        "pipeline/packagingport": "debian/test_basetree.py",
        "pipeline/porting": "cli/test_port.py",
        "pipeline/publish": "debian/test_commands.py",
        "pipeline/rebase": "cli/test_end_to_end.py",
        "pipeline/rebaseall": "cli/test_rebase_all.py",
        "pipeline/rebased": "cli/test_rebase_cells.py",
        "pipeline/reportcompare": "report/test_report_command.py",
        "pipeline/reporting": "report/test_report_command.py",
        "pipeline/reportupstream": "report/test_report_command.py",
        "pipeline/requests": "cli/test_port.py",
        "pipeline/resolutions": "pipeline/conflict/test_resolve.py",
        "pipeline/run": "cli/test_end_to_end.py",
        "pipeline/series": "cli/test_failures.py",
        "pipeline/session": "cli/test_failures.py",
    },
    "A part of porting: what counts is the port.": {
        "port/adaptation": "port/strategies/test_strategies.py",
        "port/context": "port/strategies/test_strategies.py",
        "port/filemerge": "port/test_engine.py",
        "port/hunks/resolve": "port/hunks/test_rules.py",
        "port/names/renames": "port/names/test_maps.py",
        "port/prerequisites/origins": "pipeline/conflict/test_why.py",
        "port/prerequisites/values": "port/prerequisites/test_search.py",
        "port/result": "port/test_engine.py",
        "port/strategies/elsewhere": "port/strategies/test_strategies.py",
        "port/strategies/learned": "port/strategies/test_strategies.py",
        "port/strategies/mapped": "port/strategies/test_strategies.py",
        "port/strategies/overlaps": "port/strategies/test_strategies.py",
    },
    "A question to a result: all are asked at once, of good results and of broken ones.": {
        "port/verify/accounted": "port/verify/test_text.py",
        "port/verify/accounting": "port/verify/test_text.py",
        "port/verify/calls": "port/verify/test_arguments.py",
        "port/verify/language": "port/verify/test_laws.py",
        "port/verify/languages/python": "port/verify/test_laws.py",
        "port/verify/omitted": "port/strategies/test_strategies.py",
        "port/verify/ported": "port/verify/test_laws.py",
        "port/verify/queries": "port/verify/test_laws.py",
        "port/verify/removals": "port/verify/test_names.py",
        "port/verify/rules": "port/verify/test_laws.py",
        "port/verify/sourcetree": "port/verify/test_objects.py",
        "port/verify/syntax": "port/verify/test_chunks.py",
    },
    "A form of one and the same findings, or of one page.": {
        "report/annotations": "report/test_findings.py",
        "report/grouped": "report/test_findings.py",
        "report/html": "report/test_page.py",
        "report/junit": "report/test_findings.py",
        "report/matrix": "report/test_status_table.py",
        "report/pagemodel": "report/test_page.py",
        "report/sarif": "report/test_findings.py",
        "report/facts": "cli/test_status.py",
        "report/status": "report/test_status_table.py",
        "report/text": "report/test_findings.py",
    },
    "What is kept of a conflict: written, read and replayed in one round trip.": {
        "resolution/extract": "resolution/test_edits.py",
        "resolution/files": "resolution/test_replay.py",
        "resolution/reading": "resolution/test_store.py",
    },
    "How a server is reached: tried on a server of our own.": {
        "sources/access": "sources/test_gerrit.py",
        "sources/fetch": "sources/test_fetch_network.py",
        "sources/http": "sources/test_download.py",
        "sources/request": "pipeline/test_adding.py",
        "sources/rest": "sources/test_gerrit.py",
    },
}
"""Modules without a test file of their own: why, and the file that tests each."""

TESTED_ELSEWHERE = {m: test for group in ELSEWHERE.values() for m, test in group.items()}


def modules() -> list[str]:
    """Every module with code of its own, as its path below the package, without ``.py``."""
    paths = (p for p in sources() if p.name != "__init__.py")
    return [str(p.relative_to(SOURCE).with_suffix("")) for p in paths]


def own_tests(module: str) -> list[Path]:
    """Where the tests of *module* lie by the rule: a file of its name in the mirrored room."""
    path = Path(module)
    room = path.parent if path.parent.name else path
    return [TESTS / room / f"test_{path.name}.py"]


@pytest.mark.parametrize("module", modules())
def test_each_module_has_its_test_file(module: str) -> None:
    own = [path for path in own_tests(module) if path.exists()]
    elsewhere = TESTED_ELSEWHERE.get(module)
    if own:
        assert elsewhere is None, f"{module} has {own[0].name} now: take it off the list"
    else:
        assert elsewhere, f"write tests/{module}'s test file, or say in ELSEWHERE why there is none"
        assert (TESTS / elsewhere).is_file(), f"{elsewhere} is gone: what tests {module} now?"


def test_the_list_names_modules_that_are_there() -> None:
    assert set(TESTED_ELSEWHERE) <= set(modules())
    assert len(TESTED_ELSEWHERE) == sum(map(len, ELSEWHERE.values())), "one is named twice"
