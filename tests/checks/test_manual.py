"""The CI snippets of the manual: valid by the services' schemas, and run as they stand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from patchseries.cli.checkoutput import FORMATS
from support import cijobs
from support.cijobs import Runner
from support.junit import assert_junit
from support.ovens import Oven

DIRECTORY = Path(__file__).parents[2] / "docs" / "manual"
JOBS = (DIRECTORY / "ci.md").read_text()
SCHEMAS = {
    "GitHub": ["--builtin-schema", "vendor.github-workflows"],
    "GitLab": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}
SERVICES = {"GitHub": cijobs.github, "GitLab": cijobs.gitlab}


def snippet(service: str) -> str:
    """The YAML below the heading of a service."""
    found = re.search(rf"^## {service}$.*?^```yaml\n(.*?)^```", JOBS, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("service", SCHEMAS)
def test_the_snippet_is_what_the_service_reads(service: str, tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text(snippet(service))
    argv = [sys.executable, "-m", "check_jsonschema", *SCHEMAS[service], str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_can_say_no(tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text(snippet("GitHub").replace("runs-on", "run-on"))
    argv = [sys.executable, "-m", "check_jsonschema", *SCHEMAS["GitHub"], str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1


def well(oven: Oven) -> None:
    """Nothing is wrong."""


def incomplete(oven: Oven) -> None:
    oven.patch("hotter").unlink()


def broken(oven: Oven) -> None:
    oven.lock.write_text("schema = 1\n\npins = [\n")


def nowhere(oven: Oven) -> None:
    """The server does not answer, and the cache is empty."""
    oven.upstream.rename(oven.upstream.with_name("gone.git"))


ENDS: dict[int, tuple[Callable[[Oven], None], set[str]]] = {
    0: (well, set()),
    1: (incomplete, {"patch-missing", "series-dangling"}),
    3: (broken, {"not-checked"}),
    4: (nowhere, {"not-at-hand"}),
    5: (well, {"not-checked"}),
}
"""By the exit status: what leads to it, and the errors that each file has."""


@pytest.mark.parametrize("status", ENDS)
@pytest.mark.parametrize("service", SERVICES)
def test_however_the_job_ends_every_file_that_it_uploads_is_there(
    service: str, status: int, oven: Oven, tmp_path: Path
) -> None:
    fault, codes = ENDS[status]
    fault(oven)
    environ = {"SERIES_MIRRORS": str(oven.mirrors), "https_proxy": "http://127.0.0.1:9"}
    runner = Runner(tmp_path, oven.root, environ, has_programs=status != 5)
    ran = SERVICES[service](snippet(service), runner)
    assert ran.status == status, ran.output
    assert ran.uploads
    assert [errors_in(path) for path in ran.uploads] == [codes] * len(ran.uploads)
    assert ("::error " in ran.output) is (service == "GitHub" and status != 0)
    if status in (0, 1):
        assert all(any(path.iterdir()) for path in ran.kept)


def errors_in(path: Path) -> set[str]:
    """The codes of the errors in a file that is uploaded; it is held against its form."""
    text = path.read_text()
    if path.suffix == ".sarif":
        SarifLog.model_validate_json(text)
        results = json.loads(text)["runs"][0]["results"]
        return {one["ruleId"] for one in results if one["level"] == "error"}
    if path.suffix == ".xml":
        root = ET.fromstring(text)
        assert_junit(root)
        return {one.attrib["type"] for one in root.iter("failure")}
    issues = json.loads(text)
    return {one["check_name"] for one in issues if one["severity"] == "critical"}


def test_the_manual_names_every_format() -> None:
    assert f"--format {'|'.join(FORMATS)}" in (DIRECTORY / "check.md").read_text()
