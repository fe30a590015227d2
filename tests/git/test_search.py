"""Where words stand in a tree."""

from __future__ import annotations

from pathlib import Path

from patchseries.git.search import WordPlace, places
from support.upstreams import Upstream


def test_words_and_not_parts_of_words(tmp_path: Path) -> None:
    with Upstream(tmp_path / "made.git") as upstream:
        files = {
            "a:1.py": b"get(); get_all()\nforget()\n",
            "b/c.py": b"x.get = set\n",
            "d.bin": b"get\0set\n",
        }
        tree = upstream.repository.commit(upstream.commit(files)).tree
        assert list(places(upstream.repository, tree, [b"get", b"set", b"no"])) == [
            WordPlace(b"get", "a:1.py", b"get(); get_all()"),
            WordPlace(b"get", "b/c.py", b"x.get = set"),
            WordPlace(b"set", "b/c.py", b"x.get = set"),
        ]
        assert list(places(upstream.repository, tree, [])) == []
