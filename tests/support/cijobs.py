"""The jobs of ci.md, run as the CI services run them: shell, environment, files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_STUBS = {
    "series": f'#!/bin/sh\nexec "{sys.executable}" -m patchseries "$@"\n',
    "pip": '#!/bin/sh\n[ "$1" = install ]\n',
}
"""What a runner has after its set-up: the command, and a pip with nothing left to install."""


@dataclass(frozen=True)
class Runner:
    """A machine of a CI service, with nothing in its home directory.

    :param folder: an empty directory for what the service keeps
    :param project: the checkout
    :param environ: what the machine has beside the service's variables
    :param has_programs: whether it has the system's programs, git among them
    """

    folder: Path
    project: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    has_programs: bool = True

    def shell(self, script: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """What bash makes of *script*; it ends with the first command that fails."""
        path = self.folder / "bin"
        path.mkdir(exist_ok=True)
        for name, text in _STUBS.items():
            (path / name).write_text(text)
            (path / name).chmod(0o755)
        system = [os.environ["PATH"]] if self.has_programs else []
        given = {
            "PATH": os.pathsep.join([str(path), *system]),
            "HOME": str(self.folder / "home"),
            "CI": "true",
            **self.environ,
            **environ,
        }
        bash = shutil.which("bash")
        assert bash
        return subprocess.run(
            [bash, "-e", "-c", script],
            cwd=self.project,
            env=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


@dataclass(frozen=True)
class Ran:
    """A job at its end: its status, what it printed, the files that it uploads and keeps."""

    status: int
    output: str
    uploads: tuple[Path, ...]
    kept: tuple[Path, ...]


def github(text: str, runner: Runner) -> Ran:
    """The job of the workflow *text*: its steps, of which those after a failure need always()."""
    (job,) = yaml.safe_load(text)["jobs"].values()
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(runner.project),
        "GITHUB_STEP_SUMMARY": str(runner.folder / "summary"),
        "GITHUB_OUTPUT": str(runner.folder / "output"),
        "GITHUB_ENV": str(runner.folder / "env"),
        "RUNNER_TEMP": str(runner.folder),
    }
    status, output, uploads, kept = 0, "", [], []
    for step in job["steps"]:
        if status and step.get("if") != "always()":
            continue
        given = step.get("with", {})
        if "run" in step:
            done = runner.shell(step["run"], environ)
            status, output = status or done.returncode, output + done.stdout
        elif step["uses"].startswith("github/codeql-action/upload-sarif@"):
            uploads.append(runner.project / given["sarif_file"])
        elif step["uses"].startswith("actions/cache@"):
            kept.append(Path(given["path"].replace("~", str(runner.folder / "home"))))
    return Ran(status, output, tuple(uploads), tuple(kept))


def gitlab(text: str, runner: Runner) -> Ran:
    """The job of the pipeline *text*: one shell for before_script and script."""
    (job,) = yaml.safe_load(text).values()
    here = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(runner.project)}
    variables = {name: _expanded(value, here) for name, value in job["variables"].items()}
    script = "set -o pipefail\n" + "\n".join([*job["before_script"], *job["script"]])
    done = runner.shell(script, here | variables)
    assert job["artifacts"]["when"] == "always"
    reports = tuple(runner.project / path for path in _texts(job["artifacts"]["reports"]))
    kept = tuple(runner.project / path for path in job["cache"]["paths"])
    return Ran(done.returncode, done.stdout, reports, kept)


def _expanded(value: str, variables: Mapping[str, str]) -> str:
    for name, text in variables.items():
        value = value.replace(f"${name}", text)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
