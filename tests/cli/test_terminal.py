"""The door for text: what a stranger wrote reaches a terminal, a log or a document as text only."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.checks.gate import RULES
from patchseries.cli import terminal
from patchseries.cli.common import Given, agreed
from patchseries.cli.failure import exit_status
from patchseries.cli.init import _ask
from patchseries.cli.resolve import _prompted
from patchseries.errors import SeriesError
from patchseries.landed.verdict import Verdict
from patchseries.model import Finding, Severity
from patchseries.report.annotations import github_commands, gitlab_report
from patchseries.report.junit import junit_xml
from patchseries.report.matrix import MatrixCell, matrix
from patchseries.report.sarif import sarif_document
from patchseries.report.status import StatusTable, as_csv, as_markdown, as_text
from patchseries.report.text import text_lines
from patchseries.visible import json_text, printable, printable_line, visible

CLI = Path(terminal.__file__).parent
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = (
    "app/[/x].js",
    "app/[id]/page.js",
    "[red]a[/red]",
    "a\x1b[31m\x1b]0;title\x07",
    "\x9b31m",
    "a\rb\x08\x7f",
    "user\u202etxt.exe",
    "a\n::error::planted",
    "::add-mask::x",
    "##[error]planted",
    "##vso[task.setvariable]x",
    ":smile:",
    "not-utf-8-\udcff",
)
hostile = st.text(st.characters() | st.sampled_from("\x1b\x9b\n\r:#[]%{}()\u202e\udcff")) | (
    st.sampled_from(HOSTILE)
)


@given(hostile)
def test_visible_text_steers_nothing_and_is_stable(text: str) -> None:
    for shown in (visible(text), printable(text), printable_line(text)):
        assert not STEERING.search(shown)
        shown.encode()  # no lone surrogates
    assert "\n" not in printable_line(text)
    assert printable(printable(text)) == printable(text)
    assert not any(line.lstrip().startswith("::") for line in printable(text).split("\n"))
    assert "##[" not in printable(text)


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)).filter(lambda t: "#" not in t)
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
    if not text.lstrip().startswith("::"):
        assert printable_line(text) == text


@given(st.dictionaries(hostile, hostile | st.lists(hostile)))
def test_json_reads_back_as_what_it_was(document: dict[str, object]) -> None:
    for ascii_only in (False, True):
        text = json_text(document, ascii_only=ascii_only)
        assert json.loads(text) == json.loads(json.dumps(document))
        assert not STEERING.search(text)
        text.encode("ascii" if ascii_only else "utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_for_people_is_shown_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show(text, Given(color="never"))
    terminal.say(text)
    out, err = capsys.readouterr()
    assert out == printable_line(text) + "\n"
    assert err == printable_line(f"series: {text}") + "\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_for_people_holds_it_as_it_is(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.show(matrix([MatrixCell(text, text, text, text)]), Given(color="never"))
    table = StatusTable((text,) * 3, ((text,) * 3,), (Verdict.LANDED,))
    terminal.show(as_text(table), Given(color="never"))
    out, _ = capsys.readouterr()
    assert not STEERING.search(out.replace("\n", ""))
    assert out.count(printable_line(text)) == 10
    assert out == printable(out)


@pytest.mark.parametrize("text", HOSTILE)
def test_only_our_own_colours_reach_a_terminal(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.show(text, Given(color="always"), "red")
    out, _ = capsys.readouterr()
    assert printable_line(text) in re.sub(r"\x1b\[(31|0)m", "", out)
    assert not STEERING.search(re.sub(r"\x1b\[(31|0)m", "", out).replace("\n", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_error_is_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise SeriesError(f"no such thing: {text}", cause=text, hint=text)

    assert exit_status(fail, ["--json"], {}) == 3
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert not STEERING.search((err + out).replace("\n", ""))
    assert json.loads(out)["error"]["cause"] == text


def test_a_wrong_word_on_the_command_line_steers_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from patchseries.cli import run

    assert run(["\x1b[31mnothing"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def finding(text: str) -> Finding:
    return Finding("conflict", Severity.ERROR, text, text, text, 1, text, text)


@given(hostile.filter(bool))
def test_findings_in_every_form(text: str) -> None:
    found = [finding(text), replace(finding(text), severity=Severity.NOTE)]
    root = ET.fromstring(junit_xml(text, found, RULES).encode())
    assert not STEERING.search("".join(root.itertext()))
    assert not STEERING.search("".join(v for e in root.iter() for v in e.attrib.values()))
    for line in github_commands(found):
        assert re.fullmatch(r"::(error|notice) [^\r\n:]*::[^\r\n]*", line)
        assert not STEERING.search(line)
    for line, _ in text_lines(found, RULES):
        assert "\n" not in line
        assert not STEERING.search(line)
    for document in (sarif_document(found, RULES), {"issues": gitlab_report(found)}):
        text_of_it = json_text(document)
        assert not STEERING.search(text_of_it)
        text_of_it.encode()


def test_what_sarif_takes_for_markup_is_text() -> None:
    found = [finding("a {0} [x](http://evil.invalid)"), replace(finding("x"), file="//evil/x")]
    text, link = sarif_document(found, RULES)["runs"][0]["results"]
    assert text["message"]["text"].startswith("a {{0}} \\[x](http")
    assert link["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "evil/x"


@given(hostile)
def test_a_table_as_markdown_and_csv(text: str) -> None:
    table = StatusTable(("a", "b"), ((text, text),), (Verdict.LANDED,))
    markdown = as_markdown(table)
    assert markdown.count("\n") == 3
    assert not re.search(r"(?<!\\)[<`\[]", markdown.replace("\\\\", ""))
    (_, row) = csv.reader(io.StringIO(as_csv(table)))
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(row) == 2


def printing(tree: ast.AST) -> list[str]:
    """The lines of a module that print by themselves."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("print", "click.echo", "click.secho", "Console") or re.fullmatch(
                r"sys\.std(out|err)(\.buffer)?\.write(lines)?", called
            ):
                found.append(f"{node.lineno}: {called}")
    return found


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda p: p.stem)
def test_nothing_else_prints(path: Path) -> None:
    if path.name not in ("terminal.py",):
        assert printing(ast.parse(path.read_text())) == []


