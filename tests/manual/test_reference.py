"""The pages of reference are what the code says: ``make reference`` writes those that are made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

from patchseries import lock
from patchseries.checks.gate import RULES
from patchseries.cli import group
from patchseries.errors import ExitCode
from patchseries.lock import Acceptance, Cell, InBase, Landed, Lock, MadeFor
from patchseries.model import Outcome, commit_id
from patchseries.parsing import parse_toml
from support import documents, manual, reference, schemas
from support.tools import need

DOCS = manual.DIRECTORY.parent
ID = commit_id("a" * 40)


def test_the_rules_are_those_of_the_code() -> None:
    page = manual.text("rules.md")
    assert page == reference.rules_page()
    assert re.findall("^### (.+)$", page, re.MULTILINE) == list(RULES)


def test_the_keys_of_the_manifest_are_those_of_the_code() -> None:
    page = manual.text("manifest.md")
    assert page == reference.manifest_page(page)
    assert not re.search(r"^\|.*\|\s*\|$", page, re.MULTILINE), "a key has no meaning"


def test_a_key_that_the_page_lacks_is_added_and_one_that_is_gone_goes() -> None:
    page = manual.text("manifest.md")
    other = page.replace("| `homepage` |", "| `homage` |")
    assert reference.manifest_page(other) != other
    assert "`homage`" not in reference.manifest_page(other)


def test_the_documents_are_what_the_commands_print(tmp_path: Path) -> None:
    need("dpkg-source", "xz", "dput")
    page = manual.text("json.md")
    made = documents.documents(tmp_path)
    assert page == documents.json_page(page, made)
    there = {path.name: path.read_text() for path in schemas.SCHEMAS.iterdir()}
    assert there == schemas.schema_files(made)


def test_the_schemas_are_schemas() -> None:
    for path in schemas.SCHEMAS.iterdir():
        Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_a_schema_says_what_was_seen() -> None:
    rows = [{"a": None, "n": 1}, {"a": {"b": True}, "c": [], "files": {"x.dsc": "1"}, "n": None}]
    made = schemas.schema_of("x", [{"schema": 1, "ok": True, "rows": rows}])
    fits = Draft202012Validator(made).is_valid
    good = {"schema": 1, "ok": False, "rows": [{"a": {"b": False, "more": 1}, "n": 3}]}
    assert fits(good)
    assert fits({**good, "rows": [{"a": None, "n": None}]})
    for bad in (
        {**good, "schema": 2},
        {**good, "ok": None},
        {**good, "rows": None},
        {**good, "rows": [{"a": None}]},
        {**good, "rows": [{"a": 1, "n": 1}]},
        {**good, "rows": [{"a": {"b": None}, "n": 1}]},
        {**good, "rows": [{"a": {}, "n": 1}]},
        {**good, "rows": [{"a": None, "n": "1"}]},
        {**good, "rows": [{"a": None, "n": 1, "files": {"x": 1}}]},
    ):
        assert not fits(bad)


def keys_of(schema: dict[str, Any]) -> Iterator[str]:
    """Every key that *schema* names, at any depth; those of objects by name are data."""
    for key, inner in schema.get("properties", {}).items():
        yield key
        yield from keys_of(inner)
    for place in {"items", "additionalProperties"} & schema.keys():
        yield from keys_of(schema[place])


@pytest.mark.parametrize("path", sorted(schemas.SCHEMAS.iterdir()), ids=lambda path: path.stem)
def test_the_keys_of_all_documents_are_written_alike(path: Path) -> None:
    found = list(keys_of(json.loads(path.read_text())))
    assert found
    assert [key for key in found if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", key)] == []


def test_a_document_that_does_not_fit_is_named() -> None:
    bad = {"schema": 1, "ok": True, "pins": [{"repository": 1, "rev": "x", "left-out": 1}]}
    faults = schemas.problems("fetch", bad)
    assert "$.pins[].left-out: not a key like left_out" in faults
    assert any(fault.startswith("$.pins[0].repository:") for fault in faults)
    error = {"schema": 1, "ok": False, "error": {"message": "x", "cause": None, "hint": None}}
    assert schemas.problems("fetch", error) == []


def test_an_outline_joins_what_several_documents_have() -> None:
    rows = [{"a": None}, {"a": {"b": 1}, "c": [], "files": {"x.dsc": "1"}}]
    made = documents.outline([{"schema": 1, "ok": True, "rows": []}, {"rows": rows, "d": 2}])
    assert made == ["- `d`", "- `rows[]`: `a`, `c[]`, `files{}`", "- `rows[].a`: `b`"]


def test_every_command_with_a_document_is_on_the_page() -> None:
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    for name, command in list(commands.items()):
        inside = command.commands if isinstance(command, click.Group) else {}
        commands |= {f"{name} {sub}": one for sub, one in inside.items()}
    with_json = {
        name
        for name, command in commands.items()
        if command and any("--json" in param.opts for param in command.params)
    }
    titles = [title for title, _, _ in documents.COMMANDS]
    listed = {title if title in commands else title.split()[0] for title in titles}
    elsewhere = {"demo"}  # a run with one key more
    assert with_json - elsewhere == listed


@pytest.mark.parametrize("page", ["docs/manual/json.md", "README.md"])
def test_the_exit_statuses_are_those_of_the_code(page: str) -> None:
    text = (DOCS.parent / page).read_text()
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == list(ExitCode)


def test_the_keys_of_the_lock_are_those_of_the_code() -> None:
    cell = Cell(
        Outcome.ADAPTED, ("paths",), "f" * 64, Acceptance("A", "B", "C"), InBase(ID, "commit"), "q"
    )
    full = Lock(
        {("u", "r"): ID}, {("p", "b"): cell}, {"p": Landed("t", ID)}, {("o", "d"): MadeFor("t", ID)}
    )
    written = parse_toml(lock.dump(full))
    page = manual.text("lock.md")
    table = page[: page.index("## Resolutions")]
    named = set(re.findall(r"`([a-z0-9-]+)`", table))
    for name, rows in written.items():
        if name != "schema":
            (row,) = rows
            inner = {key for value in row.values() if isinstance(value, dict) for key in value}
            assert {name, *row, *inner} <= named
    listed = re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)
    assert set(listed) == set(written) - {"schema"}


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\(([a-z-]+\.md)\)", manual.text("index.md")))
    assert linked == set(manual.CHAPTERS) - {"index.md"}


@pytest.mark.parametrize("chapter", [*manual.CHAPTERS, "../glossary.md", "../design.md"])
def test_every_link_leads_somewhere(chapter: str) -> None:
    text = (manual.DIRECTORY / chapter).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, heading = target.partition("#")
        file = (manual.DIRECTORY / chapter).parent / name if name else manual.DIRECTORY / chapter
        assert file.is_file(), target
        titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not heading or heading in anchors, target
