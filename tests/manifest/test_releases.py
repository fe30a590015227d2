"""The table ``[project.NAME.releases]``, also from somebody's hostile hand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from patchseries.manifest.problems import ManifestError
from patchseries.manifest.read import parse
from patchseries.manifest.releases import ReleasesTable

MANIFEST = """\
schema = 1
[series]
name = "s"
[project.oven]
repository = "https://host.invalid/oven.git"
bases = ["app_1_r2"]
"""


def test_a_project_says_how_its_releases_are_called() -> None:
    text = MANIFEST + 'releases = { tags = ["app_{line}_r{version}"], names = { jupiter = "1" } }\n'
    releases = parse(text).projects["oven"].releases
    assert releases is not None
    assert (releases.tags, releases.branches) == (("app_{line}_r{version}",), ())
    assert releases.names == {"jupiter": "1"}


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("app-{version}", "expected {line} once"),
        ("{line}-{line}", "expected {line} once"),
        ("*-*-{line}", "expected {line} once"),
        ("{line}{version}", "nothing between"),
        ("*{line}", "nothing between"),
        ("{lines}", "{lines} in '{lines}' is not a placeholder"),
        ("{line", "{ in '{line' is not a placeholder"),
        ("", "1 to 100 characters"),
        ("{line}" + "x" * 100, "1 to 100 characters"),
        ("{line}\u2028", "1 to 100 characters"),
    ],
)
@pytest.mark.parametrize("key", ["tags", "branches"])
def test_a_form_that_is_none(key: str, form: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why.replace("{", r"\{").replace("}", r"\}")):
        ReleasesTable.model_validate({key: [form]})


@pytest.mark.parametrize(
    "table",
    [
        '{ tags = "v{line}" }',
        "{ tags = [3] }",
        '{ regex = ["v{line}"] }',
        '{ names = { "a b" = "1" } }',
        '{ names = { a = "../b" } }',
        "{ tags = [" + '"v{line}", ' * 21 + "] }",
        "3",
    ],
)
def test_errors_name_the_place(table: str) -> None:
    with pytest.raises(ManifestError) as error:
        parse(f"{MANIFEST}releases = {table}\n")
    assert "releases" in str(error.value)


def test_the_table_of_older_manifests_is_told_where_it_is_now() -> None:
    with pytest.raises(ManifestError) as error:
        parse(MANIFEST + '[releases]\n"v(.*)" = "x"\n')
    (problem,) = error.value.problems
    assert (problem.line, problem.key) == (7, "releases")
    assert "[project.NAME.releases] now" in problem.message


@pytest.mark.parametrize("form", ["{line}", "{line}" + "x" * 94, "v{line}-{version}_*", "*.{line}"])
def test_forms(form: str) -> None:
    assert ReleasesTable.model_validate({"tags": [form] * 20}).tags == (form,) * 20


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("1", True),
        ("a" * 100, True),
        ("1.4+x~y_z-", True),
        ("a" * 101, False),
        ("", False),
        ("-a", False),
    ],
)
def test_names_of_lines(name: str, is_one: bool) -> None:
    if is_one:
        assert ReleasesTable.model_validate({"names": {"x": name}}).names == {"x": name}
    else:
        with pytest.raises(ValidationError, match="expected the name of a release line"):
            ReleasesTable.model_validate({"names": {"x": name}})