def test_what_prints_is_seen() -> None:
    assert len(printing(ast.parse("print(1)\nclick.echo(2)\nsys.stdout.buffer.write(3)"))) == 3


@pytest.mark.parametrize(
    "printing",
    [
        lambda: terminal.show("x", Given()),
        lambda: terminal.show(matrix([]), Given()),
        lambda: terminal.show_lines([("x", "")], Given()),
        lambda: terminal.show_text("x\n", Given()),
        lambda: terminal.say("x"),
        lambda: terminal.note("x"),
        lambda: terminal.note_text("x\n"),
        lambda: terminal.write_patch(b"x\n"),
        terminal.clear_progress,
        lambda: agreed("x"),
        _prompted,
        lambda: _ask("--base", "x"),
    ],
)
def test_whatever_people_read_makes_room_on_the_terminal_first(
    printing: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    cleared: list[bytes] = []
    shown: Any = SimpleNamespace(clear=lambda: cleared.append(capfdbinary.readouterr().out))
    monkeypatch.setattr(terminal.Progress, "shown", shown)
    for question in ("confirm", "prompt"):
        monkeypatch.setattr(click, question, lambda *_, **__: click.echo("x"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    printing()
    assert cleared == [b""]  # and nothing was printed before it


def test_a_patch_is_bytes_in_a_pipe_and_escapes_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    patch = b"+\x1b[31m\xff\r\n"
    terminal.write_patch(patch)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == patch
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    terminal.write_patch(patch)
    sys.stdout.flush()
    shown = capfdbinary.readouterr().out
    assert b"\x1b" not in shown
    assert b"[31m" in shown


def test_json_is_ascii_where_the_output_is_not_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, expected in (("latin-1", r"\u00e9"), ("UTF-8", "é"), ("utf8", "é")):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", stream)
        terminal.show_json({"a": "é"}, ok=True)
        stream.flush()
        text = stream.buffer.getvalue().decode(encoding)
        assert expected in text
        assert json.loads(text) == {"schema": 1, "ok": True, "a": "é"}


def test_a_text_of_several_lines_and_one_of_none(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_text("a\n\nb\n", Given())
    terminal.show_text("\n", Given())
    terminal.show_document("c")
    terminal.show_pages("d\x1b\n")
    assert capsys.readouterr().out == "a\n\nb\n\ncd\\x1b\n"


def test_a_password_in_a_line_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for printing in (
        lambda text: terminal.show(text, Given()),
        terminal.say,
        terminal.note,
        terminal.note_text,
    ):
        printing("https://me:word@h.invalid/")
        assert "word" not in "".join(capsys.readouterr())
