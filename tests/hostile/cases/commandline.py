"""The command line itself: words of any length, and the demonstration where it is not welcome."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from hostile.runner import Case, World, as_it_is

_LONG = "x" * 100_000
"""As long as the system lets one word be, nearly."""
_ODD = "\x1b[31m[/x]" * 5_000

_WORDS = (
    ("a command", ("{word}",)),
    ("an option", ("rebase", "--{word}")),
    ("--onto", ("rebase", "--onto", "{word}")),
    ("--patch", ("rebase", "--patch", "{word}")),
    ("--project", ("rebase", "--project", "{word}")),
    ("--color", ("rebase", "--color", "{word}")),
    ("a series", ("status", "{word}")),
    ("a rule", ("check", "--explain", "{word}")),
    ("a format", ("check", "--format", "{word}")),
    ("a patch to show", ("show", "{word}")),
    ("a patch to explain", ("why", "{word}")),
    ("a patch to resolve", ("resolve", "{word}")),
    ("a patch to sign off", ("accept", "{word}")),
    ("an operation", ("undo", "{word}")),
)
WORDS = tuple(
    Case(f"{kind} for {name}", as_it_is, tuple(w.replace("{word}", word) for w in words), 2)
    for name, words in _WORDS
    for kind, word in (("100,000 letters", _LONG), ("50,000 letters of ESC and markup", _ODD))
)  # fmt: skip

# The demonstration --------------------------------------------------------------------------------

_SERIES = Path(__file__).parents[3] / "series" / "demo.toml"
_OWN = Path(__file__).parents[3] / "patches" / "own"


def _demo(spoil: Callable[[World], object]) -> Callable[[World], object]:
    """The demonstration's series in the project, and what *spoil* does to it."""

    def plant(world: World) -> None:
        world.manifest.unlink()
        shutil.copy(_SERIES, world.project / "series" / "demo.toml")
        shutil.copytree(_OWN, world.project / "patches" / "own")
        spoil(world)

    return plant


def _link(path: str) -> Callable[[World], object]:
    """The project's *path* is a link to a directory outside."""

    def spoil(world: World) -> None:
        place = world.project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(world.outside)

    return spoil


def _upstreams(make: Callable[[World, Path], object]) -> Callable[[World], object]:
    """Something stands where the demonstration makes its upstreams."""

    def spoil(world: World) -> None:
        world.cache.chmod(0o700)
        make(world, world.cache / "demo-upstreams")

    return spoil


DEMO = tuple(
    Case(f"the demonstration, where {name}", _demo(spoil), ("demo",), status, lines=3,
         writes=True)
    for name, spoil, status in (
        ("its patches lead outside", _link("patches/demo"), 3),
        ("build/ leads outside", _link("build"), 3),
        ("its manifest is another's",
         lambda w: w.write("series/demo.toml", 'schema = 1\n[series]\nname = "\\u001b[31m"\n'), 3),
        ("its upstreams are a link outside", _upstreams(lambda w, p: p.symlink_to(w.outside)), 0),
        ("its upstreams are a file", _upstreams(lambda _, p: p.write_text("x")), 0),
        ("its lock is a link outside", lambda w: (w.project / "series/demo.lock").symlink_to(
            w.outside / "precious"), 3),
        ("no project is: it begins one", lambda w: shutil.rmtree(w.project / "series"), 0),
    )
)  # fmt: skip

CASES = (*WORDS, *DEMO)
