"""git's network side. The one place where the user's git settings apply.

``url.*.insteadOf``, proxies and credentials are the user's way to reach a server, so fetching
reads their configuration; what is fetched is then verified by its commit id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from patchseries import process
from patchseries.environment import Inherit
from patchseries.errors import MachineError, ProgramError, UpstreamError
from patchseries.git.environment import NOWHERE
from patchseries.manifest.schema import TARBALLS
from patchseries.progress import ProgressCallback

_ENV = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # nor does a repository on this machine, which is served by git itself, fetch what it lacks
    "GIT_NO_LAZY_FETCH": "1",
    # ext:: would run a program of the URL's choice
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
}
_SETTINGS = (
    "fetch.fsckObjects=false",
    "gc.auto=0",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    # a server that sends less than this many bytes a second, for so many seconds, is given up
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
)
_SECONDS = 7200.0
"""In which a fetch comes to its end: the whole history of a large project over a slow line."""
_SECONDS_OF_LIST = 300.0
"""In which a server lists its refs."""
_REFUSED = re.compile(
    r"unadvertised object|not our ref|no such remote ref|couldn't find remote ref"
    r"|Server does not allow request",
    re.IGNORECASE,
)


class RefusedError(UpstreamError):
    """The server answers, but does not have what was asked for."""


def says_missing(refused: RefusedError, oid: str) -> bool:
    """Whether the server said that it does not have the object *oid*, or that no ref leads to it.

    Other refusals are of commit ids as such: then the commit may still be on a branch.
    """
    return f"not our ref {oid}" in (refused.cause or "")


def list_refs(url: str) -> dict[str, str]:
    """All heads and tags of *url*: full name → commit id, tags peeled.

    :raises UpstreamError: it cannot be reached
    """
    if url.startswith(TARBALLS):
        raise UpstreamError("the project has no repository, only tarballs")
    done = _remote(["ls-remote", "--heads", "--tags", "--", url], url)
    refs: dict[str, str] = {}
    for line in filter(None, done.stdout.decode("utf-8", "replace").split("\n")):
        oid, _, name = line.partition("\t")
        refs[name.removesuffix("^{}")] = oid  # the peeled line follows the tag's own
    return refs


def fetch_commits(
    url: str,
    git_dir: Path,
    refspecs: Sequence[str],
    *,
    depth: int | None,
    progress: ProgressCallback | None,
) -> None:
    """Fetch *refspecs* (commit ids or refs) of *url* into our repository *git_dir*.

    :param depth: how many commits of history (None: all)
    :raises RefusedError: the server refuses one of them
    :raises UpstreamError: it cannot be reached, or the transfer broke; nothing was added
    """
    if not refspecs:
        return
    shallow = [f"--depth={depth}"] if depth else []
    _remote(
        [
            *_fetch_command(progress),
            "--no-tags",
            *shallow,
            "--",
            url,
            *refspecs,
        ],
        url,
        git_dir,
        progress,
    )


def _fetch_command(progress: object) -> tuple[str, ...]:
    """``git fetch`` that writes refs and objects, and nothing besides."""
    return (
        "fetch",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--progress" if progress else "--no-progress",
    )


_UNFILTERED = re.compile("filtering not recognized by server")


def fetch_history(
    url: str, git_dir: Path, *, progress: ProgressCallback | None, commits_only: bool
) -> None:
    """Bring the commits of all branches and tags of *url* into our repository *git_dir*, no files.

    A server without partial clones sends everything. Refs deleted there are deleted here too.

    :param commits_only: stop when the server is one that would send everything
    :raises UpstreamError: it cannot be reached, or the transfer broke; nothing was added
    """

    def watch(line: str) -> None:
        if commits_only and _UNFILTERED.search(line):
            raise UpstreamError(
                f"{url} can send its history only with all files",
                hint="`series status` fetches it all the same, once",
            )
        if progress:
            progress(line)

    # As settings of this one call a partial clone leaves no trace in the repository: otherwise
    # local commands would fetch each missing tree by itself.
    settings = (f"url={url}", "promisor=true", "partialclonefilter=tree:0")
    partial = [word for setting in settings for word in ("-c", f"remote.history.{setting}")]
    _remote(
        [
            *partial,
            *_fetch_command(progress),
            "--filter=tree:0",
            "--prune",
            "history",
            "+refs/heads/*:refs/heads/*",
            "+refs/tags/*:refs/tags/*",
        ],
        url,
        git_dir,
        watch,
    )


def _remote(
    args: Sequence[str],
    url: str,
    git_dir: Path | None = None,
    progress: ProgressCallback | None = None,
) -> process.Result:
    # the repository is named, so that git takes no other's configuration for the user's
    where = f"--git-dir={git_dir}" if git_dir else NOWHERE
    settings = (word for setting in _SETTINGS for word in ("-c", setting))
    try:
        argv = ["git", where, *settings, *args]
        return process.run(
            argv,
            cwd=git_dir,
            env=_ENV,
            on_stderr=progress,
            inherit=Inherit.ALL,
            timeout=_SECONDS if git_dir else _SECONDS_OF_LIST,
        )
    except MachineError:
        raise
    except ProgramError as error:
        words = error.cause or error.message
        if _REFUSED.search(words):
            raise RefusedError(f"{url} does not have what was asked for", cause=words) from error
        raise UpstreamError(
            f"cannot fetch from {url}",
            cause=_reasons(words),
            hint=_hint(url),
        ) from error


def _hint(url: str) -> str:
    if urlsplit(url).hostname == "demo.invalid":
        return "the demonstration's upstreams are not on this machine: run `series demo`"
    return "check the URL and the network, or name a directory of clones: --mirror DIR"


def _reasons(words: str) -> str:
    """The lines of git's answer that say what was wrong, without progress and advice."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", words)]
    telling = [line for line in lines if re.match(r"(fatal|error|remote: .*error)", line)]
    return "; ".join(telling or lines[-2:])
