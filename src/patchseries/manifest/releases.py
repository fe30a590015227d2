"""How a project names its releases: the table ``[project.NAME.releases]``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from patchseries.manifest.source import Table

PLACEHOLDERS = ("{line}", "{version}", "*")
"""What a form may hold beside plain characters, each once."""
_LONGEST = 100
_MOST = 20
_HELD = re.compile(r"\{[^{}]{0,100}\}|[*{}]")


def _form(text: str) -> str:
    held = _HELD.findall(text)
    strange = [part for part in held if part not in PLACEHOLDERS]
    if strange:
        raise ValueError(
            f"{strange[0]} in {text!r} is not a placeholder; expected {', '.join(PLACEHOLDERS)}"
        )
    if not text.isprintable() or not 0 < len(text) <= _LONGEST:
        raise ValueError(f"expected a name of 1 to {_LONGEST} characters with {{line}} in it")
    if "{line}" not in held or len(set(held)) < len(held):
        raise ValueError(f"expected {{line}} once in {text!r}, and the other placeholders at most")
    if re.search(r"[}*][{*]", text):
        raise ValueError(f"two placeholders of {text!r} have nothing between them")
    return text


def _line(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,99}", text):
        raise ValueError(f"expected the name of a release line, such as 1.4, not {text!r}")
    return text


Form = Annotated[str, AfterValidator(_form)]
Forms = Annotated[tuple[Form, ...], Field(max_length=_MOST)]
LineName = Annotated[str, AfterValidator(_line)]


class ReleasesTable(Table):
    """What a project's tags and branches are called, where that is not recognised by itself.

    A form is a whole name in which ``{line}`` stands for the line's name, ``{version}`` for the
    version within the line, from its first digit on, and ``*`` for anything. ``names`` are other
    names of lines, such as code names.
    """

    tags: Forms = ()
    branches: Forms = ()
    names: Annotated[dict[LineName, LineName], Field(max_length=1000)] = Field(default_factory=dict)
