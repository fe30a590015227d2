"""The page as one HTML file: nothing is loaded, nothing of the data can become markup or script.

Jinja2 escapes all values; the content security policy allows the page's own style and script, by
their digests, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from patchseries.checks.gate import RULES
from patchseries.counting import counted, enumerated
from patchseries.model import Finding, Outcome, Severity
from patchseries.report.grouped import FoundGroup, by_rule
from patchseries.report.links import web_address
from patchseries.report.pagemodel import CellView, Link, Page, PatchView
from patchseries.report.text import summary
from patchseries.report.timeline import MOST_ROWS, day, timelines
from patchseries.visible import visible

_DIRECTORY = "assets"


def html_page(page: Page) -> str:
    """*page* as HTML."""
    style, script = _text("page.css"), _text("page.js")
    return _template().render(
        page=page,
        axes=timelines(page),
        bases={one.name: _bases(one.bases) for one in page.projects},
        most_rows=MOST_ROWS,
        groups=_by_rule(page.findings),
        fails=any(finding.severity is Severity.ERROR for finding in page.findings),
        summary=summary(page.findings),
        style=Markup(style),
        script=Markup(script),
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
    )


def _by_rule(findings: Sequence[Finding]) -> list[FoundGroup]:
    return list(by_rule(findings, RULES))


def _bases(links: Sequence[Link]) -> Mapping[str, Link]:
    return {link.text: link for link in links}


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "alike": alike,
        "by_rule": _by_rule,
        "counted": counted,
        "day": day,
        "enumerated": enumerated,
        "is_plain": is_plain,
        "shortened": shortened,
        "web_address": web_address,
    }
    return environment.from_string(_text("page.html.j2"))


def alike(cells: Sequence[CellView]) -> list[tuple[list[str], CellView]]:
    """Bases in a row with the same to say of each, together: their names, and what it is."""
    groups = groupby(cells, key=lambda cell: replace(cell, base=""))
    return [([cell.base for cell in group], what) for what, group in groups]


_ATTENTION = frozenset({Outcome.ADAPTED, Outcome.CONFLICT, "missing"})


def is_plain(patch: PatchView) -> bool:
    """Whether nobody need look at how *patch* came out: it is clean, or nothing was to be done."""
    return not any(cell.outcome in _ATTENTION for cell in patch.cells)


_LONGEST_OUTPUT = 30
"""Lines of a failing test's own output that the page shows: the last ones."""


def shortened(text: str) -> str:
    """The last lines of what a test wrote; what is left out is said.

    >>> shortened("x\\n" * 32).splitlines()[:2]
    ['(2 lines left out)', 'x']
    """
    lines = text.splitlines()
    left_out = len(lines) - _LONGEST_OUTPUT
    if left_out <= 0:
        return text
    return "\n".join([f"({counted(left_out, 'line')} left out)", *lines[left_out:]])


def _shown(value: Any) -> Any:
    """What the page says for *value*: a stranger's text with escapes for what steers a reader."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath(_DIRECTORY, name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
