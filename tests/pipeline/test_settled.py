"""What is taken from an earlier rebase looks like a fresh one, and nothing stale is taken."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.files import read_sealed, sha256, write_sealed
from patchseries.model import CommitId
from patchseries.pipeline.programdigest import program_digest
from patchseries.pipeline.rebase import rebase_targets
from patchseries.pipeline.rebased import Rebased
from support.manifests import small_manifest
from support.small_series import THEIRS, SmallSeries, between, enter
from support.upstreams import Upstream


class Ported:
    """Which targets were ported since, by what is looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.targets: list[str] = []
        port = rebase_targets

        def watched(given: Any, targets: Any, progress: Any) -> Rebased:
            self.targets += [target.base for target in targets]
            return port(given, targets, progress)

        monkeypatch.setattr("patchseries.pipeline.rebase.rebase_targets", watched)

    def during(self, run: Callable[[], object]) -> list[str]:
        """The bases that *run* ports onto."""
        self.targets.clear()
        run()
        return list(self.targets)


@pytest.fixture
def ported(monkeypatch: pytest.MonkeyPatch) -> Ported:
    return Ported(monkeypatch)


def test_a_second_rebase_asks_git_nothing(small: SmallSeries, ported: Ported) -> None:
    first = small.json("rebase")
    files = small.tracked()
    assert ported.targets == ALL
    assert {cell["outcome"] for cell in first["cells"]} >= {"clean", "conflict"}
    shutil.rmtree(small.root.parent / "cache" / "repositories")  # it needs none of it
    assert ported.during(lambda: small.json("rebase")) == []
    assert small.json("rebase") == first
    assert small.tracked() == files


def _edit_manifest(small: SmallSeries, old: str, new: str) -> None:
    path = small.root / "series/small.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _touch_lock(small: SmallSeries) -> None:
    path = small.root / "series/small.lock"
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not ('patch = "log"' in line and 'base = "1.1"' in line)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept))


def _edit_patch(small: SmallSeries) -> None:
    path = small.root / "patches/small/1.1/project/0002-log.patch"
    path = path if path.exists() else next((small.root / "patches/small/1.1/project").glob("*log*"))
    path.unlink()


ALL = ["1.0", "1.1", "1.2"]


@pytest.mark.parametrize(
    ("change", "bases"),
    [
        (lambda small: _edit_manifest(small, 'name = "log"', 'name = "loud"'), ALL),
        (lambda small: _edit_manifest(small, 'name = "log"', 'name = "log"\nbases = ">1"'), ALL),
        (_touch_lock, ["1.1"]),
        (_edit_patch, ["1.1"]),
        (lambda small: small.resolve_from_both({"call.py": between(*THEIRS)}), ALL),
    ],
    ids=["renamed", "guard", "lock", "patch file", "resolution"],
)
def test_what_changed_is_ported_again(
    small: SmallSeries,
    ported: Ported,
    change: Callable[[SmallSeries], None],
    bases: list[str],
) -> None:
    small.json("rebase")
    change(small)
    assert ported.during(lambda: small.json("rebase", "--overwrite")) == bases


FILE = b"""Description: louder
--- a/log.py
+++ b/log.py
@@ -1 +1 @@
-quiet
+loud
"""


def test_patch_files_are_settled_too(small: SmallSeries, ported: Ported) -> None:
    (small.root / "patches/own").mkdir(parents=True)
    (small.root / "patches/own/loud.patch").write_bytes(FILE)
    path = small.root / "series/small.toml"
    text = path.read_text().replace(f'commit = "{small.log}"', 'file = "own/loud.patch"')
    path.write_text(text)
    first = small.json("rebase")
    assert ported.during(lambda: small.json("rebase")) == []
    assert small.json("rebase") == first
    (small.root / "patches/own/loud.patch").write_bytes(FILE.replace(b"louder", b"loudest"))
    assert ported.during(lambda: small.json("rebase")) == ALL


