"""The outcomes, strategies, finding codes and rules that the docs name are those of the code.

``test_reference.py`` has the pages that are made from the code.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from patchseries.checks.gate import RULES as CHECKS
from patchseries.landed.evidence import Evidence
from patchseries.landed.verdict import Verdict
from patchseries.model import Outcome, StrategyName
from patchseries.port.hunks.resolve import ADJACENT
from patchseries.port.hunks.rules import RULES as HUNK_RULES
from patchseries.settings.audit import AuditState
from support import manual

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text()
CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()
PAGES = {chapter: manual.text(chapter) for chapter in manual.CHAPTERS} | {"glossary": GLOSSARY}
STRATEGIES = {
    "names:MAP",
    *StrategyName,
    *(f"hunks:{rule}" for rule, _ in HUNK_RULES),
    f"hunks:{ADJACENT}",
}
NOT_RULES = {
    *Outcome,
    *Verdict,
    *Evidence,
    *AuditState,
    "not-needed",
    "port-anyway",
    "source-package",
    "in-base",
    "superseded-by",
    "dpkg-source",
    "dpkg-genbuildinfo",
    "dpkg-genchanges",
}
"""Quoted names that look like a rule's and are something else."""


def rows(text: str, title: str) -> list[tuple[str, ...]]:
    """The cells of each row of the table below the heading *title*, without the table's head."""
    section = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##? |\Z)", text, re.M | re.S)
    assert section, title
    table = [line for line in section[1].splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in table[2:]]


def quoted(name: str) -> str:
    return f"`{name}`"


@pytest.mark.parametrize("page", ["glossary", "porting.md"])
def test_the_outcomes_are_those_of_the_code(page: str) -> None:
    assert [row[0] for row in rows(PAGES[page], "Outcomes")] == [quoted(o) for o in Outcome]


def test_the_words_of_an_audit_are_those_of_the_code() -> None:
    named = [row[0] for row in rows(PAGES["settings.md"], "The words of an audit")]
    assert named == [quoted(state) for state in AuditState]


def test_the_strategies_are_those_of_the_code() -> None:
    named = [row[0].strip("`") for row in rows(GLOSSARY, "Strategies")]
    assert len(named) == len(set(named))
    assert set(named) == STRATEGIES


@pytest.mark.parametrize("page", PAGES)
def test_every_rule_that_a_page_names_is_one(page: str) -> None:
    """By the look of its name, after the word for its severity, or as a key of ``[checks]``."""
    families = "|".join(sorted({code.split("-")[0] for code in CHECKS if "-" in code}))
    looks = set(re.findall(rf"`((?:{families})-[a-z0-9-]+)`", PAGES[page])) - NOT_RULES
    for severity, code in re.findall(r"(error|warning|note) `([a-z0-9-]+)`", PAGES[page]):
        assert CHECKS[code].severity == severity
    tables = re.findall(r"^```toml\n(.*?)^```$", PAGES[page], re.M | re.S)
    chosen = {code for text in tables for code in tomllib.loads(text).get("checks", {})}
    unknown = (looks | chosen) - set(CHECKS)
    assert not unknown


@pytest.mark.parametrize("page", PAGES)
def test_every_strategy_that_a_page_names_is_one(page: str) -> None:
    assert set(re.findall(r"`((?:hunks|names):[^`]+)`", PAGES[page])) <= STRATEGIES


def test_the_glossary_is_linked() -> None:
    assert "(docs/glossary.md)" in CONTRIBUTING
