"""A build hook of hatchling: the wheel installs the man pages below share/man."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPages(BuildHookInterface):
    """Makes the pages from the commands; that needs click and nothing else."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the wheel take the pages; an editable one has none."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from patchseries.cli.manpages import write

        self.made = tempfile.TemporaryDirectory()
        write(Path(self.made.name))
        build_data["shared_data"][self.made.name] = "share/man/man1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clear away."""
        if version != "editable":
            self.made.cleanup()
