"""From a story to a fast-import stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.demo.story import (
    Remove,
    RenameProject,
    Replace,
    Start,
    StoryCommit,
    StoryTag,
    TextEdit,
    Write,
    stream,
)
from patchseries.git import Repository

ANN = "Ann <ann@test.invalid>"
TREE = {"quantum/a.py": b"QUANTUM = 'Quantum, quantum'\n", "b": b"one one\n"}


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Replace("b", "one\n", "two\n"), {**TREE, "b": b"one two\n"}),
        (Write("c", "x"), {**TREE, "c": b"x"}),
        (Remove("b"), {"quantum/a.py": TREE["quantum/a.py"]}),
        (Start({"c": b"x"}), {**TREE, "c": b"x"}),
        (
            RenameProject("quantum", "neutron"),
            {"neutron/a.py": b"NEUTRON = 'Neutron, neutron'\n", "b": b"one one\n"},
        ),
    ],
)
def test_edits(edit: TextEdit, after: dict[str, bytes]) -> None:
    assert edit.apply(TREE) == after


@pytest.mark.parametrize(
    "edit", [Replace("b", "one", "two"), Replace("b", "six", "two"), Remove("c")]
)
def test_an_edit_that_does_not_fit_is_an_error(edit: TextEdit) -> None:
    with pytest.raises(ValueError, match=r"exactly once|there is no c"):
        edit.apply(TREE)


def test_branches_tags_modes_and_removals(tmp_path: Path) -> None:
    steps = (
        StoryCommit("master", "2013-04-04", ANN, "Start\n", (Start({"bin/x": b"x", "y": b""}),)),
        StoryTag("1.0", "master", "2013-04-05"),
        StoryCommit("master", "2013-04-06", ANN, "More\n", (Write("z", "z"),)),
        StoryCommit("stable", "2013-04-07", ANN, "Less\n", (Remove("y"),), since="1.0"),
    )
    with Repository.init(tmp_path / "r") as made:
        made.run("fast-import", "--quiet", stdin=stream(steps, ANN))
        refs = made.refs("refs/")
        stable = made.commit(refs["refs/heads/stable"])
        assert stable.parents == (refs["refs/tags/1.0"],)
        assert made.commit(refs["refs/heads/master"]).parents == (refs["refs/tags/1.0"],)
        assert {p: e.mode for p, e in made.walk(stable.tree)} == {"bin/x": "100755"}
        assert stable.message == b"Less\n"
        assert stable.author.time == 1365336000  # 2013-04-07 12:00 UTC


def test_the_whole_stream() -> None:
    """A branch from a tag, a branch that goes on, an author who is not the committer."""
    steps = (
        StoryCommit("master", "2013-04-04", ANN, "One\n", (Start({"a": b"x", "bin/b": b"y"}),)),
        StoryTag("1.0", "master", "2013-04-05"),
        StoryCommit(
            "master", "2013-04-06", ANN, "Two\n", (Write("a", "z"),), committer="Bob <b@x>"
        ),
        StoryCommit("stable", "2013-04-07", ANN, "Three\n", (Remove("bin/b"),), since="1.0"),
    )
    noon = 1365076800  # 2013-04-04 12:00 UTC
    day = 86400
    assert stream(steps, "Tag <t@x>").decode() == (
        "feature done\n"
        "commit refs/heads/master\nmark :1\n"
        f"author {ANN} {noon} +0000\ncommitter {ANN} {noon} +0000\ndata 4\nOne\n\n"
        "M 100644 inline a\ndata 1\nx\nM 100755 inline bin/b\ndata 1\ny\n"
        f"tag 1.0\nfrom :1\ntagger Tag <t@x> {noon + day} +0000\ndata 12\nRelease 1.0\n\n"
        "commit refs/heads/master\nmark :3\n"
        f"author {ANN} {noon + 2 * day} +0000\ncommitter Bob <b@x> {noon + 2 * day} +0000\n"
        "data 4\nTwo\n\nfrom :1\nM 100644 inline a\ndata 1\nz\n"
        "commit refs/heads/stable\nmark :4\n"
        f"author {ANN} {noon + 3 * day} +0000\ncommitter {ANN} {noon + 3 * day} +0000\n"
        "data 6\nThree\n\nfrom :1\nD bin/b\n"
        "done\n"
    )
