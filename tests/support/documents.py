"""What the JSON documents of the commands hold, as json.md lists it: found by running them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from patchseries.cli import run
from patchseries.settings.audit import AuditState
from support.project import REPOSITORY

_PLACE = "no-idle-updates demo --onto 2013.1"
_BUILD = "build demo --onto 2013.1.3 --project keystone"
_KEYSTONE = "build/demo/2013.1.1/keystone/keystone_2013.1.1-0+0demo1.dsc"
_DSC = "build/demo/2013.1.3/nova/nova_2013.1.3-0+0demo1.dsc"
_UPSTREAM = "../cache/demo-upstreams/demo.invalid/demo/quantum"
_CONTRIBUTED = "../cache/demo-upstreams/demo.invalid/contributor/nova"
_QUANTUM = "--repository https://demo.invalid/demo/quantum.git --base 2013.1.1"

COMMANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "fetch",
        "`moved` are the branches that are no longer at the commit that is pinned. `kind`:"
        " `forward`, `rewritten`, `deleted`, or `unknown` (only `--update` looks how far it went)."
        " `taken`: it is pinned anew. `removed` are the pins that nothing needs any more.",
        ("fetch demo", "fetch branch --dry-run", "fetch branch --update"),
    ),
    (
        "rebase",
        "One cell for each patch on each base. `status` is the word of `upgrade` for it.",
        (
            "rebase demo",
            f"resolve {_PLACE} --take 1=theirs --take 2=candidate:5 -m reason",
            "rebase demo",
        ),
    ),
    (
        "rebase --all",
        "One row for each series, with the document of `rebase`. `exit_status` is that of a rebase"
        " of this series alone; `error` says why it could not be done.",
        ("rebase --all --dry-run",),
    ),
    ("test-apply", "`result` is the word of the table.", ("test-apply demo",)),
    (
        "test",
        "`failing_before` failed before the patch too; `stock` is each base before any patch.",
        ("test demo --onto 2013.1.3 --project keystone",),
    ),
    (
        "status",
        "`landed` are the lines that it was merged in, `inherited` those that branched off later."
        " `release` is there with `--release`: `name` is the line, tag or branch; `known` is false"
        " where a project has none. `new_releases`, one row for each line: the `releases` that"
        " appeared after the bases, and what porting onto the last of them gave; `untried` says why"
        " that was not done.",
        ("status demo", "status demo --release havana", "status branch"),
    ),
    ("show", "`status` is the row of `series status`.", ("show one-iptables-run demo",)),
    ("diff", "", ("diff conductor-workers demo --onto 2013.1.3",)),
    (
        "check",
        "The findings, as in every format. `patches` are all that one is about.",
        ("check demo",),
    ),
    ("check --explain", "", ("check --explain conflict",)),
    ("check --explain all", "", ("check --explain all",)),
    ("why", "`ours`, `theirs` and `base` (the common ancestor) are lines.", (f"why {_PLACE} ",)),
    ("resolve", "Without `--continue` or `--take`.", (f"resolve {_PLACE} --again",)),
    ("resolve --status", "The open conflicts.", ("resolve --status",)),
    ("resolve --abort", "", (f"resolve {_PLACE} --abort",)),
    (
        "resolve --take, --continue",
        "The files written.",
        (f"resolve {_PLACE} --again --take theirs -m other",),
    ),
    ("accept", "", ("rebase demo", "accept no-idle-updates demo --yes")),
    (
        "build",
        "`files` has the SHA-256 of each file, by its name. `settings` is there with `--settings`.",
        (_BUILD, f"{_BUILD} --settings --vms 40 --cores 24 --accept-risk all"),
    ),
    (
        "config render",
        "`bases` has the base of each project. `files` are the same in every format. `lines` are"
        " without the reasons. `sudoers_checked`: there are sudoers files, and visudo checked"
        " them.",
        ("config render demo --vms 40 --cores 24 -o ../etc",),
    ),
    (
        "config audit",
        "`state`: " + ", ".join(f"`{state}`" for state in AuditState) + ". `wanted` is a boolean,"
        " integer or string. The value of a setting that only the site knows is not given: it may"
        " be a password. `written` has what `--apply` changed.",
        ("config audit ../host demo --vms 40 --cores 24 --diff",),
    ),
    (
        "config explain",
        "`setting` has the keys of [the manifest](manifest.md), with `_` for `-`. A row of `bases`"
        " has `base`, `wrong[]`, and `registered[]` with `file`, `line`, `type`, `default`,"
        " `in_base`.",
        tuple(
            f"config explain {name} demo"
            for name in ("clients", "profile", "cores", "newer", "all")
        ),
    ),
    ("publish", "", (f"publish shelf demo{_BUILD.removeprefix('build demo')}",)),
    (
        "port",
        "With `--batch`, one document a line. `ok`: there is no conflict; with findings alone the"
        " exit status is 1 all the same. `proposals`: the regions that a strategy resolved.",
        (f"port cd8ff8096a2c --onto 2013.1.1 --repo {_UPSTREAM}",),
    ),
    (
        "port --with-prerequisites",
        "The document of `port`, and the commits that are ported before it, in order.",
        (f"port 19667af848bc --with-prerequisites --onto 2013.1 --repo {_CONTRIBUTED}",),
    ),
    ("report", "How many of each the page shows.", ("report demo",)),
    ("checkout", "", ("checkout nova nova --series demo --onto 2013.1.3",)),
    ("refresh", "", ("refresh nova demo",)),
    ("init", "", (f"init leases {_QUANTUM}",)),
    (
        "add",
        "`patch` has the keys of [the manifest](manifest.md), with `_` for `-`.",
        (
            "add cd8ff8096a2c leases --as one-run",
            "add patches/demo/2013.1.1/quantum/0002-lean-lease-update.patch leases --as lean",
        ),
    ),
    (
        "bump",
        "`releases` has a list for each project. `tried` is there with `--dry-run`: the rows of"
        " `new_releases` of `series status`.",
        ("bump leases --dry-run", "bump leases"),
    ),
    ("remove", "", ("remove one-run leases",)),
    ("import", "", (f"import {_DSC} taken --offline",)),
    (
        "upgrade",
        "`patches` is in the order of the series. `unported` are those of another vendor's series.",
        (
            "build demo --onto 2013.1.1 --project keystone",
            f"import {_KEYSTONE} keystone --repository https://demo.invalid/demo/keystone.git",
            "upgrade 2013.1.3 keystone --dry-run",
            "upgrade 2013.1.3 keystone",
        ),
    ),
    ("export", "", ("export patches-of-taken taken",)),
    (
        "run",
        "The rows of the other commands; where it does not build, `error` says why.",
        ("run demo --onto 2013.1.3",),
    ),
    ("undo", "", ("undo",)),
    ("undo --list", "", ("undo --list",)),
    ("doctor", "`install`: Debian packages.", ("doctor",)),
    ("manual", "", ("manual",)),
    ("manual TOPIC", "", ("manual json",)),
    ("schema", "The list.", ("schema",)),
)
"""A heading, what there is to say, and the commands; the document is that of the last one.

