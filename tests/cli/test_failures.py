"""When something is missing or breaks: one clear line, the right status, nothing half written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.project import Project, demo_project


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return demo_project(tmp_path_factory.mktemp("failures") / "p")


@pytest.fixture
def project(original: Project, tmp_path: Path) -> Project:
    shutil.copytree(original.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


def path_without(folder: Path, *missing: str) -> str:
    """A PATH with every program of the usual one but *missing*."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*") if Path(place).is_dir() else ():
            link = folder / program.name
            if program.name not in missing and not os.path.lexists(link):
                link.symlink_to(program)
    return str(folder)


def test_no_git(project: Project, tmp_path: Path) -> None:
    before = project.state()
    done = project.run("rebase", env={"PATH": path_without(tmp_path / "bin", "git")})
    assert done.status == 5
    assert "git is not installed; install git" in done.err
    assert "Traceback" not in done.err
    assert project.state() == before


def test_no_dpkg_source(project: Project, tmp_path: Path) -> None:
    done = project.run(
        "build", "--onto", "2013.1.3", env={"PATH": path_without(tmp_path / "bin", "dpkg-source")}
    )
    assert done.status == 5
    assert "dpkg-source is not installed; apt-get install dpkg-dev" in done.err
    assert not list((project.root / "build").rglob("*.dsc"))


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["rebase", "nothing"], 2, "no series is called 'nothing'"),
        (["rebase", "--onto", "2013.1.33"], 2, "did you mean '2013.1.3'?"),
        (["rebase", "--project", "nava"], 2, "did you mean 'nova'?"),
        (["rebass"], 2, "Did you mean 'rebase'?"),
        (["rebase", "--unknown"], 2, "--unknown"),
    ],
)
def test_wrong_words(project: Project, args: list[str], status: int, words: str) -> None:
    done = project.run(*args)
    assert done.status == status
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_long_word_is_shortened_and_the_hint_is_shown(project: Project) -> None:
    done = project.run("undo", "9" * 4000)
    assert done.status == 2
    assert len(done.err) < 2500
    assert done.err.rstrip().endswith("`series undo --list`")


def test_not_a_project(tmp_path: Path) -> None:
    done = Project(tmp_path).run("rebase")
    assert done.status == 2
    assert "no series/NAME.toml" in done.err


def test_a_bad_manifest_is_told_line_by_line(project: Project) -> None:
    path = project.root / "series" / "demo.toml"
    path.write_text(path.read_text().replace('project = "nova"', 'projekt = "nova"'))
    done = project.run("rebase", "--json")
    assert done.status == 3
    assert "demo.toml:" in done.err
    assert "did you mean 'project'?" in done.err
    assert done.document["ok"] is False
    assert "demo.toml:" in done.document["error"]["message"]


def test_a_damaged_lock(project: Project) -> None:
    (project.root / "series" / "demo.lock").write_text("schema = 1\npins = [")
    done = project.run("rebase")
    assert done.status == 3
    assert "demo.lock:2 is damaged" in done.err


def test_a_tag_that_moved(project: Project) -> None:
    assert project.run("fetch").status == 0
    mirror = project.root / "mirrors" / "demo" / "nova"
    subprocess.run(
        ["git", f"--git-dir={mirror}", "tag", "-f", "2013.1.3", "2013.1.2"],
        check=True,
        capture_output=True,
    )
    before = project.state()
    done = project.run("fetch")
    assert done.status == 4
    assert "2013.1.3 of" in done.err
    assert "but was pinned as" in done.err
    assert project.state() == before


def test_offline_with_an_empty_cache(project: Project) -> None:
    done = project.run("rebase", "--offline")
    assert done.status == 4
    assert "is not in the cache" in done.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.usefixtures("unmeasured")
def test_a_full_disk(project: Project, small_disk: Path) -> None:
    """The project lies on a disk with no room for the patches."""
    assert project.run("fetch").status == 0
    for name in ("series", "patches"):
        if (project.root / name).exists():
            shutil.copytree(project.root / name, small_disk / name)
    full = Project(small_disk, {k: str(project.root / v) for k, v in FOLDERS.items()})
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 500_000)
    before = full.state()
    done = full.run("rebase")
    assert done.status == 5, done.err
    assert "No space left on device" in done.err
    assert "Traceback" not in done.err
    assert full.state() == before
    filler.unlink()
    assert full.run("rebase").status in (0, 1)


