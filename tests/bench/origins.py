"""How many upstream commits of real packages' patches an import finds, and what it claims wrongly.

    python tests/bench/origins.py [ORIGINS.jsonl]

Each line of ORIGINS.jsonl names a packaging repository below SERIES_MIRRORS, a ref of it, its
upstream, and for each patch with an upstream commit the Change-Ids or commits (of any branch) that
are right; every other patch of that series has none. They were looked up by hand, by the subjects
in `git log` and what the headers name. Doubtful answers are for a person: they are counted apart,
and neither found nor claimed. The exit status is 1 when something is claimed that is not so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patchseries.git import borrowed


def main(path: str) -> int:
    """Print a row for each patch, then the sums."""
    mirrors = [Path(one) for one in os.environ["SERIES_MIRRORS"].split(os.pathsep)]
    counts: Counter[str] = Counter()
    print(f"| package | patch | verdict | claimed | evidence |\n|{'---|' * 5}", flush=True)
    for line in Path(path).read_text().splitlines():
        asked = json.loads(line)
        place = next(m / asked["packaging"] for m in mirrors if (m / asked["packaging"]).is_dir())
        rows = list(judged(imported(place, asked), asked["origins"]))
        counts.update(verdict for _, verdict, _, _ in rows)
        for row in rows:
            print(f"| {asked['packaging']} {asked['ref']} | {' | '.join(row)} |", flush=True)
    there = sum(counts[name] for name in ("found", "doubtful", "missed", "another"))
    wrong = counts["another"] + counts["false claim"]
    found = f"found {counts['found']} ({counts['found'] / max(there, 1):.0%})"
    print(f"\n{sum(counts.values())} patches, {there} with an upstream commit: {found},", end=" ")
    print(f"{counts['doubtful']} marked doubtful, {counts['missed']} missed; false claims: {wrong}")
    return 1 if wrong else 0


def imported(place: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The patches of the ref, as `series import` sees them.

    Only what tells of them is taken from the repository, which may be a partial clone.
    """
    upstream = f"https://opendev.org/{asked['upstream']}.git"
    with tempfile.TemporaryDirectory(prefix="series-origins-") as directory:
        tree = Path(directory, "tree")
        with borrowed(place) as repository:
            commit = repository.resolve(asked["ref"])
            assert commit, asked["ref"]
            whole = repository.commit(commit).tree
            patches = repository.entry(whole, "debian/patches")
            names = (
                [f"patches/{path}" for path, _ in repository.walk(patches.oid)] if patches else []
            )
            for name in ("changelog", "control", "source/format", *names):
                path = tree / "debian" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(repository.file(whole, f"debian/{name}") or b"")
        words = ("import", str(tree), "bench", "--repository", upstream, "--dry-run", "--json")
        done = subprocess.run(
            [sys.executable, "-m", "patchseries", *words],
            cwd=directory,
            env={**os.environ, "SERIES_STATE": f"{directory}/state"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"{asked['packaging']} {asked['ref']}: {done.stderr}")
    found: list[dict[str, Any]] = json.loads(done.stdout)["patches"]
    return found


def judged(
    patches: list[dict[str, Any]], right: dict[str, list[str]]
) -> Iterator[tuple[str, str, str, str]]:
    """Each patch, what its answer is worth, and the answer."""
    assert right.keys() <= {patch["shown"] for patch in patches}, "a patch is not in the series"
    for patch in patches:
        origin, wanted = patch["origin"], right.get(patch["shown"])
        claimed = (origin["change_id"] or origin["commit"] or "") if origin else ""
        evidence = origin["evidence"] if origin else ""
        yield patch["shown"], _verdict(origin, wanted), claimed[:13], evidence


def _verdict(origin: dict[str, Any] | None, wanted: list[str] | None) -> str:
    if origin is None or origin["doubtful"]:
        words = ("missed", "none") if origin is None else ("doubtful", "none, doubtful")
        return words[0] if wanted else words[1]
    if not wanted:
        return "false claim"
    answers = filter(None, (origin["change_id"], origin["commit"]))
    return "found" if any(a.startswith(tuple(wanted)) for a in answers) else "another"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [str(Path(__file__).with_suffix(".jsonl"))]))