``rebase`` is of both: with a conflict, and with a resolution.
"""

_TESTS = """
[project.keystone.tests]
command = ["sh", "-c", "echo not ok - a; grep -rq workers . && echo not ok - b || echo ok - b"]
format = "tap"
"""
"""One test that fails without any patch, and one that a patch breaks."""

_SETTINGS = """
[[setting]]
name = "clients"
component = "libvirt"
file = "libvirt/libvirtd.conf"
form = "libvirt"
option = "max_clients"
expression = "max(vms, 20)"
default = 20
hosts = ["compute"]
why = "As many connections as instances."
cost = "Memory."
source = "libvirt"

[[setting]]
name = "profile"
component = "libvirt"
file = "libvirt/qemu.conf"
form = "libvirt"
option = "security_driver"
value = "none"
default = "apparmor"
why = "No profile is loaded."
cost = "Instances are not confined."
source = "libvirt"
danger = "A guest that breaks out reads the disks of others."
narrow = "Keep it."

[[setting]]
name = "cores"
component = "libvirt"
file = "libvirt/qemu.conf"
form = "libvirt"
option = "dump_guest_core"
value = false
why = "Cores are large."
cost = "None."
source = "libvirt"

[[setting]]
name = "newer"
component = "libvirt"
step = "Install a newer libvirt."
why = "Finer locks."
cost = "Not supported."
source = "libvirt"

[[setting]]
name = "no-debug"
component = "stove"
file = "stove/stove.conf"
section = "DEFAULT"
option = "debug"
value = false
why = "The log stays short."
cost = "None."
source = "the stove"

[[setting]]
name = "all"
project = "keystone"
file = "sudoers.d/all"
form = "sudoers"
value = "keystone ALL = ALL"
why = "Nothing is refused."
cost = "Nothing is refused."
source = "sudoers"
danger = "It is root."
narrow = "Allow what is needed."

