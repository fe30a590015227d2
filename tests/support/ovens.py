"""A small series that is all well: two bases, six patches, one of each kind of outcome.

It is built once; whoever wants to break it gets a copy (see :class:`Oven`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from patchseries.files import sha256
from patchseries.patches.header import split_patch
from patchseries.pipeline.porting import rebase_and_publish
from patchseries.pipeline.series import Selection, find_series
from patchseries.pipeline.session import Session
from patchseries.pipeline.settled import SettledTargets
from patchseries.sources import Cache, FetchOptions
from support.upstreams import Upstream

BAKE = b"""\
import time


def bake(bread):
    heat = 180
    time.sleep(0)
    return bread, heat


def cool(bread):
    bread.temperature = 20
    return bread
"""

TIMER = b"""\
def ring():
    return "ring"


def wait(minutes):
    left = minutes
    while left:
        left -= 1
    return left
"""

SETTINGS = b"""\
MODE = "fan"
LIGHT = "off"
DOOR = "shut"
FAN = "slow"
CLOCK = "12h"
"""

OPTIONS = b"""\
from oslo.config import cfg

cfg.CONF.register_opt(cfg.IntOpt('fans', default=1), group='oven')
"""

REVIEWER = "Grace Miller <grace@oven.invalid>"

OWN_HEADER = """\
From: Ada Baker <ada@oven.invalid>
Date: Mon, 01 Jul 2013 10:00:00 +0000
Subject: {subject}

{reason}

Origin: vendor, commit:1234567890abcdef1234567890abcdef12345678
Forwarded: no
Last-Update: 2013-07-01
---
"""

MANIFEST = """\
schema = 1

[series]
name = "oven"
summary = "a faster oven"

[project.oven]
repository = "{repository}"
bug-url = "https://bugs.oven.invalid/{{bug}}"
bases = ["1.0", "1.1"]

[[patch]]
name = "hotter"
project = "oven"
change-id = "I{one:040d}"
upstream = "{hotter_upstream}"
bugs = [101]
source = {{ commit = "{hotter}" }}

[[patch]]
name = "louder"
project = "oven"
change-id = "I{two:040d}"
source = {{ repository = "{repository}", commit = "{louder}" }}
requires = ["hotter"]
fixups = ["own/louder-fixed.patch"]

[[patch]]
name = "patient"
project = "oven"
change-id = "I{three:040d}"
source = {{ repository = "{repository}", commit = "{patient}" }}

[[patch]]
name = "lit"
project = "oven"
change-id = "I{four:040d}"
source = {{ repository = "{repository}", commit = "{lit}" }}

[[patch]]
name = "labelled"
project = "oven"
change-id = "I{five:040d}"
bases = "<1.1"
source = {{ file = "own/labelled.patch" }}
"""


@dataclass(frozen=True)
class Oven:
    """A project folder with the series ``oven``, its upstream and its cache, all to break."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def cache(self) -> Path:
        return self.folder.parent / "cache"

    @property
    def mirrors(self) -> Path:
        return self.folder / "upstreams"

    @property
    def upstream(self) -> Path:
        return self.mirrors / "org" / "oven.git"

    @property
    def manifest(self) -> Path:
        return self.root / "series" / "oven.toml"

    @property
    def lock(self) -> Path:
        return self.root / "series" / "oven.lock"

    def patch(self, name: str, base: str = "1.0") -> Path:
        """The patch file whose name contains *name*."""
        (found,) = (self.root / "patches" / "oven" / base / "oven").glob(f"*{name}*.patch")
        return found

    def series_file(self, base: str = "1.0") -> Path:
        return self.root / "patches" / "oven" / base / "oven" / "series"

    def copy(self, folder: Path) -> Oven:
        """The same, in another folder beside this one; the cache is shared."""
        shutil.copytree(self.folder, folder)
        return Oven(folder)

    def edit(self, path: Path, old: str | bytes, new: str | bytes) -> None:
        """Replace *old*, which must be there, everywhere in the file *path*."""
        before, after = (t.encode() if isinstance(t, str) else t for t in (old, new))
        data = path.read_bytes()
        assert before in data, f"{before!r} is not in {path.name}"
        path.write_bytes(data.replace(before, after))

    def lock_lines(self, edit: Callable[[str], str]) -> None:
        """Change the lock line by line."""
        lines = self.lock.read_text().splitlines(keepends=True)
        changed = [edit(line) for line in lines]
        assert changed != lines, "nothing was changed"
        self.lock.write_text("".join(changed))

    def cell(self, patch: str, base: str, pattern: str, new: str) -> None:
        """In the lock's line of one cell, replace what *pattern* matches."""
        start = f'    {{patch = "{patch}", base = "{base}"'
        self.lock_lines(lambda line: re.sub(pattern, new, line) if line.startswith(start) else line)

    def planted(self, name: str, data: bytes, base: str = "1.0") -> None:
        """Put *data* in the place of a patch file, and its digest into the lock."""
        path = self.patch(name, base)
        path.write_bytes(data)
        patch = re.sub(r"^\d+-", "", path.stem)
        self.cell(patch, base, r'sha256 = "[0-9a-f]*"', f'sha256 = "{sha256(data)}"')

    def replanted(self, name: str, edit: Callable[[bytes], bytes], base: str = "1.0") -> None:
        """Change a patch file, and its digest in the lock."""
        before = self.patch(name, base).read_bytes()
        assert edit(before) != before, "nothing was changed"
        self.planted(name, edit(before), base)

    def rediffed(self, name: str, diff: bytes, base: str = "1.0") -> None:
        """Keep a patch file's head and give it another diff."""
        self.replanted(name, lambda data: split_patch(data)[0] + diff, base)

    def rebase(self) -> None:
        """Fetch and rebase, as a person would after an edit of the manifest."""
        series = find_series(self.root, self.folder / "state", "oven")
        session = Session(Cache(self.cache), FetchOptions((self.mirrors,)))
        pins = session.fetch(series, Selection())
        rebase_and_publish(SettledTargets(session), series, Selection(), pins, overwrite=True)


