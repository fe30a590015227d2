"""Which program works out a port: what must be the same on every machine that does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from platform import python_version_tuple

from patchseries import __version__, process
from patchseries.files import sha256
from patchseries.pipeline.programdigest import PACKAGE, library_versions, package_digest

_DIGITS = 12
_LONGEST = 60  # characters of a version that another machine says
_MOST = 3  # differences that are named


@cache
def program_parts() -> dict[str, str]:
    """The version of each part: the files of this program, git, Python, libraries and grammars."""
    git = process.run(["git", "--version"]).stdout.decode("utf-8", "replace").strip()
    return {
        "patchseries": f"{__version__} {package_digest(PACKAGE, '')[:_DIGITS]}",
        "git": git.removeprefix("git version "),
        "python": ".".join(python_version_tuple()[:2]),
        **library_versions(),
    }


def parts_digest(parts: Mapping[str, str]) -> str:
    """A digest of all *parts*."""
    return sha256(json.dumps(sorted(parts.items())).encode())


def difference(there: object) -> str:
    """How the parts that another machine says it has differ from those here; empty: in nothing."""
    if not isinstance(there, dict):
        why = f"{type(there).__name__}: {there}".split("\n")[0]
        return f"it cannot say which program it has ({why[:200]})"
    here = program_parts()
    if there == here:
        return ""
    words = list(_differences(there, here))
    more = f" and {len(words) - _MOST} more" if len(words) > _MOST else ""
    return "; ".join(words[:_MOST]) + more


def _differences(there: Mapping[object, object], here: Mapping[str, str]) -> Iterator[str]:
    for name in here:
        if there.get(name) != here[name]:
            version = str(there.get(name, "none"))[:_LONGEST]
            yield f"{name} is {version} there, {here[name]} here"
    if extra := there.keys() - here.keys():
        yield f"{len(extra)} parts that are not known here"
