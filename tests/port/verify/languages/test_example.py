"""The example of docs/languages.md does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patchseries.port.verify import languages
from patchseries.port.verify.treechecks import TreeLanguage
from port.verify.languages.conftest import Codes
from test_architecture import ROOT

BEFORE = "[oven]\nheat = 1\n\n\n\n\n"
AFTER = "[oven]\nheat = 2\n\n\n\n\n"
OURS = "[pan]\nheat = 1\n"


@pytest.fixture
def _toml(monkeypatch: pytest.MonkeyPatch) -> None:
    """TOML is a language, as the example makes it."""
    text = Path(ROOT / "docs" / "languages.md").read_text()
    [example] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    module: dict[str, object] = {}
    exec(compile(example, "toml.py", "exec"), module)
    grammar = module["GRAMMAR"]
    assert isinstance(grammar, languages.GRAMMARS[0].__class__)
    more = (*languages.LANGUAGES, TreeLanguage(grammar))
    monkeypatch.setattr(languages, "LANGUAGES", more)


@pytest.mark.usefixtures("_toml")
@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (AFTER + OURS, []),
        (AFTER.replace("[oven]", "[oven") + OURS, ["port-syntax"]),
        (AFTER + OURS + "[oven]\n", ["port-duplicate-definition"]),
        (AFTER + OURS + "warm = {heat = 1, cold = {heat = 2}}\n", []),
    ],
)
def test_the_example_is_a_language(codes: Codes, result: str, expected: list[str]) -> None:
    assert codes("oven.toml", BEFORE, AFTER, BEFORE + OURS, result) == expected


def test_without_it_a_port_says_so(codes: Codes) -> None:
    found = codes("oven.toml", BEFORE, AFTER, BEFORE + OURS, AFTER + OURS)
    assert found == ["port-not-verified"]
