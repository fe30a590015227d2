"""Files of a project that nobody's tool wrote: wrong types, depths, numbers, names, encodings."""

from __future__ import annotations

import os
from collections.abc import Callable

from hostile.runner import MANIFEST, PATCH, Case, World

Plant = Callable[[World], object]
COMMIT = "1" * 40
RESOLUTION = """\
schema = 1
patch = "retry"
path = "call.py"
key = "0123"
choice = "ours"
author = "Ann <ann@test.invalid>"
date = 2013-04-04
reason = "x"
"""


def _manifest(text: str, *, whole: bool = False) -> Plant:
    """Plant *text* behind a good manifest, or as the *whole* of it."""
    good = MANIFEST + PATCH.format(name="log", commit=COMMIT)
    return lambda world: world.write("series/small.toml", text if whole else good + text)


def _lock(text: str) -> Plant:
    return lambda world: world.write("series/small.lock", text)


def _resolution(text: str) -> Plant:
    return lambda world: world.write("series/resolutions/small/x.toml", text)


def _manifest_case(name: str, text: str, *says: str, whole: bool = False, lines: int = 1) -> Case:
    words = (r"small\.toml:\d+: ", *says)
    return Case(
        f"manifest: {name}", _manifest(text, whole=whole), ("status",), 3, words, lines=lines
    )


def _lock_case(name: str, text: str, *says: str) -> Case:
    words = (r"small\.lock:\d+ is damaged", *says)
    return Case(f"lock: {name}", _lock(text), ("rebase",), 3, words)


def _resolution_case(name: str, text: str, *says: str) -> Case:
    words = (r"resolutions/small/x\.toml:\d+ is not a valid resolution", *says)
    return Case(f"resolution: {name}", _resolution(text), ("rebase",), 3, words)


def _not_utf8_name(world: World) -> None:
    folder = world.project / "patches" / "own"
    folder.mkdir(parents=True)
    (folder / os.fsdecode(b"caf\xe9.patch")).write_bytes(b"x\n")
    for base in (world.project / "patches" / "small").glob("*/*"):
        (base / os.fsdecode(b"caf\xe9.patch")).write_bytes(b"x\n")


def _cached_json(data: bytes) -> Plant:
    """Every JSON file of the cache holds *data*."""

    def plant(world: World) -> None:
        found = list(world.cache.rglob("*.json"))
        assert found, "the cache holds no JSON"
        for path in found:
            path.write_bytes(data)

    return plant


MANIFESTS = (
    _manifest_case("5,000 brackets", "x = " + "[" * 5000, "nested more than 64 deep"),
    _manifest_case("5,000 braces", "x = " + "{a = " * 5000, "nested more than 64 deep"),
    _manifest_case("a key of 20,000 parts", "a." * 20_000 + "b = 1", "more than 64 parts"),
    _manifest_case("a table of 20,000 parts", "[" + "a." * 20_000 + "b]", "more than 64 parts"),
    _manifest_case("a number of 5,000 digits", "x = " + "9" * 5000, "1000 digits"),
    _manifest_case("a day that is none", "x = 2013-02-31", "not valid TOML"),
    _manifest_case("NUL in a text", 'summary = "a\\u0000b"\n', "control character"),
    _manifest_case("ESC in a text", 'summary = "a\\u001b[31m"\n', "control character"),
    _manifest_case("NUL in a file's name", 'fixups = ["own/a\\u0000.patch"]\n', lines=2),
    _manifest_case("NUL in a key", '"a\\u0000" = 1\n', lines=2),
    _manifest_case("schema = true", "schema = true\n[series]\n", whole=True, lines=9),
    _manifest_case("project is a number", "schema = 1\nproject = 5\n", whole=True, lines=9),
    _manifest_case("project is a list", "schema = 1\nproject = [{}]\n", whole=True, lines=9),
    _manifest_case("patch is a list of numbers", "schema = 1\npatch = [1]\n", whole=True, lines=9),
    _manifest_case("series is a list", "schema = 1\nseries = [1]\n", whole=True, lines=9),
    _manifest_case("checks is a list", "schema = 1\nchecks = [1]\n", whole=True, lines=9),
    _manifest_case("a rule is a table", "[checks]\nconflict = {}\n", "expected a string in quotes"),
    _manifest_case("releases is a number", "schema = 1\nreleases = 3\n", whole=True, lines=9),
    _manifest_case("bounds of 5,000 digits", f'bases = ">=1.{"9" * 5000}"\n', "bases"),
    _manifest_case("a URL that is none", 'gerrit = "https://["\n', lines=2),
)
_NOT_UTF8 = Case(
    "manifest: bytes that are not UTF-8",
    lambda world: world.write("series/small.toml", b"schema = 1\n# caf\xe9\n"),
    ("status",),
    3,
    (r"small\.toml:2: not UTF-8 text",),
)

