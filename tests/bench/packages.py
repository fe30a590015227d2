"""What becomes of the patches of real packages on the next upstream releases, beside gbp pq.

    SERIES_MIRRORS=DIR python tests/bench/packages.py PACKAGES [--out FILE]

PACKAGES holds one package a line: the URL of the upstream repository, the .debian.tar of the source
package, the release that its patches were made for, and the releases to go to, by their tags:

    https://opendev.org/openstack/nova.git nova_26.2.2-1.debian.tar.xz 26.2.2 26.3.0 27.0.0

A relative file name is looked up beside PACKAGES. Printed for each package and release: how many
patches there are; what `series rebase` says of them; and what `gbp pq import` on the old release
and `gbp pq rebase` on the new one come to: how many are picked, dropped (nothing is left of them)
and in conflict (each left out: `git rebase --skip`). ``lost`` are the patches that gbp picks or
drops and we do not. OUT gets one JSON object a line for each patch.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))

from patchseries.manifest.filenames import not_a_quilt_name  # noqa: E402
from patchseries.patches.quilt import parse_series, series_in_use  # noqa: E402
from patchseries.sources.mirrors import mirror_of  # noqa: E402

STATUSES = ("unchanged", "refreshed", "adapted", "merged", "conflict", "empty")
GBP = ("picked", "dropped", "conflict", "unknown")
_WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Bench"), ("EMAIL", "bench@test.invalid"))
} | {"DEBFULLNAME": "Bench", "DEBEMAIL": "bench@test.invalid", "GIT_EDITOR": "true"}


@dataclass(frozen=True, slots=True)
class Package:
    """One line of the list."""

    url: str
    tar: Path
    made_for: str
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The project's name in the manifest."""
        return self.url.rsplit("/", 1)[-1].removesuffix(".git").lower()


