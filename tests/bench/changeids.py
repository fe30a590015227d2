"""What it costs to ask where very many changes landed: each of COUNT Change-Ids, of one history.

    SERIES_MIRRORS=DIR python tests/bench/changeids.py [COUNT [ORG/REPO]]

The default are 20,000 Change-Ids of openstack/nova. The index of the history is made first, in a
directory of its own. Prints the seconds of CPU and of the clock for that and for the answers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src")]

from patchseries.git import borrowed  # noqa: E402
from patchseries.landed.builder import open_index  # noqa: E402
from patchseries.landed.evidence import Tracked  # noqa: E402
from patchseries.landed.releaselines import lines_of  # noqa: E402
from patchseries.landed.releases import scheme_for  # noqa: E402
from patchseries.landed.verdict import landings  # noqa: E402

_CHANGE_ID = re.compile(rb"^Change-Id: *(I[0-9a-f]{40})\s*$", re.M)


def change_ids(mirror: Path, count: int) -> list[str]:
    """The Change-Ids of the *count* newest commits that have one of their own."""
    git = ["git", f"--git-dir={mirror}", "log", "--all", "--format=%B%x00"]
    listed = subprocess.run(git, capture_output=True, check=True)
    found = (match.decode() for match in _CHANGE_ID.findall(listed.stdout))
    return list(dict.fromkeys(found))[:count]


def main() -> int:
    """Print both rows."""
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(":")[0]
    if not mirrors:
        print("set SERIES_MIRRORS to a directory of mirrors ORG/REPO", file=sys.stderr)
        return 2
    count, name = (*sys.argv[1:], *("20000", "openstack/nova")[len(sys.argv) - 1 :])
    found = Path(mirrors) / name
    mirror = found / ".git" if (found / ".git").is_dir() else found
    asked = change_ids(mirror, int(count))
    print(f"load {os.getloadavg()[0]:.1f}; seconds of CPU / of the clock")
    start, clock = os.times(), time.monotonic()

    def took() -> str:
        used = sum(os.times()[:4]) - sum(start[:4])
        return f"{used:.2f} / {time.monotonic() - clock:.2f}"

    with tempfile.TemporaryDirectory() as directory, borrowed(mirror) as history:
        index = open_index(Path(directory) / "index.sqlite", history)
        print(f"index of {len(index)} commits: {took()}")
        start, clock = os.times(), time.monotonic()
        lines = lines_of(scheme_for(name.rpartition("/")[2], "", None), index.named_refs)
        landed = 0
        for change in asked:
            landed += bool(landings(index, lines, Tracked.named(change)).landed)
        print(f"{len(asked)} Change-Ids, of which {landed} landed: {took()}")
        index.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
