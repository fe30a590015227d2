"""How many bytes the first fetch of a series moves, against full clones of its projects.

    SERIES_MIRRORS=DIR python tests/bench/fetch_bytes.py [NAME]

The mirrors are served by git http-backend on loopback; git's own ``insteadOf`` sends the
manifest's URLs there, so that nothing but the address differs from a fetch over the network.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from patchseries import process  # noqa: E402
from patchseries.errors import ProgramError  # noqa: E402
from patchseries.git import Repository  # noqa: E402
from patchseries.manifest import Manifest, load  # noqa: E402
from patchseries.sources import Cache, FetchOptions, fetch, wants  # noqa: E402
from patchseries.sources.mirrors import mirror_of  # noqa: E402
from support.gitserver import GitServer, serve  # noqa: E402

SHARE = 0.1  # the most that a first fetch may move of what full clones do


def main() -> int:
    """Print the figures; 0 when the share is kept, else 1."""
    name = sys.argv[1] if len(sys.argv) > 1 else "grizzly"
    mirrors = os.environ.get("SERIES_MIRRORS", "").split(":")[0]
    if not mirrors:
        print("set SERIES_MIRRORS to a folder of mirrors ORG/REPO", file=sys.stderr)
        return 2
    manifest = load(ROOT / "series" / f"{name}.toml")
    with tempfile.TemporaryDirectory() as folder, serve(Path(mirrors)) as server:
        scratch = Path(folder)
        redirect(manifest, server, scratch)
        first = first_fetch(manifest, server, scratch)
        tell(f"series fetch {name}", first)
        full = 0
        for url in dict.fromkeys(p.repository for p in manifest.projects.values()):
            try:
                count, how = clone(url, server, scratch), "git clone"
            except ProgramError:  # a mirror may lack some objects; then it cannot be cloned
                count, how = pack(mirror_of(url, [Path(mirrors)]), scratch), "pack of all in"
            tell(f"{how} {url}", count)
            full += count
    print(f"{'share of full clones':60} {first / full:11.2%}")
    return 0 if first <= SHARE * full else 1


def tell(what: str, count: int) -> None:
    """One line of the table."""
    print(f"{what:60} {count / 1e6:8.2f} MB", flush=True)


def redirect(manifest: Manifest, server: GitServer, home: Path) -> None:
    """A user's git configuration that finds every host of the manifest on loopback."""
    hosts = {f"https://{urlsplit(url).netloc}/" for url in repositories(manifest)}
    lines = "".join(f"\tinsteadOf = {host}\n" for host in sorted(hosts))
    (home / ".gitconfig").write_text(f'[url "{server.url()}"]\n{lines}')
    os.environ["HOME"] = str(home)


def repositories(manifest: Manifest) -> list[str]:
    """Every repository that the manifest fetches from."""
    return [want.repository for want in wants(manifest, (), ())]


def first_fetch(manifest: Manifest, server: GitServer, scratch: Path) -> int:
    """The bytes, both ways, of ``series fetch`` with an empty cache and no mirrors."""
    before = server.traffic.moved
    fetch(Cache(scratch / "cache"), wants(manifest, (), ()), {}, FetchOptions())
    return server.traffic.moved - before


def clone(url: str, server: GitServer, scratch: Path) -> int:
    """The bytes of a full clone, which is thrown away."""
    before = server.traffic.moved
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        process.run(["git", "clone", "--quiet", "--bare", url, folder])
    return server.traffic.moved - before


def pack(mirror: Path | None, scratch: Path) -> int:
    """The size of one pack of all that *mirror* has: what a full clone moves, at the least."""
    assert mirror is not None
    with tempfile.TemporaryDirectory(dir=scratch) as folder, Repository(mirror) as repository:
        objects = repository.run("rev-list", "--objects", "--all", "--missing=allow-any").stdout
        repository.run("pack-objects", "-q", "--delta-base-offset", f"{folder}/p", stdin=objects)
        return sum(path.stat().st_size for path in Path(folder).glob("*.pack"))


if __name__ == "__main__":
    sys.exit(main())
