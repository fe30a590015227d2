"""`series schema`: each document's schema, from the package."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from patchseries import cli
from patchseries.cli import group
from patchseries.cli.schema import schemas
from patchseries.errors import UsageError
from support.schemas import SCHEMAS


def series(*words: str) -> Result:
    return CliRunner().invoke(group, list(words), standalone_mode=False)


@pytest.mark.parametrize("words", [("check",), ("test-apply",), ("config", "audit"), ("error",)])
def test_it_is_printed_as_it_is(words: tuple[str, ...]) -> None:
    done = series("schema", *words)
    assert done.return_value == 0
    Draft202012Validator.check_schema(json.loads(done.stdout))
    assert done.stdout == (SCHEMAS / f"{'-'.join(words)}.json").read_text()


def test_all_are_listed() -> None:
    done = series("schema")
    listed = done.stdout
    assert done.return_value == 0
    rows = json.loads(series("schema", "--json").stdout)["schemas"]
    assert [row["name"] for row in rows] == sorted(path.stem for path in SCHEMAS.glob("*.json"))
    assert all(row["name"] in listed and row["title"].startswith("series ") for row in rows)


def test_an_unknown_one_gets_the_nearest() -> None:
    error = series("schema", "chek").exception
    assert isinstance(error, UsageError)
    assert "did you mean 'check'" in error.message


def test_the_document_of_a_rule_and_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", "--explain", "all", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"code", "severity", "title", "why", "remedy"} == set(document["rules"][0])


@pytest.mark.parametrize(
    ("words", "message", "command"),
    [
        (["check", "--nothing", "--json"], "No such option", "series check"),
        (["chek", "--json"], "There is no command 'chek'", "series"),
        (["status", "--format", "pdf", "--json"], "'pdf' is not one of", "series status"),
    ],
)
def test_wrong_usage_is_a_document_too(
    words: list[str], message: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(words) == 2
    out, err = capsys.readouterr()
    document = json.loads(out)
    Draft202012Validator(json.loads(schemas()["error"].read_text())).validate(document)
    assert message in document["error"]["message"]
    assert f"`{command} --help`" in document["error"]["hint"]
    assert message in err
