"""The folders of real mirrors, read before the tests' hermetic world hides the caller's."""

from __future__ import annotations

import os

FOLDERS = [folder for folder in os.environ.get("SERIES_MIRRORS", "").split(os.pathsep) if folder]
