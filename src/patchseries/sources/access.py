"""How a server is reached: credentials for it alone, proxies, certificates, patience."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from netrc import NetrcParseError, netrc
from pathlib import Path
from urllib.parse import urlsplit

from patchseries.errors import SeriesError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A Gerrit user and the HTTP password of their settings; never shown."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """How a server is reached.

    :param credentials: for what the public may not see
    :param ca_bundle: a file of certificates that are accepted instead of the usual ones
    :param proxies: scheme → proxy URL
    :param timeout: seconds to wait for a connection, and for each next byte
    :param attempts: how often a request is made before its failure is final
    :param longest_wait: seconds; a server that asks for more (Retry-After) is not waited for
    :param longest_answer: seconds in which one answer is to come whole
    :param longest_search: seconds in which all pages of an answer are to come
    :param sleep: waits so many seconds
    """

    credentials: Credentials | None = None
    ca_bundle: str | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    attempts: int = 4
    longest_wait: float = 60.0
    longest_answer: float = 120.0
    longest_search: float = 300.0
    sleep: Callable[[float], None] = time.sleep


def credentials_for(
    url: str, netrc_file: Path | None, variables: Mapping[str, str]
) -> Credentials | None:
    """The credentials for the server at *url*, and for no other.

    From SERIES_GERRIT_HOST, _USER and _PASSWORD among *variables* when the host is that one,
    else from the host's own entry in *netrc_file* (its default entry is for no server in
    particular, and is not sent to any).

    :raises SeriesError: the netrc file cannot be read
    """
    host = urlsplit(url).hostname or ""
    names = ("SERIES_GERRIT_HOST", "SERIES_GERRIT_USER", "SERIES_GERRIT_PASSWORD")
    given_host, user, password = (variables.get(name, "") for name in names)
    if host == given_host.lower() and user:
        return Credentials(user, password)
    if netrc_file is None or not netrc_file.is_file():
        return None
    try:
        entry = netrc(str(netrc_file)).hosts.get(host)
    except NetrcParseError as error:
        # Its own words may hold a password.
        raise SeriesError(f"{netrc_file} cannot be read: line {error.lineno} is wrong") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SeriesError(f"{netrc_file} cannot be read", cause=type(error).__name__) from None
    return Credentials(entry[0], entry[2]) if entry and entry[2] else None
