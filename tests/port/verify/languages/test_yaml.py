"""Ports of YAML."""

from __future__ import annotations

import time

import pytest
import yaml

from patchseries.port.verify.grammar import UnparsedError
from patchseries.port.verify.languages.yaml import LANGUAGE
from port.verify.conftest import Examined

read = LANGUAGE.read


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n  a: 1\nc: {a: 1, b: [a, a]}\n",
        "- a: 1\n- a: 1\n",
        "a: 1\n---\na: 1\n",
        "x: &x {a: 1}\ny: &y {b: 1}\nz:\n  <<: *x\n  <<: *y\n",
        "? [a]\n: 1\n? [a]\n: 1\n",
        "a: a\nb: a\n",
        "a: !vault |\n  a: 1\n  a: 1\n",
        "a: *nothing\n",
        "",
    ],
)
def test_what_is_read_without_a_fault(text: str) -> None:
    found = read(text.encode())
    assert (found.error, dict(found.repeated)) == (None, {})


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("a: 1\nb: 2\na: 3\n", {"a": [2]}),
        ("- a:\n    b: 1\n  c: {d: 1, d: 2}\n  a: 3\n  a: 4\n", {"d": [2], "a": [3, 4]}),
        ("x: [{when: 1,\n when: 2}]\n", {"when": [1]}),
        ("a: &a {b: 1}\nc: *a\nc: *a\n", {"c": [2]}),
        ("a: 1\rb: 1\ra: 1", {"a": [0]}),  # the end of a line for YAML alone
    ],
)
def test_a_key_that_stands_again(text: str, again: dict[str, list[int]]) -> None:
    found = read(text.encode())
    assert (found.error, dict(found.repeated)) == (None, again)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a: 1\n  b: 1\n", 1),
        (b"- a: 1\n b: 1\n", 1),
        (b"a: [1\n", 1),
        (b"a: {{ b }}\nb: c: d\n", 1),
        (b"a: \xff\n", 0),
        (b"[" * 30_000, 0),
    ],
)
def test_where_it_cannot_be_read(text: bytes, line: int) -> None:
    assert read(text).error == line


@pytest.mark.parametrize(
    "text",
    [b"a: &a [x]\n" + b"b: *a\n" * 30_000, b"{a: " * 30_000, b"- " * 90_000, b'"a\n' * 90_000],
)
def test_a_text_made_to_keep_a_reader_busy_comes_to_an_end(text: bytes) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 5  # seconds


def test_without_libyaml_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CBaseLoader")
    with pytest.raises(UnparsedError, match="libyaml is not installed"):
        read(b"a: 1\n")


TASKS = "- include_tasks: bake.yml\n\n\n\n\n"


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("- include_tasks: cool.yml\n", "roles/oven/tasks/cool.yml", ["port-unknown-import"]),
        ("- import_tasks: 'cool.yml'\n", "roles/oven/tasks/cool.yml", ["port-unknown-import"]),
        ("- include_vars: cool.yml\n", "roles/oven/vars/cool.yml", ["port-unknown-import"]),
        ("- include_tasks: '{{ how }}.yml'\n", "roles/oven/tasks/cool.yml", []),
        ("- include_tasks: nowhere.yml\n", "roles/oven/tasks/cool.yml", []),
        ("- name: cool.yml\n", "roles/oven/tasks/cool.yml", []),
    ],
)
def test_a_file_of_tasks_that_only_upstream_has(
    examined: Examined, line: str, path: str, expected: list[str]
) -> None:
    main = "roles/oven/tasks/main.yml"
    more = {path: "a: 1\n"}
    own = "- name: our own\n"
    found = examined(
        {main: TASKS, **more},
        {main: line + TASKS, **more},
        {main: TASKS + own},
        {main: line + TASKS + own},
    )
    assert [f.code for f in found] == expected
    both = {main: line + TASKS + own, **more}
    assert examined({main: TASKS}, {main: line + TASKS}, {main: TASKS + own, **more}, both) == ()
