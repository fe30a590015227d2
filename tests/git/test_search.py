"""Where words stand in a tree."""

from __future__ import annotations

from pathlib import Path

from patchseries.git.search import WordPlace, paths_with, places
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


def test_more_is_searched_for_than_an_argument_may_have(tmp_path: Path) -> None:
    with Upstream(tmp_path / "made.git") as upstream:
        files = {
            "a.js": b"x=" + b"1," * 600 + b"2\n",
            "b.js": b"y = 2\n",
            "c.txt": b"x = 1,2\n",
            "d.bin": b"y = 2\0\n",
        }
        tree = upstream.repository.commit(upstream.commit(files)).tree
        parts = [*(f"no {n}" + "-" * 990 for n in range(3_000)), "1," * 500]
        assert paths_with(upstream.repository, tree, parts) == ["a.js"]
        assert paths_with(upstream.repository, tree, ["y = 2", "y = 2\0"], ["*.js"]) == ["b.js"]
        assert paths_with(upstream.repository, tree, ["\0"]) == []


def test_what_is_too_long_to_be_searched_for_is_absent(tmp_path: Path) -> None:
    with Upstream(tmp_path / "made.git") as upstream:
        long = b"a" * 100_000
        tree = upstream.repository.commit(upstream.commit({"a.py": long + b"\nb\n"})).tree
        here = upstream.repository, tree
        assert list(places(*here, [long, b"b"])) == [WordPlace(b"b", "a.py", b"b")]
        assert list(places(*here, [long])) == []
        assert paths_with(*here, [long.decode()]) == []
