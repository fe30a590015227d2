"""What dpkg-source accepts of a patch, and what it takes and gets wrong."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """The tools that will unpack the package.

    ``current`` is Debian 12 (dpkg 1.21, patch 2.7); ``precise`` is Ubuntu 12.04 (dpkg 1.16.1,
    patch 2.6.1), which knows neither modes, renames nor links in a patch.
    """

    CURRENT = "current"
    PRECISE = "precise"