def build(folder: Path) -> Oven:
    """Build the series in *folder*."""
    oven = Oven(folder)
    with Upstream(oven.upstream) as upstream:
        files = {
            "oven/bake.py": BAKE,
            "oven/timer.py": TIMER,
            "oven/settings.py": SETTINGS,
            "oven/options.py": OPTIONS,
            "README": b"An oven.\n",
            "label": b"old\n",
        }
        first = upstream.commit(
            files | {"latest": b"oven/bake.py"}, "Start", modes={"latest": "120000"}
        )
        upstream.tag("1.0", message="1.0")

        def change(name: str, path: str, old: bytes, new: bytes) -> str:
            data = files[path].replace(old, new)
            assert data != files[path]
            text = f"Make it {name}\n\nThis is why it should be {name}."
            return upstream.commit({path: data}, text, branch=f"work/{name}", parent=first)

        ids = {
            "hotter": change("hotter", "oven/bake.py", b"180", b"220"),
            "louder": change("louder", "oven/timer.py", b'return "ring"', b'return "RING"'),
            "patient": change("patient", "README", b"An oven.", b"A patient oven."),
            "lit": change("lit", "oven/settings.py", b'LIGHT = "off"', b'LIGHT = "on"'),
        }
        hotter = {"oven/bake.py": BAKE.replace(b"180", b"220")}
        landed = upstream.commit(
            hotter | {"NEWS": b"hotter\n"},
            f"Make it hotter\n\nChange-Id: I{1:040d}",
            branch="next",
            parent=first,
        )
        opened = SETTINGS.replace(b'"shut"', b'"open"')
        patient = {"README": b"A patient oven.\n", "oven/settings.py": opened}
        upstream.commit(patient, "Release 1.1", branch="stable/1", parent=first)
        upstream.tag("1.1", "refs/heads/stable/1", message="1.1")
    oven.manifest.parent.mkdir(parents=True)
    oven.manifest.write_text(
        MANIFEST.format(
            repository="https://git.invalid/org/oven.git",
            one=1,
            two=2,
            three=3,
            four=4,
            five=5,
            hotter_upstream=landed,
            **ids,
        )
    )
    own = oven.root / "patches" / "own"
    own.mkdir(parents=True)
    (own / "louder-fixed.patch").write_bytes(
        own_patch(
            "Ring once",
            "The published patch rings for ever; this one stops it.",
            "oven/timer.py",
            TIMER.replace(b'"ring"', b'"RING"'),
            b'return "RING"',
            b'return "RING!"',
        )
    )
    (own / "labelled.patch").write_bytes(
        own_patch(
            "Say what it is",
            "Nobody could tell which oven it was, so the label names it.",
            "label",
            b"old\n",
            b"old",
            b"new",
        )
    )
    oven.rebase()
    sign_off(oven, "lit", "1.1")
    return oven


def sign_off(oven: Oven, patch: str, base: str) -> None:
    """Accept the adapted diff of *patch* on *base*, as `series accept` does."""
    digest = sha256(split_patch(oven.patch(patch, base).read_bytes())[1])
    accepted = f'accepted = {{by = "{REVIEWER}", on = "2013-07-02", diff = "{digest}"}}'
    oven.cell(patch, base, r"\}", f", {accepted}}}")
    oven.rebase()


def own_patch(subject: str, reason: str, path: str, data: bytes, old: bytes, new: bytes) -> bytes:
    """A patch of our own that changes one line of the file *path*."""
    head = OWN_HEADER.format(subject=subject, reason=reason).encode()
    return head + diff(path, data, data.replace(old, new))


def diff(path: str, before: bytes, after: bytes) -> bytes:
    """A git-like diff of one text file, without index line."""
    import difflib

    old, new = (data.decode().splitlines(keepends=True) for data in (before, after))
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return f"diff --git a/{path} b/{path}\n".encode() + "".join(lines).encode()
