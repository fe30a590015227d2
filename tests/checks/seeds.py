"""Seeds of faults: functions that break a copy of the oven, in one way each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from click.testing import CliRunner

from patchseries.cli import group
from patchseries.git import Repository
from support.ovens import BAKE, SETTINGS, Oven, diff, own_patch
from support.upstreams import Upstream

HOTTER = diff("oven/bake.py", BAKE, BAKE.replace(b"180", b"220"))
ZEROS = "0" * 64


@dataclass(frozen=True)
class Fault:
    """A fault: the code expected, what it is, how to seed it, the options, a word to be named."""

    code: str
    what: str
    seed: Callable[[Oven], object]
    names: str = ""
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.what}"


def header(patch: str, old: bytes, new: bytes, base: str = "1.0") -> Callable[[Oven], object]:
    """Change the head of a patch file (and the lock's digest of it)."""
    return lambda oven: oven.replanted(patch, lambda data: data.replace(old, new, 1), base)


def without(patch: str, field: bytes) -> Callable[[Oven], object]:
    """Take one field out of a patch file's head."""
    return lambda oven: oven.replanted(
        patch, lambda d: re.sub(rb"(?m)^" + field + rb": .*\n", b"", d)
    )


def trap(body: bytes, *, precise: bool = False) -> Callable[[Oven], object]:
    """Give the patch `hotter` another diff; *precise*: for the tools of that time."""

    def seed(oven: Oven) -> None:
        oven.rediffed("hotter", body)
        if precise:
            oven.edit(oven.manifest, 'summary = "a faster oven"', 'profile = "precise"')

    return seed


def cell(patch: str, base: str, pattern: str, new: str) -> Callable[[Oven], object]:
    """Change one line of the lock."""
    return lambda oven: oven.cell(patch, base, pattern, new)


def manifest(old: str, new: str) -> Callable[[Oven], object]:
    """Change the manifest."""
    return lambda oven: oven.edit(oven.manifest, old, new)


def rebased(old: str, new: str) -> Callable[[Oven], object]:
    """Change the manifest and rebase."""

    def seed(oven: Oven) -> None:
        oven.edit(oven.manifest, old, new)
        oven.rebase()

    return seed


def series(edit: Callable[[bytes], bytes]) -> Callable[[Oven], object]:
    """Change the series file of 1.0."""

    def seed(oven: Oven) -> None:
        path = oven.series_file()
        before = path.read_bytes()
        assert edit(before) != before
        path.write_bytes(edit(before))

    return seed


def own(old: bytes, new: bytes, file: str = "louder-fixed") -> Callable[[Oven], object]:
    """Change a file of patches/own and rebase."""

    def seed(oven: Oven) -> None:
        oven.edit(oven.root / "patches" / "own" / f"{file}.patch", old, new)
        oven.rebase()

    return seed


def upstream(*command: str) -> Callable[[Oven], object]:
    """Run git on the upstream."""

    def seed(oven: Oven) -> None:
        with Repository(oven.upstream) as repository:
            repository.run(*command)

    return seed


def forward(branch: str) -> Callable[[Oven], object]:
    """Commit to a branch of the upstream."""

    def seed(oven: Oven) -> None:
        with Upstream(oven.upstream) as made:
            made.commit({"more": b"more"}, branch=branch)

    return seed


def moved_base(move: Callable[[Oven], object]) -> Callable[[Oven], object]:
    """Have the branch ``1.1.9`` as a base, rebased; then *move* it."""

    def seed(oven: Oven) -> None:
        upstream("branch", "1.1.9", "1.1")(oven)
        rebased('bases = ["1.0", "1.1"]', 'bases = ["1.0", "1.1", "1.1.9"]')(oven)
        move(oven)

    return seed


def swap(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([lines[3], *lines[1:3], lines[0], *lines[4:]])


def stray_base(oven: Oven) -> None:
    (oven.root / "patches" / "oven" / "0.9" / "oven").mkdir(parents=True)


def link(oven: Oven) -> None:
    path = oven.patch("hotter")
    path.with_name("again.patch").symlink_to(path.name)


def lost_objects(oven: Oven) -> None:
    """The lock pins a commit that is nowhere."""
    commit = re.search(r'rev = "1.0", commit = "([0-9a-f]{40})"', oven.lock.read_text())
    assert commit
    oven.edit(oven.lock, f'"{commit[1]}"', f'"{"f" * 40}"')


def never_fixed(oven: Oven) -> None:
    (oven.root / "patches" / "own" / "louder-fixed.patch").unlink()


def orphan(oven: Oven) -> None:
    (oven.root / "patches" / "own" / "orphan.patch").write_bytes(
        own_patch("Orphan", "It has a reason and no place to go.", "a", b"1\n", b"1", b"2")
    )


def applied(oven: Oven) -> None:
    """A patch file for what 1.1 already has."""
    data = oven.patch("patient", "1.0").read_bytes()
    path = oven.series_file("1.1")
    (path.parent / "0003-patient.patch").write_bytes(data)
    path.write_bytes(path.read_bytes().replace(b"0004-", b"0003-patient.patch\n0004-"))


def conflict(oven: Oven) -> None:
    """A base on which the file that `hotter` changes is a link."""
    with Repository(oven.upstream) as repository:
        commit = repository.resolve("refs/tags/1.1")
        assert commit
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        grown.commit(
            {"oven/bake.py": b"timer.py"},
            "Rewrite",
            branch="stable/2",
            parent=commit,
            modes={"oven/bake.py": "120000"},
        )
        grown.tag("1.2", "refs/heads/stable/2", message="1.2")
    oven.edit(oven.manifest, 'bases = ["1.0", "1.1"]', 'bases = ["1.0", "1.1", "1.2"]')
    oven.rebase()


def empty_source(oven: Oven) -> None:
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        parent = grown.repository.resolve("refs/tags/1.0")
        nothing = grown.commit({}, "Nothing", branch="work/nothing", parent=parent)
    hotter = re.search(r'source = \{ commit = "([0-9a-f]{40})"', oven.manifest.read_text())
    assert hotter
    oven.edit(oven.manifest, hotter[1], nothing)
    oven.rebase()


def dropped(oven: Oven) -> None:
    """A change to a file that 1.1 does not have."""
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        first = grown.repository.resolve("refs/tags/1.0")
        work = grown.commit(
            {"oven/settings.py": SETTINGS.replace(b'"off"', b'"on"'), "label": b"new\n"},
            "Lit and labelled\n\nBoth at once.",
            branch="work/both",
            parent=first,
        )
        after = grown.repository.resolve("refs/tags/1.1")
        grown.commit({"label": None}, "No label", branch="stable/1", parent=after)
        grown.tag("1.1", "refs/heads/stable/1", message="1.1 again")
    lit = re.search(r'name = "lit".*?commit = "([0-9a-f]{40})"', oven.manifest.read_text(), re.S)
    assert lit
    oven.edit(oven.manifest, lit[1], work)
    oven.lock.unlink()
    oven.rebase()


def superseded(oven: Oven) -> None:
    upstream("tag", "2.0", "refs/heads/next")(oven)
    known = f'change-id = "I{3:040d}"\n'
    oven.edit(oven.manifest, known, f'{known}superseded-by = "I{1:040d}"\n')


def reverted(oven: Oven) -> None:
    """Upstream's next release has the change of `hotter`, and a revert of it."""
    with Upstream(oven.upstream) as upstream_now:
        landed = upstream_now.repository.resolve("refs/heads/next")
        assert landed is not None
        tree = upstream_now.repository.commit(landed).tree
        words = f"Back to 180\n\nThis reverts commit {landed}."
        upstream_now.commit_tree(tree, [landed], words, branch="next")
        upstream_now.tag("2.0", "refs/heads/next")


def old_resolution(oven: Oven) -> None:
    """A resolution for a conflict that is no more."""
    from patchseries.resolution.lines import Own
    from patchseries.resolution.replay import Resolution
    from patchseries.resolution.store import format_resolution

    one = Resolution(
        "lit",
        "oven/settings.py",
        "a" * 64,
        (Own((b'LIGHT = "on"\n',)),),
        "edited",
        "Grace Miller <grace@oven.invalid>",
        "2013-07-02",
        "It was dark.",
    )
    folder = oven.root / "series" / "resolutions" / "oven"
    folder.mkdir(parents=True)
    (folder / "lit-aaaaaaaaaaaa.toml").write_text(format_resolution(one))


def damaged_resolution(oven: Oven) -> None:
    """A resolution that nobody can read."""
    folder = oven.root / "series" / "resolutions" / "oven"
    folder.mkdir(parents=True)
    (folder / "lit-aaaaaaaaaaaa.toml").write_text("schema = [")


_TESTS = """\
[project.oven.tests]
command = ["grep", "-q", "heat = 180", "oven/bake.py"]
format = "exit-status"

[[patch]]
name = "hotter"
"""


_SETTING = """
[[setting]]
name = "fans"
project = "oven"
file = "oven/oven.conf"
section = "oven"
option = "fans"
value = 2
default = 1
why = "Faster."
cost = "Louder."
source = "the kitchen book"
"""


def setting(old: str, new: str) -> Callable[[Oven], object]:
    """Add a setting that is well, but for *new* in place of *old*."""

    def seed(oven: Oven) -> None:
        assert old in _SETTING
        oven.manifest.write_text(oven.manifest.read_text() + _SETTING.replace(old, new))

    return seed


def untested(oven: Oven) -> None:
    """The manifest says how tests are run, and nobody ran them: the cache is shared by copies."""
    oven.edit(oven.manifest, '[[patch]]\nname = "hotter"\n', _TESTS.replace("-q", "-sq"))


def broken_test(oven: Oven) -> None:
    """The tests are run, and `hotter` breaks one."""
    oven.edit(oven.manifest, '[[patch]]\nname = "hotter"\n', _TESTS)
    done = CliRunner().invoke(group, ["test", "oven"], standalone_mode=False)
    assert done.return_value == 1, done.output


def tested_before(oven: Oven) -> None:
    """The tests were run, and a patch is another since."""
    broken_test(oven)
    path = oven.patch("hotter")
    path.write_bytes(path.read_bytes() + b"\n")
