"""The extra package with settings: what it adds to debian/, and what debhelper makes of it."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from debian.deb822 import Deb822
from hypothesis import given
from hypothesis import strategies as st

from patchseries import process
from patchseries.debian.build import build
from patchseries.debian.request import Packaging, SourcePackage
from patchseries.debian.settingspackage import (
    PackagedSetting,
    SettingsPackage,
    changed_control,
    changed_rules,
)
from patchseries.errors import SeriesError
from support.packages import HOTTER, Upstream, packaging
from support.tools import need

NAME = "oven-fast-settings"
FRAGMENT = "oven/conf.d/fast-oven.conf"
SUDOERS = "sudoers.d/oven-rootwrap-filters"
SETTINGS = SettingsPackage(
    series="fast",
    sizes="vms 40, cores 24",
    files={FRAGMENT: b"[oven]\nfans = 40\n", SUDOERS: b"oven ALL = (root) /bin/x\n"},
    examples={"stove.conf.fast": b"heat = 4\n", "stove.d/$(x) y.fast": b"door = 1\n"},
    readme=b"Restart the oven.\n",
    lines=(PackagedSetting("fans", FRAGMENT, "fans = 40"),),
    left_out=(("door", "it is hot"),),
    accepted=(("fans", "Noise."),),
)
CONTROL = b"Source: oven\n\nPackage: oven\nArchitecture: all\n"
DH = b"#!/usr/bin/make -f\n%:\n\tdh $@"
MAKEFILE = {
    "Makefile": b"all:\ninstall:\n\tinstall -D -m 755 bin/oven $(DESTDIR)/usr/bin/oven\n",
}

# debian/control and debian/rules ------------------------------------------------------------------


@given(st.binary(max_size=60).filter(lambda data: b"\r" not in data))
def test_control_is_kept_and_a_stanza_follows(more: bytes) -> None:
    control = CONTROL + b"Description: an oven\n" + more
    changed = changed_control(control, "oven", SETTINGS)
    assert changed.startswith(control)
    stanza = changed[len(control) :].decode().removeprefix("\n").split("\n\n")[-1]
    fields = Deb822(stanza)
    assert fields["Package"] == NAME
    assert fields["Architecture"] == "all"
    assert max(len(line) for line in stanza.split("\n")) <= 80


@pytest.mark.parametrize(
    ("names", "owner"),
    [
        (["oven"], "oven"),
        (["python-oven", "oven-common", "oven"], "oven-common"),
        (["python-oven", "oven"], "oven"),
        (["baker", "python-oven"], "baker"),
    ],
)
def test_it_depends_on_the_package_that_has_the_configuration(names: list[str], owner: str) -> None:
    control = "Source: oven\n" + "".join(f"\nPackage: {one}\nArchitecture: all\n" for one in names)
    made = changed_control(control.encode(), "oven", SETTINGS).decode()
    depends = Deb822(made.rsplit("\n\n", 1)[1])["Depends"]
    assert depends == f"{owner} (>= ${{source:Version}}), ${{misc:Depends}}"


def test_a_control_that_cannot_take_it() -> None:
    twice = changed_control(CONTROL, "oven", SETTINGS)
    with pytest.raises(
        SeriesError, match="debian/control has a package oven-fast-settings already"
    ):
        changed_control(twice, "oven", SETTINGS)
    with pytest.raises(SeriesError, match="debian/control has no package"):
        changed_control(b"Source: oven\n", "oven", SETTINGS)


def test_rules_of_a_single_package_say_where_to_install() -> None:
    changed = changed_rules(DH, CONTROL, NAME)
    assert changed.startswith(DH + b"\n")
    assert changed.endswith(
        b"\noverride_dh_auto_install:\n\tdh_auto_install --destdir=debian/oven\n"
    )


@pytest.mark.parametrize(
    "rules",
    [
        DH + b"\noverride_dh_auto_install:\n\tdh_auto_install --destdir=debian/oven\n",
        DH + b"\noverride_dh_auto_install:\n\tmake install DESTDIR=debian/oven\n",
        b"binary:\n\tmake install DESTDIR=debian/oven\n\tdh_builddeb\n",
    ],
)
def test_rules_that_say_it_are_kept(rules: bytes) -> None:
    assert changed_rules(rules, CONTROL, NAME) == rules


def test_rules_of_several_packages_are_kept() -> None:
    assert changed_rules(DH, CONTROL + b"\nPackage: oven-doc\n", NAME) == DH


@pytest.mark.parametrize(
    "rules",
    [
        DH + b"\noverride_dh_auto_install:\n\tdh_auto_install\n",
        b"binary:\n\tdh_auto_install\n\tdh_builddeb\n",
        b"include /usr/share/cdbs/1/rules/debhelper.mk\n",
    ],
)
def test_rules_that_would_install_elsewhere_are_refused(rules: bytes) -> None:
    with pytest.raises(SeriesError, match="would install upstream's files elsewhere") as caught:
        changed_rules(rules, CONTROL, NAME)
    assert "--destdir=debian/oven" in (caught.value.hint or "")


# The source package -------------------------------------------------------------------------------


def unpacked(package: SourcePackage, directory: Path) -> Path:
    dsc = package.directory / package.dsc
    process.run(["dpkg-source", "--no-check", "-x", dsc, directory])
    return directory


def test_the_source_package_has_it_and_says_so(upstream: Upstream, tmp_path: Path) -> None:
    need("dpkg-source", "xz")
    request = upstream.request(packaging=packaging({"rules": DH + b"\n"}))
    stock = build(request)
    assert stock.settings is None
    package = build(replace(request, settings=SETTINGS))
    assert (package.version, package.verified) == ("1:1.0-1+0fast2", True)
    assert package.settings == SETTINGS
    debian = unpacked(package, tmp_path / "x") / "debian"
    assert (debian / "series-settings/etc" / SUDOERS).read_bytes() == SETTINGS.files[SUDOERS]
    entry = (debian / "changelog").read_text().split("\n -- ")[0]
    for words in (
        f"  * New package {NAME}, with settings for vms 40, cores 24:\n"
        f"    - fans: fans = 40 (/etc/{FRAGMENT})\n",
        "    - fans: Noise.\n",
        f"  * Settings that are not in {NAME}:\n    - door: it is hot",
    ):
        assert words in entry
    assert build(replace(request, settings=SETTINGS)).reused
    other = replace(SETTINGS, files={FRAGMENT: b"[oven]\nfans = 4\n"})
    assert not build(replace(request, settings=other)).reused


def test_a_packaging_that_has_such_a_file_is_refused(upstream: Upstream) -> None:
    need("dpkg-source", "xz")
    given = packaging({f"{NAME}.install": b"x y\n"})
    with pytest.raises(SeriesError, match=rf"a file debian/{NAME}\.install already"):
        build(upstream.request(packaging=given, settings=SETTINGS))
    assert not upstream.out.exists()


# The binary packages ------------------------------------------------------------------------------


def binaries(package: SourcePackage, directory: Path) -> dict[str, Path]:
    """The binary packages of *package*, built by dpkg-buildpackage, by name."""
    tree = unpacked(package, directory / "tree")
    argv = ["dpkg-buildpackage", "-b", "-d", "-us", "-uc"]
    env = os.environ | {"DEB_BUILD_OPTIONS": "nocheck"}
    done = subprocess.run(argv, cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name.split("_")[0]: path for path in directory.glob("*.deb")}


def members(deb: Path) -> dict[str, tuple[int, bytes]]:
    """The mode and content of each file in a binary package."""
    data = process.run(["dpkg-deb", "--fsys-tarfile", deb]).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        files = [member for member in archive if member.isfile()]
        return {
            member.name.removeprefix("./"): (member.mode, archive.extractfile(member).read())  # type: ignore[union-attr]
            for member in files
        }


def control_file(deb: Path, name: str) -> str:
    return process.run(["dpkg-deb", "-I", deb, name]).stdout.decode()


SEVERAL = {
    "control": b"Source: oven\nSection: misc\nPriority: optional\nMaintainer: A <a@example.org>\n"
    b"Build-Depends: debhelper-compat (= 13)\nStandards-Version: 3.9.4\nRules-Requires-Root: no\n"
    b"\nPackage: oven-common\nArchitecture: all\nDepends: ${misc:Depends}\n"
    b"Description: bakes bread\n An oven.\n"
    b"\nPackage: oven-doc\nArchitecture: all\nDepends: ${misc:Depends}\n"
    b"Description: about bread\n A book.\n",
    "oven-common.install": b"debian/tmp/usr/bin/oven usr/bin\n",
}
SINGLE = {"control": SEVERAL["control"].split(b"\nPackage: oven-doc")[0]}


SETUP = {
    "setup.py": b"from setuptools import setup\n"
    b"setup(name='oven', version='1.0', packages=[], scripts=['bin/oven'])\n"
}
"""Has the package built as those of the demonstration are."""


@pytest.mark.parametrize(
    ("given", "main", "files"),
    [
        (None, "oven", SETUP),
        (None, "oven", MAKEFILE),
        (packaging(SINGLE), "oven-common", MAKEFILE),
        (packaging(SEVERAL), "oven-common", MAKEFILE),
    ],
    ids=["python", "own", "single", "several"],
)
def test_debhelper_makes_conffiles(
    given: Packaging | None, main: str, files: dict[str, bytes], upstream: Upstream, tmp_path: Path
) -> None:
    need("dpkg-source", "xz", "dpkg-buildpackage", "dh", "make")
    if files is SETUP:
        need("pybuild")
    request = upstream.request({**HOTTER, **files}, packaging=given, settings=SETTINGS)
    package = build(request)
    built = binaries(package, tmp_path)
    deb = built[NAME]
    assert control_file(deb, "conffiles").splitlines() == [f"/etc/{FRAGMENT}", f"/etc/{SUDOERS}"]
    fields = Deb822(control_file(deb, "control"))
    assert fields["Depends"] == f"{main} (>= {package.version})"
    there = members(deb)
    doc = f"usr/share/doc/{NAME}"
    assert {path: mode for path, (mode, _) in there.items() if path.startswith("etc/")} == {
        f"etc/{FRAGMENT}": 0o644,
        f"etc/{SUDOERS}": 0o440,
    }
    wanted = {
        **{f"etc/{path}": data for path, data in SETTINGS.files.items()},
        **{f"{doc}/examples/{path}": data for path, data in SETTINGS.examples.items()},
        f"{doc}/README.Debian": SETTINGS.readme,
    }
    assert {path: data for path, (_, data) in there.items() if path in wanted} == wanted
    changelog = gzip.decompress(there[f"{doc}/changelog.Debian.gz"][1])
    assert f"New package {NAME}".encode() in changelog
    assert members(built[main])["usr/bin/oven"][0] == 0o755  # it went nowhere else
