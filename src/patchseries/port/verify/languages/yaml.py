"""YAML, and what Ansible makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from patchseries.port.verify.documents import Document, DocumentLanguage
from patchseries.port.verify.expressions import check_expressions
from patchseries.port.verify.grammar import UnparsedError
from patchseries.port.verify.required import Requirement, TreeFiles, beside


def _parse(text: bytes) -> Document:
    import yaml

    loader = getattr(yaml, "CBaseLoader", None)  # the one in Python takes a hundred times longer
    if loader is None:
        raise UnparsedError("libyaml is not installed")
    last = text.count(b"\n")  # YAML knows other ends of lines, too
    try:
        again = _again(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return Document(min(mark.line, last) if mark else 0)
    return Document(None, {key: [min(line, last) for line in lines] for key, lines in again})


class _Mapping:
    """A mapping that is being read: its keys, and whether the next thing is one."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.is_key = True

    def repeats(self, event: Any) -> bool:
        """Whether *event* is a key that stands in it already."""
        value = event.value if self.is_key and type(event).__name__ == "ScalarEvent" else None
        is_again = value in self.keys
        if value is not None and value != _MERGE:
            self.keys.add(value)
        self.is_key = not self.is_key
        return is_again


_MERGE = "<<"
"""The key of what a mapping takes over from others: there may be several."""
_THINGS = ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent")
_ENDS = ("MappingEndEvent", "SequenceEndEvent")


def _again(events: Iterator[Any]) -> Iterable[tuple[str, list[int]]]:
    """The keys that stand again in a mapping, and their lines."""
    found: dict[str, list[int]] = {}
    around: list[_Mapping | None] = []
    for event in events:
        kind = type(event).__name__
        if kind in _ENDS:
            around.pop()
        elif kind in _THINGS:
            inside = around[-1] if around else None
            if inside and inside.repeats(event):
                found.setdefault(event.value, []).append(event.start_mark.line)
            if kind.endswith("StartEvent"):
                around.append(_Mapping() if kind == "MappingStartEvent" else None)
    return found.items()


_INCLUDED = re.compile(
    rb"(?<![ \t])[ \t]*+(?:-[ \t]++)?(?:ansible\.builtin\.)?"
    rb"(?:include|include_tasks|import_tasks|import_playbook|include_vars)[ \t]*+:"
    rb"[ \t]*+[\"']?([\w./-]+\.ya?ml)[\"']?\s*+$"
)


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:  # noqa: ARG001
    """Beside the file, or in a directory of the role that it is in."""
    yield beside(path, name)
    role = path.rpartition("/")[0].rpartition("/")[0]
    for kind in ("tasks", "vars", "handlers"):
        yield f"{role}/{kind}/{name}" if role else f"{kind}/{name}"


LANGUAGE = DocumentLanguage(
    "YAML",
    (".yml", ".yaml"),
    _parse,
    Requirement(_INCLUDED, _places),
    check_expressions,
)
