"""The small series with settings: tables of the manifest, and a copy to work in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from patchseries.cli import group
from support import ovens
from support.ovens import Oven
from support.upstreams import Upstream

SHARED = """
[[setting]]
name = "fans"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "fans"
expression = "min(vms, cores)"
default = 1
hosts = ["kitchen"]
why = "Faster."
cost = "Louder."
source = "the kitchen book"

[[setting]]
name = "labelled"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "label"
value = "new"
needs = "labelled"
why = "It says what it is."
cost = "None."
source = "the kitchen book"

[[setting]]
name = "no-rootwrap"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "helper"
value = "sudo"
why = "Faster."
cost = "Fewer walls."
source = "the kitchen book"
danger = "The oven may do what sudo lets it."
narrow = "Use the filters."
sudoers = { user = "oven", filters = "etc/rootwrap.d" }
"""
"""A setting with an expression, one that needs a patch, and a dangerous one."""

HEAT = """
[[setting]]
name = "heat"
component = "stove"
file = "stove.conf"
form = "libvirt"
option = "heat"
expression = "memory / 1024"
hosts = ["cellar"]
why = "Warmer."
cost = "Gas."
source = "the kitchen book"
"""
"""A setting of a component, which needs the size `memory`."""


def with_settings(directory: Path, more: str) -> Oven:
    """The small series with SHARED and *more* in its manifest, built in *directory*."""
    oven = ovens.build(directory / "whole")
    oven.manifest.write_text(f"{oven.manifest.read_text()}{SHARED}\n{more}")
    return oven


def entered(whole: Oven, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Oven:
    """A copy of *whole* below *directory*, as the current directory."""
    copy = whole.copy(directory / "copy")
    monkeypatch.chdir(copy.root)
    monkeypatch.setenv("SERIES_CACHE", str(copy.cache))
    monkeypatch.setenv("SERIES_STATE", str(directory / "state"))
    monkeypatch.setenv("SERIES_MIRRORS", str(copy.mirrors))
    return copy


def config(*words: str) -> tuple[int, dict[str, Any]]:
    """What `series config … --json` says, and its exit status."""
    result = CliRunner().invoke(group, ["config", *words, "--json"], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.return_value, json.loads(result.stdout)


def release(oven: Oven, filters: bytes) -> None:
    """Add the base 1.2, with a file of filters."""
    with Upstream(oven.upstream) as grown:
        parent = grown.repository.resolve("refs/tags/1.1")
        data = {"etc/rootwrap.d/a.filters": filters, "etc/rootwrap.d/README": b"x"}
        grown.commit(data, "1.2", branch="stable/1", parent=parent)
        grown.tag("1.2", "refs/heads/stable/1", message="1.2")
    oven.edit(oven.manifest, 'bases = ["1.0", "1.1"]', 'bases = ["1.0", "1.1", "1.2"]')
