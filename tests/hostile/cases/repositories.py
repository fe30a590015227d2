"""Repositories of strangers: settings, hooks, objects, refs and trees that git would act on."""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

from hostile.runner import MANIFEST, PATCH, Case, World
from patchseries.git import TreeEntry

Plant = Callable[[World], object]
PORT = ("port", "{log}", "--onto", "1.0", "--repo", "../mirrors/org/project.git")

# Settings, hooks, attributes -------------------------------------------------------------------

_PROGRAMS = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.alternateRefsCommand",
    "core.gitProxy",
    "diff.external",
    "diff.x.textconv",
    "diff.x.command",
    "merge.x.driver",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "credential.helper",
    "gpg.program",
    "sequence.editor",
    "uploadpack.packObjectsHook",
    "pager.log",
    "pager.diff",
    "interactive.diffFilter",
    "trailer.x.command",
    "remote.origin.uploadpack",
    "hook.x.command",
)
"""Settings of git that name a program."""


def spring(world: World, git_dir: Path) -> None:
    """Let every setting, hook and attribute of the repository *git_dir* run the trap."""
    text = (
        f"[include]\n\tpath = {world.outside}/more\n[core]\n\thooksPath = {world.outside}/hooks\n"
    )
    for name in _PROGRAMS:
        section, _, rest = name.partition(".")
        sub, _, key = rest.rpartition(".")
        head = f'{section} "{sub}"' if sub else section
        text += f"[{head}]\n\t{key} = {world.trap}\n"
    text += "".join(f"[alias]\n\t{name} = !{world.trap}\n" for name in ("log", "cat-file", "diff"))
    with (git_dir / "config").open("a") as config:
        config.write(text)
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info" / "attributes").write_text("* filter=x diff=x merge=x\n")
    (git_dir / "hooks").mkdir(exist_ok=True)
    for hook in (
        "post-checkout",
        "pre-commit",
        "reference-transaction",
        "post-index-change",
        "pre-auto-gc",
        "fsmonitor-watchman",
        "post-merge",
        "update",
    ):
        shutil.copy(world.trap, git_dir / "hooks" / hook)


def _planted(world: World) -> None:
    spring(world, world.upstream_dir)


def _planted_cache(world: World) -> None:
    found = list((world.cache / "repositories").glob("*/config"))
    assert found, "nothing is cached"
    for config in found:
        spring(world, config.parent)


def _checkout(world: World) -> None:
    """A checkout of ours, handed over by somebody who changed its repository."""
    done = world.series("checkout", "project", "../project/work", "--onto", "1.0")
    assert done.status == 0, done.err
    spring(world, world.project / "work" / ".git")


def _bare_project(world: World) -> None:
    """The project directory is a bare repository, as anybody can commit one."""
    for name in ("objects", "refs"):
        (world.project / name).mkdir()
    world.write("HEAD", "ref: refs/heads/x\n")
    world.write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    spring(world, world.project)


