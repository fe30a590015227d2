"""The environment of the programs that we start: made here, and complete.

A program of our own work (git on our repositories, tar, lintian) sees a short list of the
caller's variables. A program that the user configured (git that fetches, with their credential
helper and proxy; debsign, dput, a builder) sees theirs, but for what would redirect git. Both get
what programs take for granted: HOME, USER, LOGNAME, a stable locale and zone.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from enum import Enum

_STABLE = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "C", "TZ": "UTC"}

_NEEDED = ("TMPDIR", "GIT_EXEC_PATH", "LD_LIBRARY_PATH", "LD_PRELOAD")
"""What says where programs find their own parts, or where they may write."""

_FETCH_SETTINGS = frozenset(
    {
        "GIT_ASKPASS",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSH_VARIANT",
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
        "GIT_SSL_NO_VERIFY",
        "GIT_PROXY_COMMAND",
        "GIT_EXEC_PATH",
    }
)
"""The user's GIT_* settings that only say how to reach a server."""

_HOMELESS = "/nonexistent"
"""The home of who has none, as Debian's users of services have it."""


class Inherit(Enum):
    """How much of the caller's environment a program sees."""

    PATH = "path"
    """PATH alone, for a program whose output tells of its environment."""
    ESSENTIALS = "essentials"
    """PATH, HOME, USER, LOGNAME, TMPDIR, and what the program loader needs."""
    ALL = "all"
    """Everything, but for the variables that redirect git or change its results."""


def environment(
    extra: Mapping[str, str] | None = None, inherit: Inherit = Inherit.ESSENTIALS
) -> dict[str, str]:
    """The whole environment of a program: as *inherit* says, with *extra* on top."""
    caller = dict(os.environ)
    path = {"PATH": caller.get("PATH") or os.defpath}
    if inherit is Inherit.PATH:
        return path | _STABLE | dict(extra or {})
    scrub(caller)
    complete(caller)
    if inherit is Inherit.ESSENTIALS:
        names = (*_NEEDED, "HOME", "USER", "LOGNAME")
        caller = {name: caller[name] for name in names if name in caller}
    return caller | path | _STABLE | dict(extra or {})


def scrub(environ: MutableMapping[str, str]) -> None:
    """Remove from *environ* each GIT_* variable that would redirect git or change its results."""
    for name in [n for n in environ if n.startswith("GIT_") and n not in _FETCH_SETTINGS]:
        del environ[name]


def complete(environ: MutableMapping[str, str]) -> None:
    """Give *environ* HOME, USER and LOGNAME where they are missing: cron and containers do."""
    try:
        account = pwd.getpwuid(os.getuid())
        name, home = account.pw_name, account.pw_dir
    except KeyError:  # a user id without an account, as containers are run with
        name, home = f"uid-{os.getuid()}", _HOMELESS
    name = environ.get("USER") or environ.get("LOGNAME") or name
    for variable, value in (("HOME", home), ("USER", name), ("LOGNAME", name)):
        if not environ.get(variable):
            environ[variable] = value


@contextmanager
def loading_git_library() -> Iterator[None]:
    """Keep GitPython quiet while it is imported.

    It tries git then, and calls one that the user's configuration stops an ImportError.
    """
    mine = {
        "GIT_PYTHON_REFRESH": "quiet",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    before = {name: os.environ.get(name) for name in mine}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
