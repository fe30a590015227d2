"""The table that says how a project's tests are run: checked before anything is run."""

from __future__ import annotations

import pytest

from patchseries.manifest import ManifestError, parse

HEAD = """\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "https://example.org/kitchen/oven.git"
bases = ["1.0"]
[project.oven.tests]
"""
GOOD = 'command = ["run", "{tests}"]\nformat = "tap"\n'

BAD = [
    ("command = []\n" + 'format = "tap"', "command", "expected a command of 1 to 200 words"),
    ('command = "run"\nformat = "tap"', "command", "expected a list"),
    ('command = ["run", 1]\nformat = "tap"', "command[2]", "expected a string in quotes"),
    ('command = ["a\\u0000b"]\nformat = "tap"', "command[1]", "a control character"),
    ('command = [""]\nformat = "tap"', "command[1]", "expected a word"),
    ('command = ["a\\nb"]\nformat = "tap"', "command[1]", "in one line"),
    ('command = ["{test}"]\nformat = "tap"', "command[1]", "{test} is not a placeholder"),
    ('command = ["run"]\nformat = "xml"', "format", "'junit'"),
    ('command = ["run"]', "tests", "the key 'format' is missing"),
    ('command = ["run"]\nformat = "junit"', "tests", "name it with {results}"),
    (GOOD + 'selct = "all"', "selct", "did you mean 'select'?"),
    (GOOD + 'select = "some"', "select", "'changed'"),
    (GOOD + "time-limit = 0", "time-limit", "greater than or equal to 1"),
    (GOOD + 'time-limit = "9"', "time-limit", "expected a whole number"),
    (GOOD + "time-limit = true", "time-limit", "expected a whole number"),
    (GOOD + "time-limit = 99999999", "time-limit", "less than or equal"),
    (GOOD + "memory-limit = 1", "memory-limit", "greater than or equal to 16"),
    (GOOD + "memory-limit = 64.0", "memory-limit", "expected a whole number"),
    (GOOD + 'inputs = ["../x"]', "inputs[1]", "expected a file of the project folder"),
    (GOOD + 'inputs = ["/etc/passwd"]', "inputs[1]", "expected a file of the project folder"),
    (GOOD + 'setup-inputs = [".git/x"]', "setup-inputs[1]", "expected a file"),
    (GOOD + 'known-failures = "a//b"', "known-failures", "expected a file"),
    (GOOD + 'setup = ["make"]', "tests", "name the directory that it makes"),
    *(
        (
            GOOD + f'setup = ["{{environment}}", "{{{name}}}"]',
            "tests",
            f"{{{name}}} can only be used in `command`",
        )
        for name in ("tree", "tests", "results", "except")
    ),
    ('command = ["{environment}/x"]\nformat = "tap"', "tests", "`setup`, which is missing"),
]


@pytest.mark.parametrize(("table", "key", "words"), BAD, ids=[f"{b[1]}-{b[2][:20]}" for b in BAD])
def test_a_bad_table(table: str, key: str, words: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse(f"{HEAD}{table}\n")
    (problem,) = caught.value.problems[:1]
    assert problem.key.endswith(key)
    assert words in problem.message


def test_a_good_table() -> None:
    tests = (
        parse(HEAD + GOOD + 'inputs = ["tools/run"]\nmemory-limit = 512\n').projects["oven"].tests
    )
    assert tests is not None
    assert (tests.select, tests.memory_limit, tests.has("tests")) == ("changed", 512, True)
    assert parse(HEAD.replace("[project.oven.tests]\n", "")).projects["oven"].tests is None


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("time-limit", 1, 7 * 24 * 3600),
        ("test-time-limit", 1, 7 * 24 * 3600),
        ("memory-limit", 16, 1024 * 1024),
    ],
)
def test_limits_have_limits(key: str, least: int, most: int) -> None:
    for value in (least, most):
        assert parse(f"{HEAD}{GOOD}{key} = {value}\n")
    for value in (least - 1, most + 1):
        with pytest.raises(ManifestError, match=key):
            parse(f"{HEAD}{GOOD}{key} = {value}\n")


def test_a_command_of_many_words_and_a_long_one() -> None:
    def table(words: list[str]) -> str:
        return f"{HEAD}format = 'tap'\ncommand = {words!r}\n"

    assert parse(table(["a"] * 199 + ["x" * 4000]))
    for words in (["a"] * 201, ["x" * 4001]):
        with pytest.raises(ManifestError, match="expected a"):
            parse(table(words))
    assert parse(table([f"{{{name}}}" for name in ("tree", "tests", "results", "except", "root")]))


def test_what_holds_where_nothing_is_said() -> None:
    tests = parse(HEAD + GOOD).projects["oven"].tests
    assert tests is not None
    limits = (tests.time_limit, tests.test_time_limit, tests.memory_limit)
    assert (limits, tests.has("tree"), tests.has("tests")) == ((3600, 120, None), False, True)
    junit = 'command = ["x{results}y"]\nformat = "junit"\n'
    assert parse(HEAD + junit)
    assert parse(HEAD + GOOD + 'setup = ["make", "{environment}"]\n')
