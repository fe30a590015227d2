"""The pages of reference that are made from the code: ``make reference`` writes them again.

rules.md is made whole, and json.md below its head, by running the commands. In manifest.md the
first two columns of each table of keys are made; the third, what a key means, is written by hand.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, BeforeValidator, StrictBool

from patchseries.checks import (
    agreement,
    applying,
    content,
    dep3,
    disk,
    porting,
    settings,
    tests,
    traps,
    unfinished,
    upstream,
)
from patchseries.checks.rule import Rule
from patchseries.manifest import schema
from patchseries.manifest.releases import ReleasesTable
from patchseries.manifest.setting import PackageTable, SettingEntry, SudoersTable
from patchseries.manifest.source import Source
from patchseries.manifest.suite import SuiteTable
from support.documents import documents, json_page
from support.manual import DIRECTORY
from support.schemas import schema_files

TABLES: dict[str, type[BaseModel]] = {
    "[series]": schema.SeriesTable,
    "[project.NAME]": schema.Project,
    "packaging": schema.PackagingTable,
    "drop": schema.Drop,
    "orig": schema.OrigTable,
    "[project.NAME.tests]": SuiteTable,
    "[project.NAME.releases]": ReleasesTable,
    "[[patch]]": schema.PatchEntry,
    "source": Source,
    "[patch.variants.NAME]": schema.Variant,
    "[[setting]]": SettingEntry,
    "sudoers": SudoersTable,
    "package": PackageTable,
}
"""The headings of manifest.md and the tables of the manifest that they are about."""

_KINDS = {
    "_slug": "name",
    "_repository": "URL",
    "_public": "URL",
    "_rev": "tag or branch",
    "_specifier": "bounds",
    "_relative_file": "file",
    "_tracked": "Change-Id or commit",
    "_commit": "commit",
    "_change": "Change-Id",
    "_digest": "sha256",
    "_bug": "number or text",
    "_text": "text",
    "_word": "text",
    "_project_file": "file",
    "_option": "name",
    "_user": "name",
    "_package": "name",
    "_version": "version",
    "_expression": "expression",
    "_form": "form",
    "_line": "line",
}
"""What a validator of a manifest's string takes, in a word."""

_MANY = {
    "tag or branch": "tags or branches",
    "number or text": "numbers or texts",
    **{word: f"{word}s" for word in ("text", "table", "file", "URL", "name", "form", "line")},
}

_GROUPS = (
    ("Manifest and lock", agreement.RULES),
    ("Files on disk", disk.RULES),
    ("Porting and applying", applying.RULES),
    ("Sign-offs and own patches", content.RULES),
    ("DEP-3 headers", dep3.RULES),
    ("What dpkg-source refuses or misreads", traps.RULES),
    ("Findings of the port engine", porting.RULES),
    ("Settings", settings.RULES),
    ("The projects' own tests", tests.RULES),
    ("What happened upstream", upstream.RULES),
    ("The check itself", unfinished.RULES),
)
_RULES_HEAD = """\
# The rules of check

`series check` knows these rules. Each has a code and a severity. An error fails the check, a
warning fails it with `--strict`, a note never does. `series check --explain CODE` prints one rule;
[Checking a series](check.md) says how to change a severity.
"""
_WIDTH = 132


def rules_page() -> str:
    """The text of rules.md."""
    sections = (f"## {title}\n\n{_rules(rules)}" for title, rules in _GROUPS)
    return "\n".join([_RULES_HEAD, *sections])


def _rules(rules: tuple[Rule, ...]) -> str:
    return "\n".join(
        f"### {rule.code}\n\n{_filled(f'{_sentence(rule.severity)} {_sentence(rule.title)}')}\n"
        f"{_filled(f'{rule.why} What to do: {rule.remedy}.')}"
        for rule in rules
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def key_rows(table: type[BaseModel]) -> list[tuple[str, str]]:
    """Each key of *table* as it is written, and what its value is; what must be there says so."""
    hints = get_type_hints(table, include_extras=True)
    return [
        (
            name.replace("_", "-"),
            " or ".join(dict.fromkeys(_kinds(hints[name])))
            + (" (required)" if field.is_required() else ""),
        )
        for name, field in table.model_fields.items()
    ]


def _kinds(hint: Any) -> Iterator[str]:
    """What a value of the type *hint* is, in words: the alternatives."""
    if hint is StrictBool or hint is bool:
        yield "true or false"
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield "table"
    elif get_origin(hint) in (Union, types.UnionType):
        for one in get_args(hint):
            yield from () if one is type(None) else _kinds(one)
    elif get_origin(hint) is Literal:
        yield from (f"`{word}`" for word in get_args(hint))
    elif get_origin(hint) is tuple:
        yield f"list of {_MANY[next(_kinds(get_args(hint)[0]))]}"
    elif get_origin(hint) is dict:
        yield f"table of {_MANY[next(_kinds(get_args(hint)[1]))]}"
    elif hasattr(hint, "__metadata__"):
        yield from _annotated(hint)
    else:
        yield {str: "text", int: "number"}[hint]


def _annotated(hint: Any) -> Iterator[str]:
    """The word for an annotated string; of a list that may be one value, the value too."""
    inner, *marks = get_args(hint)
    checks = [m.func for m in marks if isinstance(m, AfterValidator | BeforeValidator)]
    named = [_KINDS[name] for check in checks if (name := getattr(check, "__name__", "")) in _KINDS]
    if named:
        yield named[-1]
        return
    if any(getattr(check, "__name__", "") == "one_or_many" for check in checks):
        yield f"{next(_kinds(get_args(inner)[0]))}, or a list of them"
    else:
        yield from _kinds(inner)


def manifest_page(text: str) -> str:
    """manifest.md with its tables of keys as the code has them; *text* has the meanings."""
    for heading, table in TABLES.items():
        text = _with_keys(text, heading, key_rows(table))
    return text


def _with_keys(text: str, heading: str, rows: list[tuple[str, str]]) -> str:
    """*text* with the keys *rows* in the first table below the heading *heading*."""
    place = re.compile(
        rf"(^##+ `{re.escape(heading)}`\n(?:(?!##).*\n)*?\|.*\n\|.*\n)((?:\|.*\n)*)", re.MULTILINE
    )
    found = place.search(text)
    if not found:
        raise ValueError(f"manifest.md has no table below the heading `{heading}`")
    cells = (line.strip().strip("|").split("|", 2) for line in found[2].splitlines())
    meanings = {key.strip("` "): meaning.strip() for key, _, meaning in cells}
    lines = (f"| `{key}` | {kind} | {meanings.get(key, '')} |\n" for key, kind in rows)
    return text[: found.end(1)] + "".join(lines) + text[found.end(2) :]


def write(directory: Path) -> None:
    """Write the pages into *directory*, the manual's."""
    (directory / "rules.md").write_text(rules_page(), encoding="utf-8")
    manifest = directory / "manifest.md"
    manifest.write_text(manifest_page(manifest.read_text("utf-8")), encoding="utf-8")
    with tempfile.TemporaryDirectory() as empty:
        made = documents(Path(empty))
    page = directory / "json.md"
    page.write_text(json_page(page.read_text("utf-8"), made), encoding="utf-8")
    schemas = schema_files(made)
    for path in (directory / "schemas").glob("*.json"):
        path.unlink()
    (directory / "schemas").mkdir(exist_ok=True)
    for name, text in schemas.items():
        (directory / "schemas" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(DIRECTORY)
