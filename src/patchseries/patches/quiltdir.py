"""A packager's debian/patches as it was, and what becomes of it on a base."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from patchseries.errors import SeriesError
from patchseries.files import read_file
from patchseries.patches.compose import PatchFile
from patchseries.patches.quilt import (
    format_series,
    is_series_file,
    kept_series,
    parse_series,
    series_in_use,
)

_LARGEST = 64 * 1024 * 1024  # bytes in all; no real one comes near
_MOST = 20_000  # files


def read_quilt_directory(directory: Path) -> dict[str, bytes]:
    """The files of *directory*, by their path below it.

    :raises SeriesError: it is not there, is too large, or holds a symbolic link
    """
    if not directory.is_dir() or directory.is_symlink():
        raise SeriesError(
            f"there is no directory {directory}",
            hint="the manifest's `quilt` names a directory below patches/",
        )
    files: dict[str, bytes] = {}
    size = 0
    for parent, directories, names in os.walk(directory):
        for name in sorted((*directories, *names)):
            path = Path(parent, name)
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                continue
            if not stat.S_ISREG(status.st_mode):
                raise SeriesError(
                    f"{path} is a link or a device", hint="replace it by a regular file"
                )
            size += status.st_size
            if size > _LARGEST or len(files) >= _MOST:
                raise SeriesError(f"{directory} is too large to be a directory of patches")
            files[path.relative_to(directory).as_posix()] = read_file(path)
    return dict(sorted(files.items()))


def directory_of(
    files: Sequence[PatchFile],
    template: Mapping[str, bytes] | None = None,
    managed: Collection[str] = (),
    vendor: str = "debian",
) -> dict[str, bytes]:
    """The directory of one base: *files*, in order, with their series file, by path.

    :param template: the packager's directory, in a project with one: its series file, in the lines
        that still hold, and whatever lies beside the patches
    :param managed: the names of all patches of the manifest: on a base where one has no file, it
        is neither there nor in the series
    :param vendor: whose series file is in use; what only another's names stays as it is
    """
    names = [file.name for file in files]
    made = {file.name: file.data for file in files}
    if template is None:
        return {"series": format_series(names).encode()} | made
    in_use = series_in_use(template, vendor)
    texts = {in_use: "", **_series_files(template)}
    listed = {*_names(texts[in_use]), *managed}
    beside = {n: data for n, data in template.items() if n not in listed and n not in made}
    anew = {file.name for file in files if template.get(file.name) != file.data}
    series = {in_use: _encoded(kept_series(texts.pop(in_use), names, anew))}
    for name, text in texts.items():
        there = [n for n in dict.fromkeys(_names(text)) if n in beside or n in made]
        series[name] = _encoded(kept_series(text, there, anew))
    return beside | made | series


def _series_files(template: Mapping[str, bytes]) -> dict[str, str]:
    return {
        name: data.decode("utf-8", "surrogateescape")
        for name, data in template.items()
        if is_series_file(name)
    }


def _names(text: str) -> list[str]:
    return [line.name for line in parse_series(text)]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
