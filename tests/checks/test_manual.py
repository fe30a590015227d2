"""The CI snippets of the manual: valid by the services' schemas, and their commands work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from patchseries.cli.checkoutput import FORMATS
from support.manual import job_commands
from support.ovens import Oven

DIRECTORY = Path(__file__).parents[2] / "docs" / "manual"
JOBS = (DIRECTORY / "ci.md").read_text()
SCHEMAS = {
    "GitHub": ["--builtin-schema", "vendor.github-workflows"],
    "GitLab": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}


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


@pytest.mark.parametrize("service", SCHEMAS)
def test_the_commands_of_the_snippet_work(oven: Oven, service: str) -> None:
    commands = job_commands(snippet(service))
    assert [words[0] for words in commands][:2] == ["fetch", "check"]
    for words in commands:
        result = CliRunner().invoke(group, words, standalone_mode=False)
        assert result.exception is None, (words, result.exception)
        assert result.return_value == 0, words
    named = re.findall(r"(?:build/\S+\.(?:json|xml|sarif))", snippet(service))
    assert named
    for name in named:
        assert (oven.root / name).is_file()


def test_the_manual_names_every_format() -> None:
    assert f"--format {'|'.join(FORMATS)}" in (DIRECTORY / "check.md").read_text()
