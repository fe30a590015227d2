"""What is rendered for libvirt is taken by libvirt's own lenses, and by libvirtd itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.manifest import SettingEntry, load
from patchseries.settings.render import HostRequest, PlacedSetting, render
from support.project import REPOSITORY
from support.tools import need

LENSES = {"libvirtd.conf": "Libvirtd.lns", "qemu.conf": "Libvirtd_qemu.lns"}
ARTICLE = {"vms": 40, "cores": 24}
NOBODY = 65534


def rendered(sizes: dict[str, int]) -> dict[str, str]:
    """What the Grizzly series renders for libvirt on a host, every danger accepted, by file."""
    entries = [one for one in load(REPOSITORY / "series/grizzly.toml").settings if one.component]
    accepted = frozenset(one.name for one in entries if one.danger)
    made = render([PlacedSetting(one) for one in entries], HostRequest("g", sizes, None, accepted))
    files = {
        path.partition("libvirt/")[2].removesuffix(".g"): data for path, data in made.files.items()
    }
    return {name: files[name].decode() for name in LENSES}


def known_today(text: str) -> str:
    """*text* without max_requests: libvirt of 2013 has this option, and later ones do not."""
    assert len(re.findall(r"^max_requests = \d+\n", text, re.MULTILINE)) == 1
    return re.sub(r"^max_requests = \d+\n", "", text, flags=re.MULTILINE)


def read(file: str, text: str) -> dict[str, str] | None:
    """What the lens of *file* reads in *text*, comments left out; None: it refuses it."""
    need("augmatch", "/usr/sbin/libvirtd", "virt-qemu-run")  # the last two are packaged with lenses
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, file)
        path.write_text(text)
        argv = ["augmatch", f"--lens={LENSES[file]}", str(path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        assert "parsing failed on line" in done.stderr, done.stderr
        return None
    rows = (line.partition(" = ") for line in done.stdout.splitlines())
    return {name: value for name, _, value in rows if not name.startswith("#")}


@pytest.mark.parametrize(
    ("sizes", "values"),
    [(ARTICLE, ("40", "40", "40")), ({"vms": 4, "cores": 4}, ("20", "20", "5"))],
    ids=["article", "small"],
)
def test_the_lenses_take_what_is_rendered(sizes: dict[str, int], values: tuple[str, ...]) -> None:
    files = rendered(sizes)
    names = ("max_clients", "max_workers", "max_client_requests")
    wanted = dict(zip(names, values, strict=True))
    assert read("libvirtd.conf", known_today(files["libvirtd.conf"])) == wanted
    assert read("qemu.conf", files["qemu.conf"]) == {"security_driver": "none"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("libvirtd.conf", 'max_clients = "40"\n'),
        ("libvirtd.conf", "max_clients = true\n"),
        ("libvirtd.conf", "max_clients 40\n"),
        ("libvirtd.conf", "max_client = 40\n"),
        ("qemu.conf", "security_driver = none\n"),
        ("qemu.conf", 'security_driver = "none\n'),
    ],
)
def test_they_refuse_what_is_broken(file: str, text: str) -> None:
    assert read(file, text) is None


@given(st.text(min_size=1).filter(lambda text: "\\" not in text), st.text(min_size=1))
@settings(max_examples=25, deadline=None)
def test_they_read_any_text_that_a_manifest_may_hold(value: str, why: str) -> None:
    """Without a backslash, which libvirtd alone reads."""
    table = {"name": "x", "component": "l", "file": "l/qemu.conf", "form": "libvirt"}
    words = {"option": "user", "value": value, "why": why, "cost": "None.", "source": "a book"}
    try:
        entry = SettingEntry.model_validate(table | words)
    except ValueError:
        return
    (data,) = render([PlacedSetting(entry)], HostRequest("g", ARTICLE)).files.values()
    assert read("qemu.conf", data.decode()) == {"user": value}


# libvirtd -----------------------------------------------------------------------------------------


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory of the user who runs libvirtd: not root, who would have it read /etc."""
    directory = Path(tempfile.mkdtemp(prefix="libvirtd-"))
    for name in ("libvirt", "run"):
        (directory / name).mkdir(mode=0o700)
    yield directory
    shutil.rmtree(directory)


def libvirtd(home: Path, files: dict[str, str]) -> tuple[int, str]:
    """The exit status of libvirtd with these *files*, after a second, and what it says."""
    need("/usr/sbin/libvirtd", "setpriv")
    for name, text in files.items():
        (home / "libvirt" / name).write_text(text)
    who: list[str] = []
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        who = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    argv = ["/usr/sbin/libvirtd", "--timeout", "1", "--config", str(home / "libvirt/libvirtd.conf")]
    places = {f"XDG_{name}_HOME": str(home) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        **places,
    }
    done = subprocess.run(
        [*who, *argv], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr


def test_libvirtd_starts_with_what_is_rendered(home: Path) -> None:
    status, words = libvirtd(home, rendered(ARTICLE))
    assert status == 0, words
    assert 'security driver "none"' in words  # it has read qemu.conf
    assert "initialization failed" not in words


def test_libvirtd_reads_a_backslash_and_the_lens_does_not(home: Path) -> None:
    text = 'vnc_listen = "\\"\nsecurity_driver = "none"\n'
    assert read("qemu.conf", text) is None
    status, words = libvirtd(home, rendered(ARTICLE) | {"qemu.conf": text})
    assert status == 0, words
    assert 'security driver "none"' in words  # the line after it


@pytest.mark.parametrize(
    ("file", "text", "refusal"),
    [
        ("libvirtd.conf", 'max_clients = "40"\n', "expected an unsigned integer"),
        ("libvirtd.conf", "max_clients 40\n", "expecting an assignment"),
        ("qemu.conf", "security_driver = none\n", "expecting a value"),
        ("qemu.conf", 'security_driver = "any"\n', "Security driver any not found"),
    ],
)
def test_libvirtd_refuses_what_is_broken(file: str, text: str, refusal: str, home: Path) -> None:
    _, words = libvirtd(home, rendered(ARTICLE) | {file: text})
    assert refusal in words
