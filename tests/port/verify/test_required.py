"""Lines that need another file of the project, which only upstream has."""

from __future__ import annotations

import pytest

from patchseries.git import Repository
from patchseries.port.verify.required import TreeFiles
from port.verify.conftest import Examined, tree

MODULE = {"go.mod": "module example.org/oven\n\ngo 1.20\n"}
NEEDS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "C": ("lib/bake.c", '#include "warm.h"', "lib/warm.h", {}),
    "C of another directory": ("src/core/bake.c", '#include "warm.h"', "src/shared/warm.h", {}),
    "C with a directory": ("lib/bake.c", "#include <oven/warm.h>", "include/oven/warm.h", {}),
    "C++": ("src/bake.cc", '# include "../warm.hh"', "warm.hh", {}),
    "Go": ("cmd/bake.go", '\t"example.org/oven/warm"', "warm/warm.go", MODULE),
    "Go by another name": ("bake.go", 'import w "example.org/oven/a/warm"', "a/warm/w.go", MODULE),
    "Go of a vendor": (
        "bake.go",
        '\t_ "example.net/x/warm" // it heats',
        "vendor/example.net/x/warm/x.go",
        MODULE | {"vendor/modules.txt": "# example.net/y\n"},
    ),
    "Java": (
        "oven/src/test/java/org/x/Bake.java",
        "import org.x.warm.Warm;",
        "oven/src/main/java/org/x/warm/Warm.java",
        {},
    ),
    "Java, a method of another module": (
        "oven/src/main/java/org/x/Bake.java",
        "import static org.y.Warm.warm;",
        "tools/src/main/java/org/y/Warm.java",
        {},
    ),
    "Java of few parts": (
        "src/main/java/x/Bake.java",
        "import y.Warm;",
        "src/main/java/y/Warm.java",
        {},
    ),
    "JavaScript": ("src/bake.js", "const { warm } = require('./a/warm')", "src/a/warm.js", {}),
    "JavaScript, a directory": ("src/bake.js", 'import "../warm"', "warm/index.js", {}),
    "TypeScript": ("src/bake.ts", 'import { warm } from "./warm.js"', "src/warm.ts", {}),
    "Ruby": ("lib/bake.rb", 'require_relative "oven/warm"', "lib/oven/warm.rb", {}),
    "Rust": ("src/lib.rs", "pub(crate) mod warm;", "src/warm.rs", {}),
    "Rust, a directory": ("src/bake.rs", "mod warm;", "src/bake/warm/mod.rs", {}),
}
OLD = "\n" * 3


@pytest.mark.parametrize("path", NEEDS)
def test_a_file_that_only_upstream_has_cannot_be_imported(examined: Examined, path: str) -> None:
    file, line, needed, others = NEEDS[path]
    before, needed_one = {file: OLD} | others, {needed: "\n"}
    after = before | {file: OLD + line + "\n"}
    there = examined(before | needed_one, after | needed_one, before)
    assert [(f.code, f.file, f.line) for f in there] == [("port-unknown-import", file, 4)]
    assert examined(before | needed_one, after | needed_one, before | needed_one) == ()
    assert examined(before, after | needed_one, before) == ()  # the change brings it
    assert examined(before, after, before) == ()  # it is a library's, or the build makes it


def test_each_line_that_needs_a_file_is_looked_at(examined: Examined) -> None:
    """Also below one that needs none, and one whose file is here."""
    needed = {"lib/warm.h": "\n", "lib/hot.h": "\n"}
    lines = '// a\n#include "here.h"\n#include "warm.h"\n#include "hot.h"\n'
    before = {"lib/bake.c": OLD, "lib/here.h": "\n"}
    after = before | {"lib/bake.c": OLD + lines}
    found = examined(before | needed, after | needed, before)
    assert [(f.code, f.line) for f in found] == [
        ("port-unknown-import", 6),
        ("port-unknown-import", 7),
    ]


@pytest.mark.parametrize("path", NEEDS)
def test_so_of_a_new_file(examined: Examined, path: str) -> None:
    """Though it is as upstream has it."""
    file, line, needed, others = NEEDS[path]
    before = others | {f"{file.rpartition('/')[0]}/other".lstrip("/"): ""}
    after = before | {needed: "\n", file: line + "\n"}
    found = examined(before | {needed: "\n"}, after, before)
    assert [f.code for f in found] == ["port-unknown-import"]


def test_a_package_is_no_directory_without_code(examined: Examined) -> None:
    file, line, needed, others = NEEDS["Go"]
    before = {file: OLD} | others
    after = {file: OLD + line + "\n"} | others
    onto = before | {"warm/README": ""}
    found = examined(before | {needed: ""}, after | {needed: ""}, onto)
    assert [f.code for f in found] == ["port-unknown-import"]


def test_of_a_package_outside_the_module_nothing_is_known(examined: Examined) -> None:
    """Where the target has no module file, say."""
    file, line, needed, others = NEEDS["Go"]
    before, after = {file: OLD} | others, {file: OLD + line + "\n"} | others
    assert examined(before | {needed: ""}, after | {needed: ""}, {file: OLD}) == ()


def test_the_directories_in_one_are_read_together(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tree(repository, {"a/x": "", "b/y": "", "c": ""})
    inside = [entry.oid for entry in repository.tree(made).values() if entry.is_tree]
    asked: list[str] = []
    monkeypatch.setattr(Repository, "prefetch", lambda _, oids: asked.extend(oids))
    assert list(TreeFiles(repository, made).directories("")) == ["a", "b"]
    assert asked == inside


def test_a_path_leads_nowhere_outside_the_tree(examined: Examined) -> None:
    line = '#include "../../../../../etc/hosts"\n#include "/etc/hosts"\n'
    assert examined({"a.c": OLD}, {"a.c": OLD + line}, {"a.c": OLD}) == ()


def test_a_package_of_go_itself_is_in_no_vendor(examined: Examined) -> None:
    file, _, _, others = NEEDS["Go of a vendor"]
    before = {file: OLD, "vendor/net/http/x.go": ""} | others
    after = before | {file: OLD + '\t"net/http"\n'}
    assert examined(before, after, {file: OLD} | others) == ()