def _project_repository(world: World) -> None:
    """The project's own .git, as in an archive that somebody sent."""
    git_dir = world.project / ".git"
    for name in ("objects", "refs"):
        (git_dir / name).mkdir(parents=True)
    (git_dir / "HEAD").write_text("ref: refs/heads/x\n")
    (git_dir / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    spring(world, git_dir)


def _attributes_in_tree(world: World) -> None:
    with world.upstream() as upstream:
        attributes = b"* filter=x diff=x merge=x text eol=crlf ident working-tree-encoding=UTF-16\n"
        start = upstream.commit({".gitattributes": attributes, "a.py": b"a\n"}, branch="t")
        upstream.tag("1.0", "refs/heads/t")
        upstream.tag("1.1", "refs/heads/t")
        fix = upstream.commit({"a.py": b"b\n"}, "Fix", branch="t", parent=start)
    world.patches(fix=fix)
    _planted(world)


_WHO = {"DEBFULLNAME": "", "DEBEMAIL": ""}

SETTINGS = (
    Case("settings that run programs in an upstream: run", _planted,
         ("run", "--skip-conflicts"), 1),
    Case("settings that run programs in an upstream: status", _planted, ("status",), 0),
    Case("settings that run programs in an upstream: why", _planted,
         ("why", "retry", "--onto", "1.1"), 1),
    Case("settings that run programs in an upstream: resolve", _planted,
         ("resolve", "retry", "--onto", "1.1"), 1),
    Case("settings that run programs in an upstream: port", _planted, PORT, 0, data=True),
    Case("settings that run programs in an upstream: checkout", _planted,
         ("checkout", "project", "work", "--onto", "1.0"), 0),
    Case("settings that run programs in an upstream: diff", _planted,
         ("diff", "log", "--onto", "1.0"), 0, first=(("rebase",),)),
    Case("settings that run programs in an upstream: refresh", _planted,
         ("refresh", "log", "--onto", "1.0", "--yes"), 0, first=(("rebase",),)),
    Case("settings that run programs in the cache: run", _planted_cache,
         ("run", "--skip-conflicts"), 1, first=(("fetch",),)),
    Case("settings that run programs in a checkout: refresh", _checkout,
         ("refresh", "work", "--yes"), 0),
    Case("the project is a bare repository: build", _bare_project,
         ("build", "--onto", "1.0"), 0, env={"DEBEMAIL": "ann@test.invalid"}),
    Case("the project is a bare repository: accept", _bare_project,
         ("accept", "log", "--onto", "1.0", "--yes"), 0, env=_WHO, first=(("rebase",),)),
    Case("the project's .git runs programs: build", _project_repository,
         ("build", "--onto", "1.0"), 0),
    Case("the project's .git runs programs: check", _project_repository, ("check",), 1,
         first=(("rebase",),)),
    Case("attributes with filters in a tree: rebase", _attributes_in_tree, ("rebase",), 0),
    Case("attributes with filters in a tree: checkout", _attributes_in_tree,
         ("checkout", "project", "work"), 0),
    Case("attributes with filters in a tree: build", _attributes_in_tree, ("build",), 0),
)  # fmt: skip

# Objects and refs ------------------------------------------------------------------------------


def _grafts(world: World) -> None:
    (world.upstream_dir / "info").mkdir(exist_ok=True)
    log, start = world.commits["log"], world.commits["start"]
    (world.upstream_dir / "info/grafts").write_text(f"LOG {start}\n{start} {log}\n")


def _replaced(world: World) -> None:
    """Whoever reads the patch by git's own rules gets another one."""
    with world.upstream() as upstream:
        parent = upstream.repository.resolve("1.0")
        evil = upstream.commit({"log.py": b"stolen\n"}, "Log", branch="evil", parent=parent)
    world.git("update-ref", f"refs/replace/{world.commits['log']}", evil)


def _alternates(*lines: str) -> Plant:
    def plant(world: World) -> None:
        (world.upstream_dir / "objects/info").mkdir(exist_ok=True)
        text = "".join(line.format(world=world) + "\n" for line in lines)
        (world.upstream_dir / "objects/info/alternates").write_text(text)

    return plant


def _objects(world: World) -> list[Path]:
    return sorted(p for p in (world.upstream_dir / "objects").glob("??/*") if p.is_file())


def _object(world: World, oid: str) -> Path:
    return world.upstream_dir / "objects" / oid[:2] / oid[2:]


def _spoilt_objects(data: bytes) -> Plant:
    def plant(world: World) -> None:
        for path in _objects(world):
            path.chmod(0o644)
            path.write_bytes(data)

    return plant


def _bomb_blob(world: World) -> None:
    """A kilobyte that says it is 4 GiB."""
    oid = world.git("rev-parse", f"{world.commits['log']}:log.py")
    path = _object(world, oid)
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 4294967296\0" + b"\0" * 100_000))


def _looping_tree(world: World) -> None:
    """A commit whose tree is a commit."""
    fix = world.raw_commit(world.commits["log"], world.commits["start"], _AUTHOR, b"Fix\n")
    world.patches(fix=fix)


_AUTHOR = b"author A <a@b.invalid> 1365033600 +0000\ncommitter A <a@b.invalid> 1365033600 +0000\n"


def _loose(world: World, kind: str, content: bytes) -> str:
    data = f"{kind} {len(content)}\0".encode() + content
    oid = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    path = _object(world, oid)
    path.parent.mkdir(exist_ok=True)
    if not path.exists():  # git's own are read-only
        path.write_bytes(zlib.compress(data))
    return oid


def tree(*entries: tuple[str, bytes, str, bytes]) -> Plant:
    """A patch that brings a tree with *entries*: mode, name, kind of object, content."""

    def plant(world: World) -> None:
        log = _loose(world, "blob", b"loud\n")
        rows = [(b"100644", b"log.py", log)]
        rows += [(m.encode(), n, _loose(world, kind, data)) for m, n, kind, data in entries]
        # exactly in the order given: also wrongly sorted and twice the same
        raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in rows)
        made = _loose(world, "tree", raw)
        fix = world.raw_commit(made, world.commits["start"], _AUTHOR, b"Fix\n")
        world.git("update-ref", "refs/heads/fix", fix)
        world.git("tag", "-f", "1.1", "1.0")
        world.patches(fix=fix)

    return plant