FOLDERS = {"SERIES_CACHE": "cache", "SERIES_MIRRORS": "mirrors", "SERIES_STATE": "state"}


def test_a_full_disk_under_the_cache(project: Project, small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "filler").write_bytes(b"x" * 500_000)
    before = project.state()
    done = project.run("rebase", env={"SERIES_CACHE": str(small_disk / "cache")})
    assert done.status == 5, done.err
    assert "Traceback" not in done.err
    assert project.state() == before


@pytest.mark.usefixtures("unmeasured")
def test_a_folder_that_cannot_be_written(project: Project) -> None:
    assert project.run("fetch").status == 0
    mount = ["mount", "--bind", str(project.root), str(project.root)]
    if os.geteuid() == 0:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("this sandbox cannot mount")
        subprocess.run(
            ["mount", "-o", "remount,bind,ro", str(project.root)], check=True, capture_output=True
        )
    else:
        project.root.chmod(0o555)
    try:
        elsewhere = {
            "SERIES_CACHE": str(project.root.parent / "cache2"),
            "SERIES_STATE": str(project.root.parent / "state2"),
        }
        done = project.run("rebase", env=elsewhere)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "-l", str(project.root)], check=True)
        else:
            project.root.chmod(0o755)
    assert done.status == 5, done.err
    assert "Traceback" not in done.err
    assert not (project.root / "patches" / "demo").exists()


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.6])
def test_interrupted(project: Project, delay: float) -> None:
    before = project.state()
    running = subprocess.Popen(
        [sys.executable, "-m", "patchseries", "rebase"],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (project.root / "cache").exists():  # the interpreter itself is up by then
        time.sleep(0.01)
    time.sleep(delay)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert "Traceback" not in err
    assert running.returncode in (0, 1, 130, -signal.SIGINT)
    if running.returncode == 130:
        assert "interrupted" in err
    now = project.state()
    assert project.run("rebase").status in (0, 1)
    assert list((project.root / "cache" / "scratch").glob("*")) == []
    whole = project.state()
    assert now in (before, whole) or set(now) == set(before) | {"series/demo.lock"}


@pytest.mark.parametrize(
    "dying",
    [
        "def __del__(self): raise KeyboardInterrupt",
        # an object that is half made: its finalizer misses what was not set yet
        "def __init__(self): signal.raise_signal(signal.SIGINT)\n def __del__(self): self.missing",
    ],
)
def test_interrupted_in_a_finalizer(dying: str) -> None:
    """Where Python cannot raise: the command ends all the same, without a traceback."""
    code = (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from patchseries import __main__, cli\n"
        f"class Dying:\n {dying}\n"
        "def run(argv):\n    Dying()\n    time.sleep(30)\n    return 0\n"
        "cli.run = run\n__main__.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=25,
        env=Project(Path()).environment,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "series: interrupted; nothing was left half written\n"


def test_a_program_that_cannot_be_read_says_so() -> None:
    code = (
        "from patchseries import __main__, cli\n"
        "def run(argv):\n    raise OSError(5, 'Input/output error', '/srv/x.py')\n"
        "cli.run = run\n__main__.main()"
    )
    argv, environment = [sys.executable, "-c", code], Project(Path()).environment
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == (
        "series: the system reports: [Errno 5] Input/output error: '/srv/x.py'\n"
    )


def test_no_plugins_are_taken_in(project: Project, tmp_path: Path) -> None:
    """What other packages offer pydantic is neither looked for nor run."""
    (tmp_path / "offered.py").write_text("import os\nos.write(2, b'the plugin runs')\n")
    described = tmp_path / "offered-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: offered\nVersion: 1\n")
    (described / "entry_points.txt").write_text("[pydantic]\noffered = offered\n")
    path = f"{tmp_path}{os.pathsep}{project.environment['PYTHONPATH']}"
    done = project.run("fetch", "-q", env={"PYTHONPATH": path})
    assert done.status == 0
    assert "the plugin runs" not in done.err


def test_help_is_quick() -> None:
    """--help imports none of the heavy libraries; the time itself is printed by the benchmark."""
    code = (
        "import sys\nfrom patchseries.cli import group\n"
        "try:\n    group.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'git', 'pydantic', 'requests', 'rich', 'tomlkit', 'unidiff', 'debian'}\n"
        "sys.exit(sorted(heavy & set(sys.modules)) and str(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=Project(Path()).environment,
    )
    assert done.returncode == 0, done.stderr
    assert "rebase" in done.stdout
