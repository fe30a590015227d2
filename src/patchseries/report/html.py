"""The page as one HTML file: nothing is loaded, nothing of the data can become markup or script.

Jinja2 escapes all values; the content security policy allows the page's own style and script, by
their digests, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from patchseries.report.pagemodel import Page
from patchseries.report.text import location, summary
from patchseries.report.timeline import day, timeline
from patchseries.visible import visible

_DIRECTORY = "assets"


def html_page(page: Page) -> str:
    """*page* as HTML."""
    style, script = _text("page.css"), _text("page.js")
    return _template().render(
        page=page,
        axis=timeline(page.releases, page.patches),
        style=Markup(style),
        script=Markup(script),
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        ),
        summary=summary(page.findings),
    )


def diff_lines(text: str) -> list[tuple[str, str]]:
    """Each line of a diff or range-diff with its kind: add, del, hunk, file or none."""
    return [(_kind(line), line) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    """Only LF ends a line of a diff."""
    return text.removesuffix("\n").split("\n")


def _kind(line: str) -> str:
    if line.startswith(("+++", "---", "diff ")):
        return "file"
    if line.startswith("@@"):
        return "hunk"
    return {"+": "add", "-": "del"}.get(line[:1], "")


def range_diff_lines(text: str) -> list[tuple[str, str]]:
    """As :func:`diff_lines`; git indents a range-diff by four columns."""
    return [(_kind(line[4:5]), line) for line in _lines(text)]


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "day": day,
        "diff_lines": diff_lines,
        "range_diff_lines": range_diff_lines,
        "location": location,
        "shortened": shortened,
        "safe_url": safe_url,
    }
    return environment.from_string(_text("page.html.j2"))


_LONGEST_OUTPUT = 30
"""Lines of a failing test's own output that the page shows: the last ones."""


def shortened(text: str) -> str:
    """The last lines of what a test wrote; what is left out is said.

    >>> shortened("x\\n" * 32).splitlines()[:2]
    ['(2 lines before are left out)', 'x']
    """
    lines = text.splitlines()
    left_out = len(lines) - _LONGEST_OUTPUT
    if left_out <= 0:
        return text
    return "\n".join([f"({left_out} lines before are left out)", *lines[left_out:]])


def _shown(value: Any) -> Any:
    """What the page says for *value*: a stranger's text with escapes for what steers a reader."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def safe_url(url: str | None) -> str | None:
    """*url* when it leads to a web page; a manifest could hold ``javascript:`` too."""
    return url if url and url.startswith(("https://", "http://")) else None


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath(_DIRECTORY, name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