def _file(name: bytes, mode: str = "100644") -> Plant:
    return tree((mode, name, "blob", b"x\n"))


def _malformed(raw: bytes) -> Plant:
    """A patch whose tree object is *raw*."""

    def plant(world: World) -> None:
        made = _loose(world, "tree", raw)
        fix = world.raw_commit(made, world.commits["start"], _AUTHOR, b"Fix\n")
        world.git("update-ref", "refs/heads/fix", fix)
        world.patches(fix=fix)

    return plant


def _submodule(
    name: str = "x", path: str = "x", url: str = "ext::sh -c x", mode: str = "100644"
) -> Plant:
    """The bases have a submodule, of these settings; *mode*: that of .gitmodules."""
    settings = f'[submodule "{name}"]\n\tpath = {path}\n\turl = {url}\n\tupdate = !touch sprung\n'

    def plant(world: World) -> None:
        with world.upstream() as upstream:
            git = upstream.repository
            parent = git.resolve("1.0")
            assert parent
            entries = {
                "x": TreeEntry("160000", "1" * 40),
                ".gitmodules": TreeEntry(mode, git.write_blob(settings.encode())),
            }
            made = git.edit_tree(git.commit(parent).tree, entries)
            base = world.git("commit-tree", made, "-p", parent, "-m", "Base", env=_ENV)
            world.git("update-ref", "refs/tags/1.0", base)
            world.git("update-ref", "refs/tags/1.1", base)
        world.patches(log=world.commits["log"])

    return plant


_ENV = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "A"), ("EMAIL", "a@b.invalid"), ("DATE", "1365033600 +0000"))
}


def _links_out(world: World) -> None:
    """Upstream's tree links to a directory of the victim's, and the patch writes through it."""
    target = os.fsencode(world.outside)
    with world.upstream() as upstream:
        start = upstream.commit({"d": target, "a.py": b"a\n"}, branch="l", modes={"d": "120000"})
        upstream.tag("1.0", "refs/heads/l")
        upstream.tag("1.1", "refs/heads/l")
        fix = upstream.commit({"d": None}, "Not a link", branch="l", parent=start)
        fix = upstream.commit({"d/precious": b"stolen\n", "a.py": b"b\n"}, "Fix", branch="l")
        over = upstream.commit({"a.py": b"c\n"}, "More", branch="l")
    world.patches(fix=fix, over=over)


def _ref(name: str) -> Plant:
    """A ref that git would not make, with the commit of ``log``."""

    def plant(world: World) -> None:
        with (world.upstream_dir / "packed-refs").open("a") as refs:
            refs.write(f"{world.commits['log']} {name}\n")

    return plant


def _many_tags(world: World) -> None:
    refs = "".join(f"{world.commits['log']} refs/tags/v0.{n}\n" for n in range(5_000))
    (world.upstream_dir / "packed-refs").write_text(
        f"# pack-refs with: peeled fully-peeled\n{refs}"
    )


