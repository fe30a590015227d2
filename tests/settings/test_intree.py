"""Options found in the files of a tree."""

from __future__ import annotations

from pathlib import Path

from patchseries.settings.intree import options_in
from support.upstreams import Upstream

OPT = b"CONF.register_opt(cfg.IntOpt('fans'))\n"


def test_where_a_tree_registers_options(tmp_path: Path) -> None:
    with Upstream(tmp_path / "oven.git") as upstream:
        files = {
            "oven/a.py": b"\n" + OPT,
            "oven/b.py": OPT.replace(b"fans", b"door"),
            "bin/oven": b"#!/usr/bin/python\n" + OPT.replace(b"'", b'"'),
            "oven/tests/test_a.py": OPT,
            "doc/a.txt": OPT,
        }
        commit = upstream.commit(files, "Start")
        tree = upstream.repository.commit(commit).tree
        found = options_in(upstream.repository, tree, ["fans"])
        assert [str(one) for one in found] == ["bin/oven:2", "oven/a.py:2"]
        assert options_in(upstream.repository, tree, ["heat"]) == []
        assert options_in(upstream.repository, tree, []) == []
