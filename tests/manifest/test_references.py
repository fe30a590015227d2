"""What settings name in other tables of the manifest."""

from __future__ import annotations

import pytest

from manifest.test_setting import GOOD, HEAD, PLACE, WORDS
from patchseries.manifest import ManifestError, parse

SECOND = f'[[setting]]\nname = "two"\n{PLACE}{WORDS}value = 2\n'.replace('"fans"', '"other"')
TWO = f"{GOOD}value = 1\n"


@pytest.mark.parametrize(
    ("tables", "key", "line", "words"),
    [
        (TWO.replace('"oven"', '"ovn"', 1), "setting[1].project", 13, "did you mean 'oven'?"),
        (TWO + 'needs = "fan"\n', "setting[1].needs", 21, "did you mean 'fans'?"),
        (TWO + 'since = "1.2"\n', "setting[1].since", 21, "is no base of oven (1.0, 1.1)"),
        (TWO + SECOND.replace('"two"', '"fans"'), "setting[2].name", 22, "the name 'fans' too"),
        (
            TWO + SECOND.replace('"other"', '"fans"'),
            "setting[2].option",
            26,
            "fans sets it already",
        ),
    ],
)
def test_a_bad_reference(tables: str, key: str, line: int, words: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse(HEAD + tables)
    (problem,) = caught.value.problems
    assert (problem.key, problem.line) == (key, line)
    assert words in problem.message


def test_a_patch_of_another_project() -> None:
    other = '[project.pan]\nrepository = "https://example.org/pan.git"\nbases = ["1"]\n[[patch]]'
    text = HEAD.replace("[[patch]]", other, 1).replace('project = "oven"', 'project = "pan"', 1)
    with pytest.raises(ManifestError, match="'fans' is a patch of pan"):
        parse(f'{text}{TWO}needs = "fans"\n')


def test_a_project_with_a_mistake_is_there() -> None:
    text = HEAD.replace("[[patch]]", "bses = 1\n[[patch]]", 1)
    with pytest.raises(ManifestError) as caught:
        parse(f"{text}{TWO}")
    assert [problem.key for problem in caught.value.problems] == ["project.oven.bses"]


def test_what_there_is_on_a_base() -> None:
    chosen = parse(f'{HEAD}{TWO}since = "1.1"\n{SECOND}')
    assert [one.name for one in chosen.settings_of("oven", "1.0")] == ["two"]
    assert [one.name for one in chosen.settings_of("oven", "1.1")] == ["fans", "two"]


def test_settings_are_tables() -> None:
    with pytest.raises(ManifestError, match=r"expected tables \[\[setting\]\]"):
        parse(HEAD.replace("[[setting]]\n", "[setting]\nx = 1\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('file = "oven/oven.conf"', 'file = "oven/other.conf"'),
        ('section = "DEFAULT"', 'section = "other"'),
        ('option = "fans"', 'option = "other"'),
    ],
)
def test_one_option_of_two_files_or_sections_is_two(old: str, new: str) -> None:
    second = SECOND.replace('"other"', '"fans"').replace(old, new)
    assert len(parse(HEAD + TWO + second).settings) == 2


def test_what_is_defined_is_no_problem() -> None:
    text = HEAD + TWO + 'needs = "fans"\nsince = "1.0"\n'
    assert [one.name for one in parse(text).settings_of("oven", "1.0")] == ["fans"]
    component = f'[[setting]]\nname = "a"\ncomponent = "c"\nstep = "x"\n{WORDS}'
    assert len(parse(HEAD + TWO + component).settings) == 2
