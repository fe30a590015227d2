"""What is said of the operation log, and of what was taken back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from patchseries.cli.common import Given
from patchseries.cli.undo import show_log, show_taken
from patchseries.journal import Logged
from patchseries.journal.log import LoggedChange

ASKED = Given(color="never")
CHANGES = (
    LoggedChange("made", None, "1"),
    LoggedChange("gone", "1", None),
    LoggedChange("changed", "1", "2"),
)
DONE = Logged(7, "series rebase", "2013-07-01T12:00:00Z", CHANGES)


def test_what_became_of_each_file(capsys: pytest.CaptureFixture[str]) -> None:
    show_taken(DONE, ASKED)
    assert capsys.readouterr() == (
        "undid 7: series rebase (2013-07-01T12:00:00Z)\n"
        "  removed  made\n  restored gone\n  reverted changed\n",
        "",
    )
    show_taken(replace(DONE, command="series upgrade 2 --in-place"), Given(dry_run=True))
    out, err = capsys.readouterr()
    assert out.startswith("would undo 7: ")
    assert "`git checkout debian/` takes it back" in err
    show_taken(DONE, Given(as_json=True, dry_run=True))
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["dry_run"], document["undone"]["number"]) == (True, True, 7)


def test_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    alone = replace(DONE, number=12, changes=CHANGES[:1], undone=True)
    show_log([alone, DONE, replace(DONE, changes=CHANGES[:2])], ASKED)
    assert capsys.readouterr().out.splitlines() == [
        "  12  2013-07-01T12:00:00Z  series rebase (undone): made",
        "   7  2013-07-01T12:00:00Z  series rebase: made and 2 more",
        "   7  2013-07-01T12:00:00Z  series rebase: made and 1 more",
    ]
    show_log([], ASKED)
    assert capsys.readouterr().out == "nothing to undo\n"
    show_log([DONE], Given(as_json=True))
    assert json.loads(capsys.readouterr().out)["operations"][0]["command"] == "series rebase"
