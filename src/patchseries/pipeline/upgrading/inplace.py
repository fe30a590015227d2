"""A packager's own git repository: its debian/ is read, and written anew after an upgrade.

The series that is made of it lies in its git directory, where git neither commits nor cleans it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchseries.debian.changelog import read_versions
from patchseries.debian.packaging import packaging_from_directory, packaging_from_git
from patchseries.debian.pristine import pristine_tarball
from patchseries.debian.request import Packaging
from patchseries.debian.uscan import tarball_of_watch
from patchseries.errors import SeriesError, UsageError
from patchseries.files import directory_contents, explained, publish_directory, write_atomic
from patchseries.git import borrowed
from patchseries.imports.recognise import SourceForm
from patchseries.imports.upstream import tag_of_version, upstream_version
from patchseries.journal import State, commit_files
from patchseries.pipeline.importing.plan import ImportRequest, plan_import
from patchseries.pipeline.importing.upstreams import UpstreamOptions
from patchseries.pipeline.series import IN_GIT
from patchseries.pipeline.session import Session
from patchseries.pipeline.upgrading.entry import NewPackaging
from patchseries.pipeline.upgrading.releases import tag_named, version_of
from patchseries.sources.download import DownloadOptions

_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True)
class PackageTree:
    """The work tree *top* of a packaging repository, whose debian/ is as committed."""

    top: Path
    packaging: Packaging

    @property
    def root(self) -> Path:
        """The project directory of its series."""
        return self.top / IN_GIT


@dataclass(frozen=True, slots=True)
class TreeOptions:
    """What the user says of the package.

    :param repository: the upstream's; None: the tree's own, where it has the releases, else the one
        that debian/ names
    :param vendor: whose series file counts
    """

    repository: str | None = None
    vendor: str = "debian"


def package_tree(start: Path) -> PackageTree:
    """The packaging repository that holds *start*.

    :raises UsageError: there is none, or its debian/ has changes that are not committed
    :raises SeriesError: its debian/ cannot be used
    """
    places = (start, *start.parents)
    top = next((p for p in places if (p / "debian" / "control").is_file()), None)
    if top is None:
        raise UsageError(f"no debian/control in {start} or above", hint="change to the package")
    if not (top / ".git").is_dir() or (top / ".git").is_symlink():
        raise UsageError(
            f"{top} is not the main work tree of a git repository",
            hint="without one: series import DIRECTORY, then series upgrade",
        )
    for name in ("debian", "debian/patches", "debian/changelog", IN_GIT):
        if (path := top / name).is_symlink():
            raise SeriesError(
                f"{path} is a symbolic link", hint="replace it by a file or directory"
            )
    packaging = packaging_from_directory(top)
    links = [path for path, f in packaging.debian.items() if f.mode == "120000"]
    if named := next((path for path in links if path.startswith("patches/")), None):
        raise SeriesError(
            f"debian/{named} is a symbolic link", hint="replace it by a file or directory"
        )
    with borrowed(top) as repository:
        head = repository.resolve("HEAD")
        if head is None:
            raise UsageError(f"{top} has no commit", hint="commit debian/ first")
        committed = packaging_from_git(repository, repository.commit(head).tree, str(top))
    if committed.debian != packaging.debian:
        raise UsageError(
            "debian/ has changes that are not committed",
            hint="commit or drop them; `git status debian/` lists them",
        )
    return PackageTree(top, packaging)


def import_tree(
    session: Session, tree: PackageTree, state: State, release: str, options: TreeOptions
) -> None:
    """Make the series of the tree, or make it anew where debian/ is another now.

    Resolutions of conflicts are kept.

    :param options: what the user says of it
    """
    kept = tree.root / "patches" / "imported"
    known = [directory_contents(path) for path in kept.glob("*/")] if kept.is_dir() else []
    manifests = list((tree.root / "series").glob("*.toml"))
    where = f"{options.repository or 'debian/'} for {options.vendor}"
    stamp = f"# {tree.packaging.source} {tree.packaging.version} of {where}\n"
    same = manifests and manifests[0].read_text("utf-8").startswith(stamp)
    if same and (known or [{}])[0] == _patches(tree.packaging):
        return
    upstream = _upstream(tree, release, options.repository)
    request = ImportRequest(
        str(tree.top), None, SourceForm.TREE, upstream, options.vendor, replace=True
    )
    made = plan_import(session, tree.root, request)
    manifest = f"series/{made.name}.toml"
    before = dict.fromkeys(_written(tree.root))
    changes = {**before, **made.changes, manifest: stamp.encode() + made.changes[manifest]}
    commit_files(state, changes, session.operation)


def original(
    session: Session, tree: PackageTree, release: str, *, ask_uscan: bool = False
) -> Path | None:
    """The upstream tarball of *release*: beside the tree, where uscan, gbp and pristine-tar put it.

    Else it is made from the pristine-tar branch, or (*ask_uscan*) downloaded, and kept beside the
    series in the git directory.

    :raises SeriesError: the pristine-tar branch cannot be used, or uscan finds nothing
    """
    name = f"{tree.packaging.source}_{release}"
    ending = r"(\+(dfsg|ds|repack)[.\d]*)?\.orig\.tar\.(gz|xz|bz2|lzma)"
    wanted = re.compile(re.escape(name) + ending)
    beside = [path for path in tree.top.parent.iterdir() if wanted.fullmatch(path.name)]
    if beside:
        return min(beside)
    kept = tree.root / "origs"
    if kept.is_symlink():
        raise SeriesError(f"{kept} is a symbolic link", hint="remove it")
    session.progress("looking for the upstream tarball")
    with borrowed(tree.top) as repository:
        made = pristine_tarball(repository, wanted, kept)
    if made or not ask_uscan:
        return made
    debian = {path: file.data for path, file in tree.packaging.debian.items()}
    options = DownloadOptions(session.fetching.access)
    return tarball_of_watch(debian, name, release, kept, options)


def write_debian(tree: PackageTree, made: NewPackaging) -> list[str]:
    """Write the new debian/patches and debian/changelog; nothing is committed.

    Where the changelog cannot be written, the patches are put back.

    :return: what changed, by path below the tree
    :raises UsageError: debian/ was changed meanwhile
    """
    if package_tree(tree.top) != tree:
        raise UsageError("debian/ was changed meanwhile", hint="run this command again")
    before = _patches(tree.packaging)
    _write_patches(tree, made.patches)
    try:
        write_atomic(tree.top / "debian" / "changelog", made.changelog)
    except BaseException:
        _write_patches(tree, before)
        raise
    paths = sorted(before.keys() | made.patches.keys())
    changed = [path for path in paths if before.get(path) != made.patches.get(path)]
    return ["debian/changelog", *(f"debian/patches/{path}" for path in changed)]


# Private -----------------------------------------------------------------------------------------


def _patches(packaging: Packaging) -> dict[str, bytes]:
    return {
        path.removeprefix("patches/"): file.data
        for path, file in packaging.debian.items()
        if path.startswith("patches/")
    }


def _write_patches(tree: PackageTree, patches: Mapping[str, bytes]) -> None:
    directory = tree.top / "debian" / "patches"
    if patches:
        publish_directory(directory, patches)
    elif directory.is_dir():
        with explained("remove debian/patches"):
            shutil.rmtree(directory)


def _upstream(tree: PackageTree, release: str, repository: str | None) -> UpstreamOptions:
    """The upstream's repository, and the release that the patches are made for.

    It is the tree's own, where that has both releases. An entry for the new release may be begun:
    then the patches are made for the one before.
    """
    name = tree.packaging.source
    log = tree.packaging.debian["changelog"].data.decode("utf-8", "replace")
    versions = [upstream_version(version) for version in read_versions(log)]
    old = next((v for v in versions if v != version_of(release)), versions[0])
    begun = old if old != versions[0] else None
    with borrowed(tree.top) as own:
        tags = [ref.removeprefix(_TAGS) for ref in own.refs(_TAGS)]
    old_tag = tag_of_version(old, tags, name)
    if repository is None and old_tag and tag_named(release, tags, name):
        return UpstreamOptions(str(tree.top), old_tag)
    return UpstreamOptions(repository, begun)


def _written(root: Path) -> Mapping[str, bytes]:
    """What an earlier import and its ports wrote; not the resolutions of conflicts."""
    found: dict[str, bytes] = {}
    for directory in ("series", "patches"):
        contents = directory_contents(root / directory) if (root / directory).is_dir() else {}
        found |= {f"{directory}/{path}": data for path, data in contents.items()}
    return {path: d for path, d in found.items() if not path.startswith("series/resolutions/")}