def test_another_program_ports_again(
    small: SmallSeries, ported: Ported, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.json("rebase")
    monkeypatch.setattr("patchseries.pipeline.targetinputs.program_digest", lambda: "another")
    assert program_digest() != "another"
    assert ported.during(lambda: small.json("rebase")) == ALL


def test_ask_again_ports_again(small: SmallSeries, ported: Ported) -> None:
    small.json("rebase")
    assert ported.during(lambda: small.json("rebase", "--ask-again")) == ALL


def _results(small: SmallSeries) -> list[Path]:
    return sorted((small.root.parent / "cache/rebased").iterdir())


def test_one_patch_changed_by_hand_is_refused_as_ever(small: SmallSeries) -> None:
    small.json("rebase")
    (path,) = (small.root / "patches/small/1.0/project").glob("*log*")
    path.write_bytes(path.read_bytes().replace(b"loud", b"soft"))
    with pytest.raises(SeriesError, match="edited by hand"):
        small.run("rebase")


@pytest.mark.parametrize(
    "document",
    ["", "[]", "{}", '{"tree": 1, "cells": []}', '{"tree": "x", "cells": [{}]}', "[" * 100_000],
)
def test_what_is_no_result_counts_for_nothing(
    small: SmallSeries, ported: Ported, document: str
) -> None:
    first = small.json("rebase")
    for path in _results(small):
        write_sealed(path, document.encode())
    assert ported.during(lambda: small.json("rebase")) == ALL
    assert small.json("rebase") == first


@pytest.mark.parametrize("name", ["../../../../../secret", "{outside}", "series"])
def test_a_file_that_the_manifest_does_not_name_counts_for_nothing(
    small: SmallSeries, ported: Ported, name: str
) -> None:
    first, files = small.json("rebase"), small.tracked()
    outside = small.root.parent / "secret"
    outside.write_bytes(FILE)
    name = name.format(outside=outside)
    for path in _results(small):
        document = json.loads(read_sealed(path))
        data = (small.root / "patches/small/1.0/project" / name).read_bytes()
        document["cells"][-1]["files"][-1] |= {"name": name, "sha256": sha256(data)}
        write_sealed(path, json.dumps(document).encode())
    assert ported.during(lambda: small.json("rebase")) == ALL
    assert (small.json("rebase"), small.tracked()) == (first, files)


def test_damage_is_ported_again(small: SmallSeries, ported: Ported) -> None:
    small.json("rebase")
    path = _results(small)[0]
    path.write_bytes(path.read_bytes()[:-1])
    assert len(ported.during(lambda: small.json("rebase"))) == 1
    assert json.loads(read_sealed(path))


_LINES = st.lists(st.integers(0, 11), min_size=1, max_size=3)


def _text(edits: dict[int, str]) -> bytes:
    return "".join(edits.get(n, f"value_{n} = {n}\n") for n in range(12)).encode()


def _made(upstream: Upstream, own: list[int], changes: list[list[int]]) -> str:
    """A manifest of *changes* (lines of a file) on two bases, the second with lines of its own."""
    start = upstream.commit({"m.py": _text({})})
    upstream.tag("1.0")
    ours = _text({number: f"ours_{number} = 1\n" for number in own})
    upstream.commit({"m.py": ours}, branch="stable", parent=start)
    upstream.tag("1.1", "refs/heads/stable")
    manifest = small_manifest(["1.0", "1.1"])
    edits: dict[int, str] = {}
    for number, lines in enumerate(changes):
        edits |= {n: f"value_{n} = 'theirs {number}'\n" for n in lines}
        made = upstream.commit({"m.py": _text(edits)}, f"Change {number}")
        manifest += f'[[patch]]\nname = "p{number}"\nproject = "project"\n'
        manifest += f'source = {{ commit = "{made}" }}\n'
    return manifest


FIXUP = b"Description: new\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+new\n"


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(own=_LINES, changes=st.lists(_LINES, min_size=1, max_size=4), fixup=st.booleans())
def test_cold_and_warm_are_the_same(
    own: list[int],
    changes: list[list[int]],
    fixup: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Lock, patches, findings and output, byte for byte: fresh, again, and from an empty cache."""
    folder = tmp_path_factory.mktemp("settled")
    root = folder / "project"
    (root / "patches/own").mkdir(parents=True)
    (root / "series").mkdir()
    path = folder / "mirrors/org/project.git"
    with Upstream(path) as upstream, pytest.MonkeyPatch.context() as monkeypatch:
        manifest = _made(upstream, own, changes)
        if fixup:
            manifest += 'fixups = ["own/new.patch"]\n'
            (root / "patches/own/new.patch").write_bytes(FIXUP)
        (root / "series/small.toml").write_text(manifest)
        small = SmallSeries(root, upstream, CommitId(""), CommitId(""))
        enter(small, monkeypatch, folder)

        def results() -> tuple[object, ...]:
            rebased = small.json("rebase")
            return rebased, small.run("rebase"), small.json("check"), small.tracked()

        cold, warm = results(), results()
        assert any((folder / "cache/rebased").iterdir())
        monkeypatch.setenv("SERIES_CACHE", str(folder / "other"))
        assert results() == warm == cold


def test_what_is_settled_needs_no_engine_to_be_imported() -> None:
    modules = ("cli.common", "pipeline.mergedin", "pipeline.porting", "pipeline.settled")
    imported = ", ".join(f"patchseries.{name}" for name in modules)
    shown = "print(*sorted(name for name in sys.modules if name.startswith(%r)))"
    asked = [shown % name for name in ("patchseries.port.", "patchseries.landed", "tree_sitter")]
    argv = [sys.executable, "-c", "; ".join([f"import sys, {imported}", *asked])]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["patchseries.port.result"]