def main() -> int:
    """Run; 0, or 1 when a patch that gbp solves was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("packages", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rows: list[dict[str, str]] = []
    print(" ".join(["package", "release", "n", *STATUSES, "|", *(f"gbp-{g}" for g in GBP), "lost"]))
    for package in _packages(given.packages):
        with tempfile.TemporaryDirectory() as directory:
            mine = list(measured(package, Path(directory)))
        for target in package.targets:
            print(_line(package, target, [row for row in mine if row["release"] == target]))
        rows += mine
    if given.out:
        given.out.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return 1 if any(_lost(row) for row in rows) else 0


def measured(package: Package, directory: Path) -> Iterator[dict[str, str]]:
    """One row for each patch and release."""
    debian = directory / "unpacked"
    debian.mkdir()
    subprocess.run(["tar", "-xf", package.tar, "-C", debian], check=True)  # refuses what leads out
    patches = debian / "debian/patches"
    text = (patches / series_in_use({p.name for p in patches.iterdir()})).read_text()
    names = [line.name for line in parse_series(text)]
    ours = series_statuses(package, directory / "project", patches, names)
    theirs = gbp_outcomes(package, directory / "gbp", debian / "debian", names)
    for release in package.targets:
        for name in names:
            yield {
                "package": package.name,
                "release": release,
                "patch": name,
                "series": ours[release, name],
                "gbp": theirs.get((release, name), "unknown"),
            }


def series_statuses(
    package: Package, root: Path, patches: Path, names: Sequence[str]
) -> dict[tuple[str, str], str]:
    """What `series rebase` says, by release and file name."""
    quilt = root / "patches/imported" / package.name
    quilt.parent.mkdir(parents=True)
    (root / "series").mkdir()
    patches.rename(quilt)
    bases = json.dumps(list(package.targets))
    lines = [
        'schema = 1\n[series]\nname = "bench"',
        f'[project."{package.name}"]\nrepository = "{package.url}"\nbases = {bases}',
        f'made-for = "{package.made_for}"\nquilt = "imported/{package.name}"',
    ]
    for number, name in enumerate(names):
        assert not not_a_quilt_name(name), name
        file = json.dumps(f"imported/{package.name}/{name}")
        lines.append(f'[[patch]]\nname = "p{number}"\nproject = "{package.name}"')
        lines.append(f"source = {{ file = {file} }}")
    (root / "series/bench.toml").write_text("\n".join(lines) + "\n")
    program = [sys.executable, "-m", "patchseries"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "SERIES_STATE": str(root.parent / "state")}
    for words in (["fetch"], ["rebase", "--json"]):
        done = subprocess.run(
            [*program, *words], cwd=root, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"series {' '.join(words)}: {done.stderr}")
    cells = json.loads(done.stdout)["cells"]
    return {(c["base"], names[int(c["patch"][1:])]): c["status"] for c in cells}


def gbp_outcomes(
    package: Package, root: Path, debian: Path, names: Sequence[str]
) -> dict[tuple[str, str], str]:
    """What ``gbp pq import`` on the old release, and ``gbp pq rebase`` on a new one, come to."""
    mirrors = [Path(part) for part in os.environ["SERIES_MIRRORS"].split(":")]
    mirror = mirror_of(package.url, mirrors)
    if mirror is None:
        raise SystemExit(f"no mirror of {package.url}")
    subprocess.run(["git", "clone", "-q", "--shared", "-n", str(mirror), str(root)], check=True)
    git = _Git(root)
    git("checkout", "-q", "-b", "packaging", package.made_for)
    # its patches were moved into the series' project: they are put back as they were
    patches = root.parent / "project/patches/imported" / package.name
    subprocess.run(["cp", "-a", str(debian), str(root / "debian")], check=True)
    subprocess.run(["cp", "-a", str(patches), str(root / "debian/patches")], check=True)
    git("add", "-Af", "debian")
    git("commit", "-q", "-m", "Packaging")
    failure = git.failure("gbp", "pq", "import")
    if failure:
        print(f"gbp pq import: {failure.strip().splitlines()[-1]}", file=sys.stderr)
        return {}
    old, queue = git("rev-parse", "packaging"), git("rev-parse", "HEAD")
    commits = git("rev-list", "--reverse", "packaging..HEAD").split()
    if len(commits) != len(names):
        raise SystemExit(f"gbp made {len(commits)} commits of {len(names)} patches")
    found: dict[tuple[str, str], str] = {}
    for release in package.targets:
        _upgrade(git, old, release)
        git("checkout", "-q", "-f", "-B", "patch-queue/packaging", queue)
        outcomes = _rebased(git, dict(zip(commits, names, strict=True)))
        found |= {(release, name): outcome for name, outcome in outcomes.items()}
    return found


def _upgrade(git: _Git, old: str, release: str) -> None:
    """Make the packaging branch the release with the debian/ of *old*, as gbp import-orig does."""
    git("checkout", "-q", "-f", "--detach", release)
    git("checkout", "-q", old, "--", "debian")
    tree = git("write-tree")
    merge = git("commit-tree", tree, "-p", old, "-p", f"{release}^{{commit}}", "-m", "New upstream")
    git("branch", "-f", "packaging", merge)


def _rebased(git: _Git, names: Mapping[str, str]) -> dict[str, str]:
    """``gbp pq rebase``; what conflicts is left out: ``git rebase --skip``.

    A patch that does not come out is one that git dropped: nothing was left of it.
    """
    found: dict[str, str] = {}
    failure = git.failure("gbp", "pq", "rebase")
    while failure is not None:
        stopped = git.root / ".git/rebase-merge/stopped-sha"
        if not stopped.exists():
            raise SystemExit(f"gbp pq rebase: {failure}")
        commit = git("rev-parse", stopped.read_text().strip())
        found[names[commit]] = "conflict"
        stopped.unlink()
        failure = git.failure("git", "rebase", "--skip")
    words = ("log", "-z", "--format=%an%n%B")
    there = Counter(git(*words, "packaging..HEAD").split("\0"))
    for commit, name in names.items():
        message = git(*words, "-1", commit).strip("\0")
        if name not in found:
            found[name] = "picked" if there[message] else "dropped"
            there[message] -= 1
    return found


class _Git:
    """git and gbp in one work tree, as somebody."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str) -> str:
        done = self._run(("git", *words))
        if done.returncode:
            raise SystemExit(f"git {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def failure(self, *words: str) -> str | None:
        """What *words* complain about; None: they succeed."""
        done = self._run(words)
        return (done.stderr or done.stdout or "failed") if done.returncode else None

    def _run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.root,
            env=os.environ | _WHO,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


def _lost(row: dict[str, str]) -> bool:
    return row["gbp"] in ("picked", "dropped") and row["series"] == "conflict"


def _line(package: Package, release: str, rows: Sequence[dict[str, str]]) -> str:
    ours = Counter(row["series"] for row in rows)
    theirs = Counter(row["gbp"] for row in rows)
    words = [package.name, release, str(len(rows)), *(str(ours[s]) for s in STATUSES), "|"]
    return " ".join([*words, *(str(theirs[g]) for g in GBP), str(sum(map(_lost, rows)))])


def _packages(path: Path) -> Iterator[Package]:
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            url, tar, made_for, *targets = words
            yield Package(url, path.parent / tar, made_for, tuple(targets))


if __name__ == "__main__":
    raise SystemExit(main())
