"""The commands that the manual shows, and what it says that they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parents[2] / "docs" / "manual"
CHAPTERS = sorted(path.name for path in DIRECTORY.glob("*.md"))

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_JOB = re.compile(r"^\s*- (?:run: )?series (.*)$", re.MULTILINE)
_INLINE = re.compile(r"`series ([a-z][^`]*)`")


@dataclass(frozen=True)
class Shown:
    """A command: the words after ``series``, and the lines that it prints, among others.

    In a line, ``…`` stands for anything.
    """

    words: tuple[str, ...]
    prints: tuple[str, ...] = ()

    def missing(self, output: str) -> list[str]:
        """Which of its lines *output* does not have, in their order."""
        rest = iter(re.sub(r"\s+", " ", line).strip() for line in output.splitlines())
        return [p for p in self.prints if not any(_pattern(p).fullmatch(line) for line in rest)]


def text(chapter: str) -> str:
    """The chapter as it is written."""
    return (DIRECTORY / chapter).read_text()


def blocks(chapter: str, kind: str) -> list[str]:
    """The fenced blocks of one kind (``console``, ``yaml``)."""
    return [found[2] for found in _BLOCK.finditer(text(chapter)) if found[1] == kind]


def console(chapter: str) -> list[Shown]:
    """The commands of the console blocks, in order: ``$ series …`` and the lines below."""
    return [shown for block in blocks(chapter, "console") for shown in _shown(block)]


def every_command(chapter: str) -> list[tuple[str, ...]]:
    """The words of each command that the chapter names anywhere: blocks, jobs, running text."""
    running = _BLOCK.sub("", text(chapter))
    inline = [" ".join(found.split()) for found in _INLINE.findall(running)]
    jobs = [job for block in blocks(chapter, "yaml") for job in job_commands(block)]
    return [shown.words for shown in console(chapter)] + jobs + [_words(one) for one in inline]


def options(chapter: str) -> set[str]:
    """Each option that running text names by itself: `--take`, or with its value."""
    running = _BLOCK.sub("", text(chapter))
    return set(re.findall(r"`(--?[a-z][a-z-]*)", running))


def job_commands(block: str) -> list[tuple[str, ...]]:
    """The words after ``series`` on each line of a CI job."""
    return [_words(line) for line in _JOB.findall(block)]


def _shown(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        program, *words = _words(command)
        assert program == "series", f"only `series` is run: {command}"
        prints = (re.sub(r"\s+", " ", line).strip() for line in lines)
        yield Shown(tuple(words), tuple(line for line in prints if line not in ("", "…")))


def _words(line: str) -> tuple[str, ...]:
    return tuple(shlex.split(line, comments=True))


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in line.split("…")))
