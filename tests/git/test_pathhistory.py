"""What each commit did to the lines of a file."""

from __future__ import annotations

from pathlib import Path

from patchseries.git.pathhistory import PathChange, path_histories
from support.upstreams import Upstream


def test_each_commit_s_lines_oldest_first(tmp_path: Path) -> None:
    odd = "odd * [name].py"
    with Upstream(tmp_path / "made.git") as upstream:
        start = upstream.commit({"a.py": b"=x\n", odd: b"1\n"})
        first = upstream.commit({"a.py": b"=x\n=y\n", "odd 1 n.py": b"2\n"})
        second = upstream.commit({"a.py": b"=y\n", odd: b"3"})
        found = path_histories(upstream.repository, start, second, ["a.py", odd, "none"], 9)
        newest = path_histories(upstream.repository, start, second, ["a.py"], 1)
        none = path_histories(upstream.repository, start, second, [], 9)
    assert found == {
        "a.py": [PathChange(first, (b"=y\n",), ()), PathChange(second, (), (b"=x\n",))],
        odd: [PathChange(second, (b"3",), (b"1\n",))],
        "none": [],
    }
    assert newest == {"a.py": [PathChange(second, (), (b"=x\n",))]}
    assert none == {}
