"""The head of a small manifest: one series, one project, its bases."""

from __future__ import annotations

import json
from collections.abc import Sequence

URL = "https://upstream.invalid/org/project.git"


def small_manifest(bases: Sequence[str], repository: str = URL) -> str:
    """The TOML of the series ``small`` with the project ``project``; ``[[patch]]`` follows."""
    return f"""\
schema = 1

[series]
name = "small"

[project.project]
repository = "{repository}"
bases = {json.dumps(list(bases))}
"""
