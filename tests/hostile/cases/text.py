"""Text that would steer a terminal, be taken for markup, or break what shows it."""

from __future__ import annotations

from collections.abc import Callable

from hostile.runner import Case, World


def _conflict_in(
    path: str, *, subject: str = "Fix", author: str = "Ann <ann@test.invalid>"
) -> Callable[[World], object]:
    """Plant a patch that conflicts in the file *path* on 1.1."""

    def plant(world: World) -> None:
        with world.upstream() as upstream:
            start = upstream.commit({path: b"a\nb\nc\n"}, "Begin", branch="x")
            upstream.tag("1.0", "refs/heads/x")
            upstream.commit({path: b"a\nB\nc\n"}, "Theirs", branch="y", parent=start)
            upstream.tag("1.1", "refs/heads/y")
            fix = upstream.commit({path: b"a\nfixed\nc\n"}, subject, branch="x", author=author)
        world.patches(fix=fix)

    return plant


def _about(name: str, path: str, shown: str) -> list[Case]:
    """Every command that shows a conflict in *path*."""
    plant = _conflict_in(path)
    told = (shown,)
    return [
        Case(f"{name}: rebase", plant, ("rebase",), 1, told),
        Case(f"{name}: rebase --json", plant, ("rebase", "--json"), 1),
        Case(f"{name}: why", plant, ("why", "fix", "--onto", "1.1"), 1, told),
        Case(f"{name}: why --json", plant, ("why", "fix", "--onto", "1.1", "--json"), 1),
        Case(f"{name}: resolve", plant, ("resolve", "fix", "--onto", "1.1"), 1, told),
        Case(f"{name}: check", plant, ("check",), 1, first=(("fetch",),)),
        Case(f"{name}: check --full", plant, ("check", "--full"), 1, first=()),
        Case(f"{name}: report", plant, ("report",), 0),
        Case(f"{name}: run", plant, ("run",), 1),
    ]


CASES = (
    *_about("markup in a path", "app/[/x].js", r"app/\[/x\]\.js"),
    *_about("brackets in a path", "app/[id]/page.js", r"app/\[id\]/page\.js"),
    *_about("escapes in a path", "a\x1b[31m\x1b]0;t\x07.py", r"a\\x1b\[31m\\x1b\]0;t\\x07\.py"),
    *_about("a line feed in a path", "a\n::error::x.py", r"a\\n"),
    *_about("a path that is not UTF-8", "caf\udce9.py", r"caf\\xe9\.py"),
)
