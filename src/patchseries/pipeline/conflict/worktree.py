"""A scratch git work tree that holds one conflict, for an editor, an IDE or ``git mergetool``.

It lies in the project's state, outside of the project, where a reboot leaves it and nobody else can
put anything; it appears whole or not at all, and goes away only when its resolutions are stored
or the person says so.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.files import explained, read_file, remove
from patchseries.git import Merge, Repository
from patchseries.git.environment import make_work_tree
from patchseries.git.objects import decode_path, encode_path
from patchseries.git.textmerge import split_lines
from patchseries.journal import State, held
from patchseries.model import TreeId
from patchseries.pipeline.conflict.conflicts import OpenConflict, ReplayedFile
from patchseries.pipeline.series import Series
from patchseries.resolution.conflict import Labels, OpenFile, marked, markers_left, open_files
from patchseries.resolution.edits import edited

_STATE = "state.json"
_LEFTOVERS = "*.orig\n*.rej\n*~\n.*.sw?\n*.py[co]\n__pycache__/\n"
"""What editors, merge tools and Python leave behind: it is not part of a resolution."""
_WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "patchseries"), ("EMAIL", ""), ("DATE", "@0 +0000"))
}


@dataclass(frozen=True, slots=True)
class ResolveSession:
    """One conflict that is open: of which series, patch and base, over which trees."""

    directory: Path
    series: str
    patch: str
    base: str
    before: TreeId
    after: TreeId
    ours: TreeId
    opened: str

    @property
    def tree(self) -> Path:
        """The work tree."""
        return self.directory / "tree"

    def repository(self) -> Repository:
        """The work tree's own repository."""
        return Repository(self.tree)

    def merge(self, repository: Repository) -> Merge:
        """The merge that conflicts, made again."""
        return repository.merge(self.before, self.ours, self.after)


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to be done in a file: the lines of its markers.

    None for a file that is in question as a whole, or that git does not know.
    """

    path: str
    lines: tuple[int, ...]


def open_sessions(state: State) -> list[ResolveSession]:
    """The conflicts that are open in the project of *state*."""
    return [_read(path.parent) for path in sorted(_home(state).glob(f"[!.]*/{_STATE}"))]


def find_session(
    state: State, series: str | None, patch: str | None, base: str | None
) -> ResolveSession:
    """The open session of *patch* of *series* on *base*; where they are None, the one that fits.

    :raises UsageError: there is none, or several fit
    """
    in_series = [one for one in open_sessions(state) if series in (None, one.series)]
    same_patch = [one for one in in_series if patch in (None, one.patch)]
    fit = [one for one in same_patch if base in (None, one.base)]
    if len(fit) == 1:
        return fit[0]
    if fit:
        names = ", ".join(f"{one.patch} {one.series} --onto {one.base}" for one in fit)
        raise UsageError(f"several conflicts are open: {names}", hint="give its name")
    asked = " ".join(filter(None, (patch, series, base and f"--onto {base}")))
    raise UsageError(
        f"no conflict of {asked} is open" if asked else "no conflict is open",
        hint="open it with `series resolve PATCH NAME --onto BASE`",
    )


def create_session(series: Series, conflict: OpenConflict, opened: str) -> ResolveSession:
    """Set up the work tree for *conflict*, with what its resolutions settle filled in.

    :param opened: when (ISO 8601)
    :raises UsageError: it is open already
    :raises SeriesError: the disk is full
    """
    cell = conflict.cell
    home = _home(series.state)
    directory = home / f"{series.name}-{cell.patch}@{cell.base.replace('/', '-')}"
    change = conflict.change
    session = ResolveSession(
        directory,
        series.name,
        cell.patch,
        cell.base,
        change.before,
        change.after,
        cell.before,
        opened,
    )
    with held(series.state), explained("set up the work tree"):
        if directory.exists():
            raise UsageError(
                f"{cell.patch} on {cell.base} is already open in {directory / 'tree'}",
                hint="finish it with `series resolve --continue`, or drop it with --abort",
            )
        home.mkdir(mode=0o700, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=home, prefix=".new-"))
        try:
            _fill(fresh / "tree", conflict)
            data = asdict(session)
            del data["directory"]
            (fresh / _STATE).write_text(json.dumps(data))
            fresh.rename(directory)
        except BaseException:
            remove(fresh)
            raise
    return session


def what_is_left(session: ResolveSession) -> list[Left]:
    """The files of *session* that are not resolved yet."""
    with session.repository() as repository:
        return list(_left(session, repository, open_files(repository, session.merge(repository))))


def final_tree(session: ResolveSession, repository: Repository) -> TreeId:
    """The tree that the files of the work tree are now, with those that were added by `git add`.

    :raises SeriesError: a conflict marker is still there, or a file that git does not know
    """
    merge = session.merge(repository)
    left = list(_left(session, repository, open_files(repository, merge)))
    if left:
        where = ", ".join(f"{one.path}:{one.lines[0]}" if one.lines else one.path for one in left)
        raise SeriesError(
            f"still to be resolved: {where}",
            hint=f"edit them in {session.tree} (`git add` or remove what is untracked), then run "
            "`series resolve --continue`",
            exit_code=ExitCode.FINDINGS,
        )
    added = _listed(session, repository, "--cached") - {
        path for path, _ in repository.walk(merge.tree)
    }
    index = session.directory / "final-index"
    try:
        env = {"GIT_INDEX_FILE": str(index)}
        repository.run("read-tree", merge.tree, env=env)
        repository.run(*_at(session.tree), "add", "--update", "--", ".", env=env)
        paths = b"".join(encode_path(path) + b"\0" for path in added)
        words = ("update-index", "--add", "--remove", "-z", "--stdin")
        repository.run(*_at(session.tree), *words, env=env, stdin=paths)
        return TreeId(repository.run("write-tree", env=env).stdout.decode().strip())
    finally:
        index.unlink(missing_ok=True)


def drop_session(state: State, session: ResolveSession) -> None:
    """Remove the work tree of *session*."""
    with held(state), explained("remove the work tree"):
        gone = Path(tempfile.mkdtemp(dir=_home(state), prefix=".gone-"))
        try:
            session.directory.rename(gone / "session")
        finally:
            for leftover in _home(state).glob(".[gn]*-*"):
                remove(leftover)


def _left(session: ResolveSession, repository: Repository, files: list[OpenFile]) -> Iterator[Left]:
    unmerged = repository.run("ls-files", "--unmerged", "-z").stdout
    for file in files:
        path = session.tree / file.path
        if not path.is_file():
            continue
        if file.is_whole:
            if b"\t" + encode_path(file.path) + b"\0" in unmerged:
                yield Left(file.path, ())
        elif lines := markers_left(file, split_lines(read_file(path))):
            yield Left(file.path, tuple(lines))
    for name in sorted(_listed(session, repository, "--others", "--exclude-standard")):
        yield Left(name, ())


def _listed(session: ResolveSession, repository: Repository, *which: str) -> set[str]:
    """The paths that `git ls-files` names, of the index or of the work tree."""
    listed = repository.run(*_at(session.tree), "ls-files", "-z", *which).stdout
    return {decode_path(path) for path in listed.split(b"\0") if path}


def _at(tree: Path) -> tuple[str, ...]:
    """Where git works: in the work tree."""
    return ("-C", str(tree), f"--work-tree={tree}")


def _fill(tree: Path, conflict: OpenConflict) -> None:
    make_work_tree(tree)
    # what this run made is in its scratch repository, which goes away; the rest is in the cache
    begun = conflict.repository.edit_tree(conflict.merge.tree, conflict.beside(conflict.files))
    shutil.copytree(
        conflict.repository.objects_directory, tree / ".git/objects", dirs_exist_ok=True
    )
    (tree / ".git/info/exclude").write_text(_LEFTOVERS)
    cell = conflict.cell
    with Repository(tree) as repository:
        message = f"{cell.project} {cell.base} with the series up to {cell.patch}\n"
        made = repository.run("commit-tree", cell.before, stdin=message.encode(), env=_WHO)
        repository.run("update-ref", "refs/heads/series", made.stdout.decode().strip())
        repository.run("read-tree", begun)
        repository.run(*_at(tree), "checkout-index", "--all", "--force", "--quiet")
        repository.run(*_at(tree), "update-index", "-q", "--refresh", accept=(0, 1))
        repository.run("update-index", "-z", "--index-info", stdin=_stages(conflict))
    labels = Labels(
        ours=f"ours: {cell.project} {cell.base}",
        ancestor="common ancestor: what the patch was made on",
        theirs=f"theirs: {cell.patch}",
    )
    for file in conflict.files:
        _fill_in(tree / file.path, file, conflict.replayed(file), labels)


def _fill_in(path: Path, file: OpenFile, replayed: ReplayedFile, labels: Labels) -> None:
    """Write the open *file* as far as it is known; one that is in question as a whole stays."""
    if replayed.gone:
        path.unlink(missing_ok=True)
    elif not file.is_whole or None not in replayed.texts:
        path.write_bytes(edited(file, marked(file, replayed.texts, labels), replayed.edits))
        path.chmod(0o755 if replayed.mode == "100755" else 0o644)


def _stages(conflict: OpenConflict) -> bytes:
    """The index entries of the conflicting paths, as ``update-index --index-info`` reads them."""
    done = {
        file.path
        for file in conflict.files
        if file.is_whole and None not in conflict.replayed(file).texts
    }
    files = {path: sides for path, sides in conflict.merge.files.items() if path not in done}
    lines = [f"0 {'0' * 40}\t{path}" for path in files]
    lines += [
        f"{entry.mode} {entry.oid} {stage}\t{path}"
        for path, sides in files.items()
        for stage, entry in enumerate(sides, 1)
        if entry
    ]
    return "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")


def _home(state: State) -> Path:
    return state.directory / "resolve"


def _read(directory: Path) -> ResolveSession:
    try:
        data = json.loads(read_file(directory / _STATE))
        data.pop("folder", None)  # null in what older versions wrote
        if not all(isinstance(value, str) for value in data.values()):
            raise ValueError("a value is not a string")
        return ResolveSession(**(data | {"directory": directory}))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SeriesError(f"{directory / _STATE} is damaged", cause=str(error)) from error
