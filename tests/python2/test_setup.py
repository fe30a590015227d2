"""tools/python2/setup, on packages made here: a Python that only writes down what it is told."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.tools import need

TOOLS = Path(__file__).parents[2] / "tools" / "python2"
HELPER = "/usr/lib/apt/apt-helper"

PYTHON = """#!/bin/sh
root=${0%/usr/bin/python2.7}
echo "$@" >> "$root/told"
case "$*" in *"$FAILING"*) echo "no such release" >&2; exit 1;; esac
"""


@dataclass(frozen=True)
class Place:
    """A copy of the scripts, a mirror with one package, and where to set up."""

    scripts: Path
    mirror: Path
    target: Path

    def setup(self, failing: str = "nothing fails") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", self.scripts / "setup", self.target],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.target.parent),
                "DEBIAN_MIRROR": f"copy:{self.mirror}",
                "FAILING": failing,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return (self.target / "told").read_text().splitlines()

    @property
    def beside(self) -> list[str]:
        return sorted(p.name for p in self.target.parent.iterdir())


def make_package(directory: Path, mirror: Path) -> str:
    """A package with the fake Python, on the mirror; its line of debian.txt."""
    files = {
        "usr/bin/python2.7": PYTHON,
        "usr/lib/python2.7/distutils/__init__.py": "",
        "usr/share/python-wheels/pip-1.whl": "",
        "DEBIAN/control": "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@x.invalid>\n"
        "Description: d\n",
    }
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / "usr/bin/python2.7").chmod(0o755)
    (directory / "usr/lib/python2.7/sitecustomize.py").symlink_to("/etc/nowhere.py")
    (directory / "DEBIAN").chmod(0o755)  # dpkg-deb insists, whatever the umask
    deb = mirror / "pool" / "p_1_all.deb"
    deb.parent.mkdir(parents=True)
    subprocess.run(["dpkg-deb", "--build", directory, deb], check=True, capture_output=True)
    return f"{hashlib.sha256(deb.read_bytes()).hexdigest()} pool/{deb.name}\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    need("dpkg-deb")
    need(HELPER)
    if subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip() != "amd64":
        pytest.skip("the pinned packages are of amd64")
    scripts, mirror = tmp_path / "scripts", tmp_path / "mirror"
    shutil.copytree(TOOLS, scripts)
    (scripts / "debian.txt").write_text("# packages\n" + make_package(tmp_path / "p", mirror))
    (tmp_path / "home").mkdir()
    return Place(scripts, mirror, tmp_path / "home" / "python2")


def test_it_makes_one_directory_and_prints_its_python(place: Place) -> None:
    done = place.setup()
    assert (done.returncode, done.stdout) == (0, f"{place.target}/bin/python\n"), done.stderr
    assert place.beside == ["python2"]
    pip = [call for call in place.calls if "install" in call]
    assert len(pip) == 2
    assert all("--no-deps --require-hashes" in call for call in pip)
    assert not (place.target / "usr/lib/python2.7/sitecustomize.py").is_symlink()
    assert not list(place.target.glob("*.deb"))


def test_again_there_is_nothing_to_do(place: Place) -> None:
    place.setup()
    before = place.calls
    shutil.rmtree(place.mirror)
    done = place.setup()
    assert (done.returncode, done.stdout) == (0, f"{place.target}/bin/python\n")
    assert place.calls == before


def test_other_pins_are_set_up_anew(place: Place) -> None:
    place.setup()
    (place.target / "of-before").touch()
    (place.scripts / "libraries.txt").write_text("a==1 --hash=sha256:00\n")
    assert place.setup().returncode == 0
    assert not (place.target / "of-before").exists()


def test_a_package_that_is_not_the_pinned_one_is_not_unpacked(place: Place) -> None:
    with (place.mirror / "pool" / "p_1_all.deb").open("ab") as file:
        file.write(b"x")
    done = place.setup()
    assert done.returncode == 5
    assert "is not the file that is pinned" in done.stderr
    assert place.beside == []


@pytest.mark.parametrize("failing", ["build.txt", "libraries.txt", "verify.py"])
def test_what_fails_leaves_nothing_and_spares_what_was_there(place: Place, failing: str) -> None:
    place.setup()
    (place.scripts / "sitecustomize.py").write_text("# other\n")
    done = place.setup(failing)
    assert done.returncode == 5
    assert "no such release" in done.stderr
    assert place.beside == ["python2"]
    assert failing in " ".join(place.calls)  # of the first time: all of it is there


def test_a_directory_that_it_did_not_make_is_left_alone(place: Place) -> None:
    place.target.mkdir()
    (place.target / "mine").touch()
    done = place.setup()
    assert done.returncode == 5
    assert "was not made by this script" in done.stderr
    assert (place.target / "mine").exists()


@pytest.mark.parametrize("name", ["build.txt", "libraries.txt"])
def test_each_library_is_pinned_by_version_and_hash(name: str) -> None:
    lines = [x for x in (TOOLS / name).read_text().splitlines() if not x.startswith("#")]
    assert lines
    for line in lines:
        pin, hashed = line.split(" --hash=sha256:")
        assert pin.count("==") == 1
        assert len(hashed) == 64


def test_a_python_of_ones_own(tmp_path: Path) -> None:
    """Where there is no Debian 12: it is led to, and is asked for the libraries."""
    own = tmp_path / "python2.7"
    own.write_text('#!/bin/sh\necho "$@" >> "${0%/*}/told"\n')
    own.chmod(0o755)
    words = ["sh", str(TOOLS / "setup"), str(tmp_path / "made")]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON2": str(own)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}/made/bin/python\n"
    subprocess.run([tmp_path / "made/bin/python", "a b"], check=True)
    assert (tmp_path / "told").read_text() == f"{TOOLS / 'verify.py'}\na b\n"
    del environment["PYTHON2"]
    broken = subprocess.run(
        words, env=environment | {"PYTHON2": "/no"}, capture_output=True, check=False
    )
    assert broken.returncode == 5