def _linked_refs(world: World) -> None:
    """Refs that are links to files outside, and one to itself."""
    heads = world.upstream_dir / "refs" / "heads"
    (heads / "precious").symlink_to(world.outside / "precious")
    (heads / "loop").write_text("ref: refs/heads/loop\n")
    (heads / "up").write_text("ref: ../../../../outside/precious\n")


def _head(data: str) -> Plant:
    return lambda world: (world.upstream_dir / "HEAD").write_text(data)


def _borrowed_links(world: World) -> None:
    """The upstream's objects are a link to itself."""
    objects = world.upstream_dir / "objects"
    shutil.rmtree(objects)
    objects.symlink_to(objects)


def _gitfile(world: World) -> None:
    """The mirror is a file that points to a repository elsewhere."""
    elsewhere = world.top / "mirrors" / "elsewhere.git"
    world.upstream_dir.rename(elsewhere)
    world.upstream_dir.mkdir()
    (world.upstream_dir / ".git").write_text(f"gitdir: {elsewhere}\n")
    spring(world, elsewhere)


def _nothing(world: World) -> None:
    shutil.rmtree(world.upstream_dir)
    world.upstream_dir.mkdir()


def _huge_blob(world: World) -> None:
    with world.upstream() as upstream:
        start = upstream.commit({"a.py": b"a\n" * 2_000_000}, branch="h")
        upstream.tag("1.0", "refs/heads/h")
        upstream.tag("1.1", "refs/heads/h")
        fix = upstream.commit(
            {"a.py": b"a\n" * 1_999_999 + b"b\n"}, "Fix", branch="h", parent=start
        )
    world.patches(fix=fix)


def _one_line(world: World) -> None:
    with world.upstream() as upstream:
        start = upstream.commit({"a.py": b"x" * 2_000_000 + b"a\n"}, branch="h")
        upstream.tag("1.0", "refs/heads/h")
        theirs = upstream.commit({"a.py": b"x" * 2_000_000 + b"c\n"}, branch="g", parent=start)
        upstream.tag("1.1", theirs)
        fix = upstream.commit({"a.py": b"x" * 2_000_000 + b"b\n"}, "Fix", branch="h", parent=start)
    world.patches(fix=fix)


def _many_files(world: World) -> None:
    files = {f"d{n % 50}/f{n}.py": b"x = 1\n" for n in range(1000)}
    with world.upstream() as upstream:
        start = upstream.commit({"a.py": b"a\n"}, branch="m")
        upstream.tag("1.0", "refs/heads/m")
        upstream.tag("1.1", "refs/heads/m")
        fix = upstream.commit(files, "Fix", branch="m", parent=start)
    world.patches(fix=fix)


def _parents(world: World) -> None:
    """A commit with 3,000 parents, most of them the same."""
    tree_ = world.git("rev-parse", f"{world.commits['log']}^{{tree}}")
    more = f"parent {world.commits['start']}\n".encode() * 3000
    fix = world.raw_commit(tree_, world.commits["start"], more + _AUTHOR, b"Fix\n")
    world.git("update-ref", "refs/heads/fix", fix)
    world.patches(fix=fix)


def _root(world: World) -> None:
    world.patches(fix=world.commits["start"])


def _annotated(world: World) -> None:
    """A base that is a tag of a blob, and one that is a tag of a tag of nothing."""
    blob = _loose(world, "blob", b"x\n")
    lost = f"object {'1' * 40}\ntype commit\ntag 1.1\ntagger A <a@b.invalid> 1 +0000\n\nx\n"
    world.git("update-ref", "refs/tags/1.0", blob)
    (world.upstream_dir / "refs/tags/1.1").write_text(_loose(world, "tag", lost.encode()) + "\n")