[[setting]]
name = "host"
project = "keystone"
file = "keystone/keystone.conf"
section = "DEFAULT"
option = "bind_host"
site = "where it listens"
why = "It listens there."
cost = "None."
source = "keystone"
"""

_HOST = {
    "libvirt/libvirtd.conf": "max_clients = 5\n",
    "stove/stove.conf": "[DEFAULT]\ndebug = true\n",
    "init/stove.conf": "exec stove --config-file=/etc/stove/stove.conf\n",
}
"""Files of a host, by their path below /etc."""

BY_NAME = ("files", "releases", "bases")
"""Objects whose keys are data."""


Documents = Mapping[str, list[dict[str, Any]]]
"""The documents of a command, by its heading in json.md."""


def json_page(text: str, made: Documents) -> str:
    """json.md: the head of *text*, and the sections of the commands."""
    sections = (
        [f"## series {title}", "", *_introduction(words, made[title]), *outline(made[title]), ""]
        for title, words, _ in COMMANDS
    )
    head = text[: text.index("\n## series ") + 1]
    return head + "\n".join("\n".join(lines) for lines in sections)


def _introduction(words: str, documents: list[dict[str, Any]]) -> list[str]:
    """*words* as a paragraph, with the version of the keys where it is not the first."""
    (version,) = {document["schema"] for document in documents}
    said = [words] if words else []
    if version != 1:
        said.append(f"`schema` is {version}.")
    return [" ".join(said), ""] if said else []


def documents(directory: Path) -> Documents:
    """What the commands print, run in the empty *directory*."""
    root = directory / "project"
    (root / "series").mkdir(parents=True)
    (directory / "shelf").mkdir()
    for path, text in _HOST.items():
        (directory / "host" / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / "host" / path).write_text(text)
    manifest = (REPOSITORY / "series/demo.toml").read_text()
    (root / "series/demo.toml").write_text(manifest + _TESTS + _SETTINGS)
    (directory / ".dput.cf").write_text(
        f"[shelf]\nmethod = local\nincoming = {directory}/shelf\nallow_unsigned_uploads = 1\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "SERIES_CACHE": str(directory / "cache"),
        "SERIES_STATE": str(directory / "state"),
        "DEBFULLNAME": "Ann Packager",
        "DEBEMAIL": "ann@test.invalid",
    }
    with contextlib.chdir(root), mock.patch.dict(os.environ, environment, clear=True):
        _document("demo")
        _write_branch_series(root / "series")
        (root / "series/broken.toml").write_text("schema = 1\n")
        return {title: _documents(title, commands) for title, _, commands in COMMANDS}


def _write_branch_series(directory: Path) -> None:
    """Write the series ``branch``: a branch as base that has moved, and a pin nothing needs; and a
    base that later releases follow."""
    project = "https://demo.invalid/demo/quantum.git"
    text = f'''schema = 1
[series]
name = "branch"
[project.quantum]
repository = "{project}"
bases = ["2013.1", "2013.1.1", "2013.1.2"]
[[patch]]
name = "one-run"
project = "quantum"
source = {{ commit = "cd8ff8096a2c" }}
'''
    manifest, lock = directory / "branch.toml", directory / "branch.lock"
    manifest.write_text(text)
    _document("fetch branch")
    manifest.write_text(
        text.replace('"2013.1", "2013.1.1", "2013.1.2"', '"2013.1.1", "stable/grizzly"')
    )
    lock.write_text(lock.read_text().replace("2013.1.2", "stable/grizzly"))


def _documents(title: str, commands: tuple[str, ...]) -> list[dict[str, Any]]:
    """Those of the commands that the heading *title* is about; the others lead there."""
    name = title.split()[0]
    made = [_document(command) for command in commands]
    return [one for one, line in zip(made, commands, strict=True) if line.startswith(name)]


def _document(command: str) -> dict[str, Any]:
    """The document that *command* prints."""
    out = io.StringIO()
    argv = [*command.split(), "--json"]
    streams = contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO())
    with streams[0], streams[1], mock.patch.object(sys, "argv", ["series", *argv]):
        run(argv)
    document: dict[str, Any] = json.loads(out.getvalue())
    if "error" in document:
        raise AssertionError(f"{command}: {document['error']}")
    return document


def outline(documents: list[dict[str, Any]]) -> list[str]:
    """The keys of *documents*, one line for each object; schema and ok, which all have, are not."""
    objects: dict[str, dict[str, str]] = {}
    for document in documents:
        for parent, key, mark in _keys(document, ""):
            keys = objects.setdefault(parent, {})
            keys[key] = keys.get(key) or mark
    lines = []
    for parent, keys in objects.items():
        names = [f"{key}{mark}" for key, mark in keys.items()]
        if not parent:
            names = [name for name in names if name not in {"schema", "ok", *objects}]
        shown = ", ".join(f"`{name}`" for name in names)
        if shown:
            lines.append(f"- `{parent}`: {shown}" if parent else f"- {shown}")
    return lines


def _keys(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Each key with the path of its object, and what marks it: a list, or an object by name."""
    below: list[tuple[Mapping[str, Any], str]] = []
    for key, inner in value.items():
        place = f"{path}.{key}" if path else key
        by_name = key in BY_NAME and isinstance(inner, dict)
        yield path, key, "{}" if by_name else "[]" if isinstance(inner, list) else ""
        if isinstance(inner, dict) and not by_name:
            below.append((inner, place))
        elif isinstance(inner, list):
            below += [(row, f"{place}[]") for row in inner if isinstance(row, dict)]
    for inner, place in below:
        yield from _keys(inner, place)
