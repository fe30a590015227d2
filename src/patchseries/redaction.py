"""Removing passwords from errors, progress and logs.

A URL may carry a password, a token as its user name, or either in its query. Such URLs come from
other programs (git's ``insteadOf``, redirects), from servers, and from the command line. All text
of an error passes :func:`redacted`, and so does what a program says.
"""

from __future__ import annotations

import re

HIDDEN = "***"

# Linear in the text: a part that may cross slashes has a bound.
_USER_INFO = re.compile(
    r"""(?:://|(?:(?<=http)|(?<=https)|(?<=ssh)|(?<=git)|(?<=file)|(?<=ftp)):/)"""
    r"""(?:(?P<info>[^/?#\s'"<>]+)@"""
    # a password that is not quoted as it should be: its slash ends the host for git
    r"""|(?P<odd>[^/?#\s:@]{0,200}:(?!\d{0,5}(?:[/?#\s'"<>,;)]|$))[^\s'"<>]{0,500}?)@)"""
)
_ENCODED = re.compile(r"""(%3A(?://|%2F%2F)|:%2F%2F)[^\s'"<>&/]{1,1000}?(?:@|%40)""", re.IGNORECASE)
"""The same inside the query of another URL."""

_QUERY = re.compile(
    r"""([?&;#][\w.-]{0,40}(?:token|passw|pwd|secret|key|auth|sig|credential)[\w.-]{0,40}=)"""
    r"""[^&;#\s'"<>]+""",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(\b(?:proxy-)?authorization\s{0,5}:\s{0,5}(?:\w{1,20}\s+)?)\S+", re.IGNORECASE
)


def redacted(text: str) -> str:
    """*text* with each password and token in a URL (or a header) replaced by ``***``.

    >>> redacted("fatal: https://ann:secret@host.invalid/x.git not found")
    'fatal: https://***@host.invalid/x.git not found'
    >>> redacted("ssh://git@host.invalid/x and https://host.invalid/x?token=abc&page=2")
    'ssh://git@host.invalid/x and https://host.invalid/x?token=***&page=2'
    >>> redacted("Authorization: Bearer abc")
    'Authorization: Bearer ***'
    """
    text = _USER_INFO.sub(_without_password, text)
    if "%" in text:
        text = _ENCODED.sub(rf"\1{HIDDEN}@", text)
    return _HEADER.sub(rf"\1{HIDDEN}", _QUERY.sub(rf"\1{HIDDEN}", text))


def has_user_info(url: str) -> bool:
    """Whether *url* names a password, or a user where that may be a token (not ``ssh://git@``).

    >>> has_user_info("https://token@host.invalid/x"), has_user_info("ssh://git@host.invalid/x")
    (True, False)
    """
    return _USER_INFO.sub(_without_password, url) != url


def _without_password(match: re.Match[str]) -> str:
    scheme = match.string[max(0, match.start() - 3) : match.start()].lower()
    user, colon, _ = (match["info"] or match["odd"]).partition(":")
    slashes = "://" if match[0].startswith("://") else ":/"  # as a path of it is written
    if scheme == "ssh":  # its user name is part of the address, and no secret
        return f"{slashes}{user}:{HIDDEN}@" if colon else match[0]
    return f"{slashes}{HIDDEN}@"
