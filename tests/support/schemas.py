"""JSON Schemas of the commands' documents: made of the documents that json.md lists.

A schema says what a key holds wherever it was seen, and which keys were always there. A value may
be null, as json.md says; a list may not, and neither may true or false. Other keys may come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from support.documents import BY_NAME, Documents
from support.manual import DIRECTORY

SCHEMAS = DIRECTORY / "schemas"
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number"}

_WRITTEN = {"patch", "source"}
"""Tables of a manifest: their keys are those that somebody wrote."""

Schema = dict[str, Any]


def schema_of(title: str, documents: Sequence[Mapping[str, Any]]) -> Schema:
    """The schema of *documents*, which ``series TITLE`` printed, or may print in their place."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"series {title} --json",
        **_object(documents),
    }


def schema_files(made: Documents) -> dict[str, str]:
    """The text of each schema's file, by its name."""
    schemas = {file_name(title): schema_of(title, documents) for title, documents in made.items()}
    schemas["error.json"] = schema_of("COMMAND", [_ERROR])
    schemas["port-error.json"] = schema_of("port --batch", [_ERROR | {"error": "words"}])
    return {name: json.dumps(schema, indent=1) + "\n" for name, schema in schemas.items()}


_ERROR = {
    "schema": 1,
    "ok": False,
    "error": {"message": "words", "cause": None, "hint": "words"},
}
"""The document of a command that fails."""


def file_name(title: str) -> str:
    """The file of the schema of ``series TITLE``.

    >>> file_name("resolve --take, --continue")
    'resolve-take-continue.json'
    """
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-") + ".json"


def problems(command: str, document: Mapping[str, Any]) -> list[str]:
    """What is wrong with *document* of ``series COMMAND``: of the schema that fits best."""
    if isinstance(document.get("error"), dict) and document.keys() == _ERROR.keys():
        command = "error"
    faults = [
        [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
        for validator in _validators(command)
    ]
    return [*min(faults, key=len), *strange_keys(document)]


def strange_keys(value: Any, path: str = "$") -> Iterator[str]:
    """What is wrong with the keys in *value* that are not data: all are written alike.

    >>> list(strange_keys({"left-out": [], "files": {"A-b": {"A": 1}}, "rows": [{"B": 1}]}))
    ['$.left-out: not a key like left_out', '$.rows[].B: not a key like left_out']
    """
    if isinstance(value, list):
        for inner in value:
            yield from strange_keys(inner, f"{path}[]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not _KEY.fullmatch(key):
                yield f"{path}.{key}: not a key like left_out"
            if not (key in BY_NAME and isinstance(inner, dict)):
                yield from strange_keys(inner, f"{path}.{key}")


@cache
def _validators(command: str) -> list[Draft202012Validator]:
    """A command has a schema for each of its documents."""
    command = {"demo": "run"}.get(command, command)
    paths = [SCHEMAS / f"{command}.json", *SCHEMAS.glob(f"{command}-*.json")]
    found = [json.loads(path.read_text()) for path in paths if path.is_file()]
    assert found, f"no schema for series {command}: make reference"
    return [Draft202012Validator(schema) for schema in found]


# Private -----------------------------------------------------------------------------------------


def _object(values: Iterable[Mapping[str, Any]]) -> Schema:
    values = list(values)
    keys = dict.fromkeys(key for value in values for key in value)
    always = [key for key in keys if all(key in value for value in values)]
    properties = {
        key: _value(key, [value[key] for value in values if key in value]) for key in keys
    }
    schema: Schema = {"type": "object", "properties": properties, "required": always}
    for key in _WRITTEN & properties.keys():
        properties[key].pop("required", None)
    if properties.get("schema") == {"type": ["integer", "null"]}:
        properties["schema"] = {"const": values[0]["schema"]}
    return schema


def _value(key: str, values: Sequence[Any]) -> Schema:
    """What holds *values*, those of the key *key* wherever it was."""
    if any(isinstance(value, list) for value in values):
        return {"type": "array", "items": _value("", [v for each in values for v in each or ()])}
    objects = [value for value in values if isinstance(value, dict)]
    if objects and key in BY_NAME:
        inner = _value("", [v for value in objects for v in value.values()])
        return {"type": "object", "additionalProperties": inner}
    if objects:
        return _object(objects) | {"type": ["object", "null"] if key else "object"}
    kinds = list(dict.fromkeys(_KINDS[type(value)] for value in values if value is not None))
    if not kinds:
        return {}
    return {"type": kinds[0] if kinds == ["boolean"] else [*kinds, "null"]}
