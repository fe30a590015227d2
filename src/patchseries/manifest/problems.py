"""Problems of a manifest, each with its line and key; all of them in one error."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from patchseries.errors import SeriesError
from patchseries.manifest.positions import Path
from patchseries.redaction import redacted


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where (key path and line) and what was expected there."""

    path: Path
    message: str
    line: int = 1

    @property
    def key(self) -> str:
        """The key path as a person writes it: ``patch[2].source.commit`` (counted from 1)."""
        text = ""
        for part in self.path:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
        return text.lstrip(".")


class ManifestError(SeriesError):
    """A manifest that cannot be used; ``problems`` holds every mistake, in line order."""

    def __init__(self, filename: str, problems: Sequence[Problem]) -> None:
        self.filename = filename
        shown = (replace(p, message=redacted(p.message)) for p in problems)
        self.problems = tuple(sorted(shown, key=lambda p: (p.line, p.key)))
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each problem."""
        return tuple(self._line(p) for p in self.problems)

    def _line(self, problem: Problem) -> str:
        key = f"{problem.key}: " if problem.key else ""
        return f"{self.filename}:{problem.line}: {key}{problem.message}"


def from_pydantic(error: dict[str, Any], path: Path, keys: Sequence[str]) -> Problem:
    """One of pydantic's errors as a :class:`Problem` below *path*; *keys* are the keys there."""
    kind = error["type"]
    where = path + tuple(error["loc"])
    if kind == "extra_forbidden":
        return Problem(where, unknown_key(str(error["loc"][-1]), keys))
    if kind == "missing":
        return Problem(where[:-1], f"the key {where[-1]!r} is missing")
    if kind == "value_error":
        return Problem(where, str(error["ctx"]["error"]))
    message = error["msg"]
    for pydantic_words, ours in (
        ("Input should be a valid string", "expected a string in quotes"),
        ("Input should be a valid tuple", "expected a list in [ ]"),
        ("Input should be a valid list", "expected a list in [ ]"),
        ("Input should be a valid integer", "expected a whole number"),
        ("Input should be a valid dictionary or instance of ", "expected a table: "),
        ("Input should be a valid dictionary", "expected a table"),
    ):
        message = message.replace(pydantic_words, ours)
    return Problem(where, f"{message}, not {short(error['input'])}")


def unknown_key(key: str, keys: Sequence[str]) -> str:
    """The message for an unknown key, with the nearest known one."""
    near = difflib.get_close_matches(key, keys, n=1)
    return "unknown key" + (f"; did you mean {near[0]!r}?" if near else _expected(keys))


def unknown_name(kind: str, name: str, names: Sequence[str]) -> str:
    """Words for a name (of a project, a patch) that is not defined."""
    near = difflib.get_close_matches(name, names, n=1)
    return f"no {kind} is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _expected(keys: Sequence[str]) -> str:
    return f"; expected one of {', '.join(sorted(keys))}" if keys else ""


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
