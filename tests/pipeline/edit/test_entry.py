"""A patch more or less in a manifest's text: nothing else changes, whatever its values hold."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.errors import DeclinedError
from patchseries.manifest.values import _slug
from patchseries.model import ChangeId, CommitId
from patchseries.pipeline.edit.entry import (
    NewPatch,
    name_from,
    summary_from,
    with_entry,
    without_entry,
)

HEAD = 'schema = 1\n\n[series]\nname = "x"  # the name\n\n[project.p]\nbases = [\n  "1",\n]\n'
FIRST = '# the first\n[[patch]]\nname = "a" # why\nproject = "p"\nsource = { tag = "t" }\n'
SECOND = '# the second\n[[patch]]\nname = "b"\n[[patch.source]]\ntag = "t"\n'
CHECKS = '# what counts\n[checks]\noffset = "off"\n'
NEW = NewPatch("new", "p", "New", ChangeId("I" + "1" * 40), CommitId("2" * 40), ("3", "x-4"))
MANIFESTS = [
    HEAD,
    f"{HEAD}\n{FIRST}",
    f"{HEAD}\n{FIRST}\n{SECOND}",
    f"{HEAD}\n{FIRST}\n{SECOND}\n{CHECKS}",
    f"{HEAD}\n{CHECKS}\n{FIRST}",
    f"{HEAD}\n{FIRST}\n{CHECKS}".replace("\n", "\r\n"),
]


@pytest.mark.parametrize("text", MANIFESTS)
def test_added_and_taken_out_it_is_as_before(text: str) -> None:
    added = with_entry(text, NEW)
    assert tomllib.loads(added)["patch"][-1] == NEW.table
    assert without_entry(added, "new") == text
    lines = iter(added.split("\n"))
    assert all(line in lines for line in text.split("\n")), "a line was changed, or moved"


@pytest.mark.parametrize("name", ["a", "b"])
def test_its_comment_goes_with_it(name: str) -> None:
    text = f"{HEAD}\n{FIRST}\n{SECOND}\n{CHECKS}"
    rest = without_entry(text, name)
    assert rest == f"{HEAD}\n{SECOND if name == 'a' else FIRST}\n{CHECKS}"


def test_tables_in_a_list_are_left_alone() -> None:
    text = f'patch = [ {{ name = "a" }}, {{ name = "b" }} ]\n{HEAD}'
    with pytest.raises(DeclinedError, match="write it there yourself"):
        with_entry(text, NEW)
    with pytest.raises(DeclinedError, match="delete it there yourself"):
        without_entry(text, "a")


@given(st.text(), st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_any_subject_makes_a_name_and_a_line(subject: str, url: str, taken: list[str]) -> None:
    name = name_from(subject, taken)
    assert _slug(name) == name
    assert name not in taken
    assert len(name) < 60
    summary = summary_from(subject)
    assert summary.isprintable()
    new = NewPatch(name, "p", summary, source={"repository": url, "commit": "1"})
    assert tomllib.loads(with_entry(HEAD, new))["patch"] == [new.table]
