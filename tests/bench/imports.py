"""Real source packages imported and exported again: what comes back is compared byte for byte.

    python tests/bench/imports.py PACKAGES.txt

PACKAGES.txt names one source package a line, as ``apt-get source`` takes it; apt must know deb-src
entries. Only the .dsc and the debian part of each are fetched, into a directory that is removed.
With SERIES_MIRRORS, origins are looked up in the histories there; no other server is asked. The
exit status is 1 when a package failed or came back otherwise.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from patchseries.imports.package import read_package

_SERIES = [sys.executable, "-m", "patchseries"]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one package."""

    package: str
    form: str = "-"
    version: str = "-"
    patches: int = 0
    files: int = 0
    problems: int = 0
    identical: str = "-"
    origins: str = "-"
    seconds: float = 0.0
    failure: str = ""


def main(path: str) -> int:
    """Try every package of the list *path*; print a row for each as it is done, then a sum."""
    names = [line.split("#")[0].strip() for line in Path(path).read_text().splitlines()]
    rows = []
    print("| package | version | format | patches | files | problems", end=" | ")
    print(f"identical | origins | seconds |\n|{'---|' * 9}", flush=True)
    for name in filter(None, names):
        with tempfile.TemporaryDirectory(prefix="series-imports-") as directory:
            row = tried(name, Path(directory))
        rows.append(row)
        counts = f"{row.patches} | {row.files} | {row.problems}"
        same = row.failure or row.identical
        print(
            f"| {row.package} | {row.version} | {row.form} | {counts} | {same} | {row.origins}"
            f" | {row.seconds:.1f} |",
            flush=True,
        )
    done = [row for row in rows if not row.failure]
    alike = sum(row.identical == "yes" for row in done)
    patches = sum(row.patches for row in done)
    print(f"\n{len(rows)} packages, {len(done)} imported, {alike} identical, {patches} patches")
    return 0 if alike == len(rows) else 1


def tried(name: str, directory: Path) -> Row:
    """Fetch, import, export and compare one package."""
    try:
        dsc = fetched(name, directory)
        package = read_package(dsc)
    except (subprocess.CalledProcessError, StopIteration) as error:
        return Row(name, failure=f"not fetched: {_last_line(error)}")
    project = directory / "project"
    project.mkdir()
    start = time.monotonic()
    try:
        made = json.loads(_series(project, "import", str(dsc), "--offline", "--json"))
        _series(project, "export", str(directory / "back"))
    except subprocess.CalledProcessError as error:
        return Row(name, failure=f"failed: {_last_line(error)}")
    seconds = time.monotonic() - start
    back = _contents(directory / "back")
    origins = [patch["origin"] for patch in made["patches"] if patch["origin"]]
    sure = sum(not origin["doubtful"] for origin in origins)
    lookup = "by header" if any("not looked up" in o["evidence"] for o in origins) else "looked up"
    return Row(
        name,
        package.form or "-",
        made["version"],
        len(made["patches"]),
        len(back),
        len([one for one in made["problems"] if "not needed" not in one]),
        "yes" if back == _unpacked(dsc, directory) else "NO",
        f"{sure} + {len(origins) - sure} doubtful, {lookup}" if origins else "0",
        seconds,
    )


def fetched(name: str, directory: Path) -> Path:
    """The .dsc of *name*, fetched with its debian part."""
    for part in ("--dsc-only", "--diff-only"):
        argv = ["apt-get", "source", "-qq", "--only-source", "--download-only", part, name]
        subprocess.run(argv, cwd=directory, check=True, capture_output=True)
    return next(directory.glob("*.dsc"))


def _unpacked(dsc: Path, directory: Path) -> dict[str, bytes]:
    """debian/patches as tar and patch unpack it: programs that the import does not use."""
    tree = directory / "tree"
    tree.mkdir()
    part = next(p for p in dsc.parent.iterdir() if re.search(r"\.(debian\.tar|diff)\.\w+$", p.name))
    if ".debian.tar." in part.name:
        subprocess.run(["tar", "-xf", part, "-C", tree], check=True)
    else:
        diff = subprocess.run(["gzip", "-dc", part], check=True, capture_output=True).stdout
        only = _debian_sections(diff)
        subprocess.run(["patch", "-s", "-p1"], cwd=tree, input=only, check=True)
    return _contents(tree / "debian" / "patches")


def _debian_sections(diff: bytes) -> bytes:
    """The sections of a diff that make files below debian/."""
    parts = re.split(rb"^(?=--- [^\n]*\n\+\+\+ )", diff, flags=re.M)
    return b"".join(p for p in parts if re.match(rb"--- [^\n]*\n\+\+\+ [^/\n]+/debian/", p))


def _contents(directory: Path) -> dict[str, bytes]:
    if not directory.is_dir():
        return {}
    files = (p for p in directory.rglob("*") if p.is_file() and not p.is_symlink())
    return {str(p.relative_to(directory)): p.read_bytes() for p in files}


def _series(project: Path, *words: str) -> str:
    environment = {**os.environ, "SERIES_STATE": str(project.parent / "state")}
    done = subprocess.run(
        [*_SERIES, *words], cwd=project, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def _last_line(error: Exception) -> str:
    said = getattr(error, "stderr", "") or str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return (text.strip().splitlines() or [type(error).__name__])[-1][:120]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
