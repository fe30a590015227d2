"""The upstream tarball of a packaging repository's pristine-tar branch.

What the branch holds is a stranger's. pristine-tar itself gives the id of the tree to a shell,
unpacks the delta with tar, and packs whatever the delta's list of files names, also outside of the
tree. So it runs in a repository of our own, on a branch that we write: the id is one, the delta is
packed anew from checked members, and the tree has no symbolic links (pristine-tar itself packs an
empty file for each).
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from patchseries import process
from patchseries.debian.tarball import DAMAGE, check_tarball
from patchseries.errors import ProgramError, SeriesError
from patchseries.files import sha256_of_file, staging
from patchseries.git import Repository, TreeEntry, scratch
from patchseries.git.environment import ISOLATED

_BRANCH = "refs/heads/pristine-tar"
_REMOTE = re.compile(r"refs/remotes/[^/]+/pristine-tar")
_ID = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n?")
_FIELD = re.compile(r"(?:\./)?([a-z0-9]{1,20})")
_ESCAPE = re.compile(rb"\\([abfnrtv\\]|[0-9]{3})")
_UNSAFE = re.compile(rb"\A[/-]|(?:\A|/)\.\.(?:/|\Z)|\0")
_LARGEST_DELTA = 256 << 20  # bytes of a delta, unpacked
_LARGEST = 1 << 30  # bytes of a file that pristine-tar writes
_SECONDS = 1800


def pristine_tarball(
    repository: Repository, wanted: re.Pattern[str], directory: Path
) -> Path | None:
    """Write the tarball of the pristine-tar branch that is called as *wanted* into *directory*.

    :return: its path; None when there is no such branch, or no such tarball in it
    :raises SeriesError: the branch holds what no pristine-tar writes
    :raises ProgramError: pristine-tar is missing, or cannot make the tarball
    """
    branch = _branch(repository)
    files = repository.tree(repository.commit(branch).tree) if branch else {}
    names = {
        n.decode("ascii", "replace").removesuffix(".delta") for n in files if n.endswith(b".delta")
    }
    name = min(filter(wanted.fullmatch, names), default=None)
    if branch is None or name is None:
        return None
    delta, checksum = _checked_delta(_read(repository, branch, f"{name}.delta"), name)
    there = directory / name
    if there.is_file() and not there.is_symlink() and sha256_of_file(there) == checksum:
        return there
    tree = _tree(repository, _read(repository, branch, f"{name}.id"), name)
    with staging(directory) as stage, scratch(stage, [repository.objects_directory]) as own:
        _write_branch(own, name, delta, _without_links(own, tree))
        made = _checkout(own, stage, name)
        if checksum and sha256_of_file(made) != checksum:
            raise SeriesError(
                f"pristine-tar made a {name} with another SHA-256 than the branch says", hint=_HINT
            )
        os.replace(made, there)
    return there


# Private -----------------------------------------------------------------------------------------

_HINT = "name the upstream tarball: --orig FILE"


def _branch(repository: Repository) -> str | None:
    """The commit of the branch: the local one, else that of the remotes, if they have but one."""
    refs = repository.refs(_BRANCH, "refs/remotes/*/pristine-tar")
    if _BRANCH in refs:
        return refs[_BRANCH]
    found = {commit for name, commit in refs.items() if _REMOTE.fullmatch(name)}
    return found.pop() if len(found) == 1 else None


def _read(repository: Repository, branch: str, name: str) -> bytes:
    data = repository.file(repository.commit(branch).tree, name)
    if data is None:
        raise SeriesError(f"the pristine-tar branch has no {name}", hint=_HINT)
    return data


def _tree(repository: Repository, data: bytes, name: str) -> str:
    """The tree that *data*, a file ``.id``, names: directly, or by a commit."""
    found = _ID.fullmatch(data)
    if not found:
        raise SeriesError(
            f"{name}.id of the pristine-tar branch is not the id of a tree", hint=_HINT
        )
    oid = found[1].decode()
    if not repository.has(oid):
        hint = f"fetch the upstream branch (git fetch --unshallow), or {_HINT}"
        raise SeriesError(f"the tree of {name} is not in {repository.shown}: {oid}", hint=hint)
    kind, _ = repository.read(oid)
    return oid if kind == "tree" else repository.commit(oid).tree


def _checked_delta(data: bytes, name: str) -> tuple[bytes, str | None]:
    """The delta packed anew, and the SHA-256 of its tarball, if it says one."""
    fields = _fields(data, name)
    for line in fields.get("manifest", b"").split(b"\n"):
        if _UNSAFE.search(_unescaped(line)):
            raise SeriesError(f"{name}.delta has an unsafe path: {line[:100]!r}", hint=_HINT)
    if "wrapper" in fields:
        fields["wrapper"] = _packed(_fields(fields["wrapper"], name))
    return _packed(fields), fields.get("sha256sum", b"").decode("ascii", "replace").strip() or None


def _unescaped(line: bytes) -> bytes:
    r"""A path of a manifest as pristine-tar reads it.

    >>> _unescaped(rb"a/\056\056/b")
    b'a/../b'
    """
    return _ESCAPE.sub(lambda escape: _unescaped_one(escape[1]), line)


def _unescaped_one(escape: bytes) -> bytes:
    """The byte of an octal number (zero for what is none), and a harmless one for a letter."""
    if not escape.isdigit():
        return b"?"
    return bytes([int(escape, 8) & 255]) if re.fullmatch(rb"[0-7]+", escape) else b"\0"


def _fields(data: bytes, name: str) -> dict[str, bytes]:
    """The files in a delta, a tar archive in gzip: flat, and nothing but files."""
    fields: dict[str, bytes] = {}
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            plain = stream.read(_LARGEST_DELTA + 1)
        if len(plain) > _LARGEST_DELTA:
            raise SeriesError(f"{name}.delta is too large", hint=_HINT)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for member in archive:
                called = _FIELD.fullmatch(member.name)
                # a file with holes is as long as it says, once it is read
                if not called or not member.isreg() or member.issparse():
                    words = (
                        f"{name}.delta has a file that pristine-tar does not write: {member.name!r}"
                    )
                    raise SeriesError(words, hint=_HINT)
                file = archive.extractfile(member)
                fields[called[1]] = file.read() if file else b""
    except (tarfile.TarError, ValueError, OverflowError, *DAMAGE) as error:
        raise SeriesError(f"{name}.delta is damaged", cause=str(error), hint=_HINT) from error
    return fields


def _packed(fields: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for field, data in fields.items():
            member = tarfile.TarInfo(field)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def _without_links(own: Repository, tree: str) -> str:
    """*tree* with an empty file for each symbolic link."""
    empty = TreeEntry("100644", own.write_blob(b""))
    return own.edit_tree(tree, {p: empty for p, e in own.walk(tree) if e.mode == "120000"})


def _write_branch(own: Repository, name: str, delta: bytes, tree: str) -> None:
    files = {f"{name}.delta": delta, f"{name}.id": f"{tree}\n".encode()}
    entries = {n.encode(): TreeEntry("100644", own.write_blob(data)) for n, data in files.items()}
    commit = own.write_commit(own.write_tree(entries))
    own.run("update-ref", _BRANCH, commit)


def _checkout(own: Repository, stage: Path, name: str) -> Path:
    """Let pristine-tar make *name* in *stage*."""
    process.require("pristine-tar")
    out = stage / "out"
    out.mkdir()
    limits = ("prlimit", f"--fsize={_LARGEST}", f"--cpu={_SECONDS}")
    argv = [*limits, "pristine-tar", "checkout", name]
    # it gives the names of its scratch files to a shell, and does not quote them
    is_plain = re.fullmatch(r"[\w./+-]+", str(stage), re.ASCII)
    try:
        with TemporaryDirectory(dir=stage if is_plain else "/var/tmp") as scratch_files:
            env = {**ISOLATED, "GIT_DIR": str(own.git_dir), "TMPDIR": scratch_files}
            process.run(argv, cwd=out, env=env, timeout=_SECONDS)
    except ProgramError as error:
        words = f"pristine-tar cannot make {name}"
        raise ProgramError(words, cause=error.cause or error.message, hint=_HINT) from error
    path = out / name
    if not (path.exists() and stat.S_ISREG(path.lstat().st_mode)):
        raise ProgramError(f"pristine-tar made no {name}", hint=_HINT)
    check_tarball(path)
    return path