LOCKS = (
    _lock_case("brackets", "schema = 1\npins = " + "[" * 5000, "nested"),
    _lock_case("a long number", "schema = " + "9" * 5000),
    _lock_case("pins is a number", "schema = 1\npins = 3\n", "expected a list"),
    _lock_case("a pin is a number", "schema = 1\npins = [3]\n", "expected a table"),
    _lock_case(
        "a pin's commit is a list",
        'schema = 1\npins = [\n{repository = "x", rev = "y", commit = [1]},\n]\n',
        ":3 ",
    ),
    _lock_case(
        "a pin's rev is a table",
        f'schema = 1\npins = [{{repository = "x", rev = {{}}, commit = "{COMMIT}"}}]\n',
    ),
    _lock_case(
        "an outcome that is none",
        'schema = 1\ncells = [{patch = "log", base = "1.0", outcome = "great"}]\n',
    ),
    _lock_case(
        "accepted is a text",
        'schema = 1\ncells = [{patch = "log", base = "1.0", outcome = "clean",'
        ' accepted = "yes"}]\n',
        "accepted",
    ),
    _lock_case("landed is a table", "schema = 1\nlanded = {a = 1}\n", "expected a list"),
    _lock_case("dotted", "a." * 20_000 + "b = 1", "64 parts"),
)

RESOLUTIONS = (
    _resolution_case("rot13", RESOLUTION + '[[piece]]\nencoding = "rot13"\ntext = "x"\n', "rot13"),
    _resolution_case(
        "an encoding with NUL", RESOLUTION + '[[piece]]\nencoding = "a\\u0000"\ntext = "x"\n'
    ),
    _resolution_case("text is a number", RESOLUTION + "[[piece]]\ntext = 3\n"),
    _resolution_case("piece is a number", RESOLUTION + "piece = 3\n"),
    _resolution_case("piece is a list of numbers", RESOLUTION + "piece = [3]\n"),
    _resolution_case(
        "a take of 5,000 digits", RESOLUTION + f'[[piece]]\ntake = "ours:{"1" * 5000}"\n'
    ),
    _resolution_case("indent is a table", RESOLUTION + '[[piece]]\ntake = "ours:1"\nindent = {}\n'),
    _resolution_case("brackets", RESOLUTION + "x = " + "[" * 5000),
    _resolution_case(
        "latin-1 that it cannot hold", RESOLUTION + '[[piece]]\nencoding = "latin-1"\ntext = "→"\n'
    ),
    _resolution_case("date is a text", RESOLUTION.replace("2013-04-04", '"today"')),
    _resolution_case("an empty file", ""),
)

PLACES = (
    Case(
        "lock: NUL in a name",
        _lock('schema = 1\ncells = [{patch = "a\\u0000", base = "1.0", outcome = "clean"}]\n'),
        ("rebase",),
        1,
    ),
    Case(
        "patches/: names that are not UTF-8: check",
        _not_utf8_name,
        ("check",),
        1,
        (r"caf\\xe9",),
        first=(("rebase",),),
    ),
    Case(
        "patches/: names that are not UTF-8: rebase",
        _not_utf8_name,
        ("rebase",),
        1,
        first=(("rebase",),),
    ),
    Case(
        "patches/: names that are not UTF-8: test-apply",
        _not_utf8_name,
        ("test-apply",),
        1,
        first=(("rebase",),),
    ),
    Case(
        "cache: JSON 100,000 deep: check",
        _cached_json(b"[" * 100_000),
        ("check",),
        1,
        first=(("rebase",), ("check",)),
    ),
    Case(
        "cache: JSON that is a number: rebase",
        _cached_json(b"3"),
        ("rebase",),
        1,
        first=(("rebase",), ("check",)),
    ),
    Case(
        "cache: a number of 5,000 digits: report",
        _cached_json(b"9" * 5000),
        ("report",),
        0,
        first=(("rebase",), ("check",)),
    ),
)

CASES = (
    *MANIFESTS,
    _NOT_UTF8,
    *LOCKS,
    *RESOLUTIONS,
    *PLACES,
)
