"""The upstream tarball that debian/watch finds: uscan searches for it, and we download it.

uscan runs in its safe mode, in which it only reports: it starts no script of the watch file and
repacks nothing. It sees debian/watch and debian/changelog alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

from patchseries import process
from patchseries.environment import Inherit
from patchseries.errors import ProgramError, UpstreamError, UsageError
from patchseries.files import staging, write_atomic
from patchseries.sources.download import DownloadOptions, fetch_file

_URL = re.compile(r"<upstream-url>([^<\s]+)</upstream-url>")
_ENDING = re.compile(r"\.tar\.(?:gz|xz|bz2|lzma)\Z|\.(tgz)\Z")
_REPACKED = re.compile(r"^Files-Excluded", re.M | re.I)
_SECONDS = 600


def tarball_of_watch(
    debian: Mapping[str, bytes], name: str, release: str, directory: Path, options: DownloadOptions
) -> Path:
    """Download the tarball of *release* that debian/watch finds, as NAME.orig.tar.* in *directory*.

    :param debian: the files of debian/
    :param name: ``SOURCE_VERSION``
    :raises UsageError: debian/ has no watch file, or asks for a tarball that is packed anew
    :raises UpstreamError: there is no such tarball
    :raises ProgramError: uscan is missing or fails
    """
    if "watch" not in debian:
        raise UsageError("debian/watch is missing", hint="leave out --uscan")
    if _REPACKED.search(debian.get("copyright", b"").decode("utf-8", "replace")):
        raise UsageError(
            "debian/copyright has Files-Excluded: the tarball has to be repacked",
            hint="run uscan yourself; the tarball beside the repository is then taken",
        )
    url = _url(debian, release, directory)
    ending = _ENDING.search(url)
    if not (url.startswith(("http://", "https://")) and ending):
        raise UpstreamError(f"uscan found no tarball but {url}", hint="leave out --uscan")
    path = directory / f"{name}.orig{'.tar.gz' if ending[1] else ending[0]}"
    write_atomic(path, fetch_file(url, options))
    return path


def _url(debian: Mapping[str, bytes], release: str, directory: Path) -> str:
    """Where uscan says that the tarball of *release* is."""
    with staging(directory) as stage:
        (stage / "debian").mkdir()
        for file in ("watch", "changelog"):
            (stage / "debian" / file).write_bytes(debian[file])
        words = ("--no-conf", "--safe", "--dehs", "--download-version", release)
        done = process.run(
            ["uscan", *words],
            cwd=stage,
            env={"HOME": str(stage), "GIT_ALLOW_PROTOCOL": "https:http"},
            accept=(0, 1),
            timeout=_SECONDS,
            inherit=Inherit.ALL,  # proxies
        )
    found = _URL.search(done.stdout.decode("utf-8", "replace"))
    if done.status or not found:
        cause = next(iter(done.stderr.decode("utf-8", "replace").splitlines()), None)
        failed = f"uscan finds no tarball of {release}"
        raise ProgramError(failed, cause=cause, hint="leave out --uscan, or name --orig FILE")
    return html.unescape(found[1])