_STOLEN = ("stolen",)
OBJECTS = (
    Case("grafts in an upstream: rebase", _grafts, ("rebase",), 1),
    Case("grafts in an upstream: status", _grafts, ("status",), 0),
    Case("a replaced commit: port", _replaced, PORT, 0, ("loud",), _STOLEN, data=True),
    Case("a replaced commit: show", _replaced, ("show", "log"), 0, never=_STOLEN),
    Case("a replaced commit: rebase", _replaced, ("rebase",), 1),
    Case("alternates: a thousand that are not there",
         _alternates(*(f"/no/{n}" for n in range(1000))), ("rebase",), 5),
    Case("alternates: itself", _alternates("../objects", "{world.upstream_dir}/objects"),
         ("rebase",), 1),
    Case("alternates: a line feed in quotes", _alternates('"/a\\nb"', "-x", "ext::sh"),
         ("fetch",), 0),
    Case("alternates: the victim's directory", _alternates("{world.outside}"), ("fetch",), 0),
    Case("objects are empty: rebase", _spoilt_objects(b""), ("rebase",), 4),
    Case("objects are no zlib: rebase", _spoilt_objects(b"\x00garbage"), ("rebase",), 4),
    Case("objects are no zlib: port", _spoilt_objects(b"\x00garbage"), PORT, 4),
    Case("objects of an unknown kind: status", _spoilt_objects(zlib.compress(b"evil 0\0")),
         ("status",), 5),
    Case("objects spoilt after the fetch: check", _spoilt_objects(b"\x00"), ("check",), 1,
         first=(("rebase",),)),
    Case("objects spoilt after the fetch: report", _spoilt_objects(b"\x00"), ("report",), 0,
         first=(("rebase",),)),
    Case("a blob that says it is 4 GiB: rebase", _bomb_blob, ("rebase",), 5),
    Case("a commit for a tree: rebase", _looping_tree, ("rebase",), 5),
    Case("a tag of a blob for a base: rebase", _annotated, ("rebase",), 4),
    Case("a commit without a parent: rebase", _root, ("rebase",), 0),
    Case("a commit with 3,000 parents: rebase", _parents, ("rebase",), 1),
    Case("a commit with 3,000 parents: status", _parents, ("status",), 0),
    Case("a file of 2,000,000 lines: rebase", _huge_blob, ("rebase",), 0),
    Case("a line of 2 MB: rebase", _one_line, ("rebase",), 1),
    Case("a line of 2 MB: why", _one_line, ("why", "fix", "--onto", "1.1"), 1),
    Case("1,000 files in a patch: rebase", _many_files, ("rebase",), 0),
    Case("objects are a link to itself: fetch", _borrowed_links, ("fetch",), 4),
    Case("a mirror that is a .git file: rebase", _gitfile, ("rebase",), 4),
    Case("an empty directory for a mirror: fetch", _nothing, ("fetch", "--offline"), 4),
)  # fmt: skip
REFS = (
    Case("a tag that is an option: status", _ref("refs/tags/--upload-pack=x"), ("status",), 0),
    Case("a branch that is an option: rebase", _ref("refs/heads/-q"), ("rebase",), 1),
    Case("a ref with ..: status", _ref("refs/heads/../../../outside/x"), ("status",), 0),
    Case("a ref with a line feed's escape: status", _ref("refs/tags/a\x01b"), ("status",), 0),
    Case("a ref of 4,000 letters: status", _ref("refs/tags/" + "v" * 4000), ("status",), 0),
    Case("a ref of 4,000 directories: status", _ref("refs/tags/" + "v/" * 4000 + "x"),
         ("status",), 0),
    Case("packed-refs that is none: fetch",
         lambda w: (w.upstream_dir / "packed-refs").write_bytes(b"\0\xff\n" * 999), ("fetch",), 0),
    Case("5,000 tags: status", _many_tags, ("status",), 0),
    Case("refs that are links out: status", _linked_refs, ("status",), 0),
    Case("refs that are links out: port", _linked_refs, PORT, 0, data=True),
    Case("HEAD that leads out: status", _head("ref: ../../../outside/precious\n"), ("status",), 0),
    Case("HEAD of 1 MB: fetch", _head("ref: " + "x" * 1_000_000), ("fetch",), 0),
)  # fmt: skip
_PATHS = (
    ("..", _file(b".."), 3),
    ("../outside/precious", _file(b"../outside/precious"), 5),
    ("an absolute path", _file(b"/etc/x"), 5),
    (".GIT", _file(b".GIT"), 3),
    ("git~1", _file(b"git~1"), 0),
    (".git in Unicode", _file(b".g\xe2\x80\x8cit"), 0),
    ("an empty name", _file(b""), 5),
    ("a name twice", tree(("100644", b"x", "blob", b"1\n"), ("100644", b"x", "blob", b"2\n")), 0),
    (
        "a file and a directory",
        tree(("100644", b"x", "blob", b"1\n"), ("40000", b"x", "tree", b"")),
        0,
    ),
    ("wrongly sorted", tree(("100644", b"zz", "blob", b""), ("100644", b"aa", "blob", b"")), 3),
    ("a setuid mode", _file(b"x", "104755"), 0),
    ("a mode of letters", _file(b"x", "rwx"), 5),
    ("a name that is an option", _file(b"--exec=x"), 0),
    ("debian/rules", _file(b"debian/rules"), 5),
    ("a link out", tree(("120000", b"x", "blob", b"../../../../outside/precious")), 0),
    ("a link with NUL", tree(("120000", b"x", "blob", b"a\0b")), 3),
)
_MALFORMED = (
    ("that ends in an id", b"100644 log.py\0" + b"\1" * 7, 5),
    ("without modes", b"log.py\0" + b"\1" * 20, 5),
    ("without a NUL", b"100644 log.py", 5),
    ("of an endless mode", b"1" * 5000 + b" log.py\0" + b"\1" * 20, 1),
    ("of nothing but bytes", b"\xff\0" * 400, 5),
)
_SUBMODULES = (
    ("of a program's URL", _submodule()),
    ("of a URL that is an option", _submodule(url="--upload-pack=touch sprung")),
    ("that is named out", _submodule(name="../../../outside/x")),
    ("that lies outside", _submodule(path="../outside")),
    ("in git's own directory", _submodule(path=".git/modules/x")),
)
_LINKED = _submodule(mode="120000")
_SUBMODULE_COMMANDS = (
    (("rebase",), 0),
    (("checkout", "project", "w"), 0),
    (("build",), 3),
)
TREES = (
    *(Case(f"a tree with {name}: build", plant, ("build", "--onto", "1.0"), status, writes=True)
      for name, plant, status in _PATHS),
    *(Case(f"a tree with {name}: checkout", plant,
           ("checkout", "project", "w", "--onto", "1.0"), 5) for name, plant, _ in _PATHS[:4]),
    *(Case(f"a tree object {name}: rebase", _malformed(raw), ("rebase",), status)
      for name, raw, status in _MALFORMED),
    *(Case(f"a submodule {name}: {command[0]}", plant, command, status, writes=status == 3)
      for name, plant in _SUBMODULES for command, status in _SUBMODULE_COMMANDS),
    Case("a submodule whose settings are a link: rebase", _LINKED, ("rebase",), 0),
    Case("a submodule whose settings are a link: checkout", _LINKED,
         ("checkout", "project", "w"), 5),
    Case("a submodule whose settings are a link: build", _LINKED, ("build",), 5, writes=True),
    Case("a link out, and a patch through it: rebase", _links_out, ("rebase",), 1),
    Case("a link out, and a patch through it: checkout", _links_out,
         ("checkout", "project", "w"), 1),
    Case("a link out, and a patch through it: build", _links_out, ("build",), 1),
)  # fmt: skip

URLS = tuple(
    Case(f"a repository's URL: {url[:40]}",
         lambda world, url=url: world.write(  # type: ignore[misc]
             "series/small.toml", MANIFEST.replace("https://upstream.invalid/org/project.git", url)
             + PATCH.format(name="log", commit="1" * 40)),
         ("fetch",), 3, (r"small\.toml:\d+",), lines=2)
    for url in ("ext::sh -c touch% sprung", "-u./x", "--upload-pack=x", "fd::17", "file:///a\\nb",
                "git@-oProxyCommand=x:y", "https://u:secret@h.invalid/x",
                "ftp://h.invalid/x", "https://h.invalid/x\\u0000y")
)  # fmt: skip

CASES = (*SETTINGS, *OBJECTS, *REFS, *TREES, *URLS)
