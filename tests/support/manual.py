"""The commands that the manual shows, and what it says that they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parents[2] / "docs" / "manual"
PROGRAMS = ("series", "cat", "git", "gbp")
"""What a console block may run."""
CHAPTERS = sorted(path.name for path in DIRECTORY.glob("*.md"))

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_JOB = re.compile(r"^\s*- (?:run: )?series (.*?)(?: \|\| .*)?$", re.MULTILINE)
_INLINE = re.compile(r"`series ([a-z][^`]*)`")


@dataclass(frozen=True)
class Shown:
    """A command: the words after the program's name, and the lines that it prints, among others.

    In a line, ``…`` stands for anything.
    """

    words: tuple[str, ...]
    prints: tuple[str, ...] = ()
    program: str = "series"

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
    """The commands of the console blocks (``$ series …``) with the lines below, in order."""
    return [shown for block in blocks(chapter, "console") for shown in _shown(block)]


def every_command(chapter: str) -> list[tuple[str, ...]]:
    """The words of each ``series`` command that the chapter has: blocks, jobs, running text."""
    running = _BLOCK.sub("", text(chapter))
    inline = [" ".join(found.split()) for found in _INLINE.findall(running)]
    jobs = [job for block in blocks(chapter, "yaml") for job in job_commands(block)]
    shown = [shown.words for shown in console(chapter) if shown.program == "series"]
    return shown + jobs + [_words(one) for one in inline]


def options(chapter: str) -> set[str]:
    """Each option that running text names: `--take`, or with its value (not patch's ``-p0``)."""
    running = _BLOCK.sub("", text(chapter))
    return set(re.findall(r"`(--?[a-z][a-z-]*)(?![0-9])", running))


def job_commands(block: str) -> list[tuple[str, ...]]:
    """The words after ``series`` on each line of a CI job."""
    return [_words(line) for line in _JOB.findall(block)]


def _shown(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        program, *words = _words(command)
        assert program in PROGRAMS, f"this is not run: {command}"
        prints = (re.sub(r"\s+", " ", line).strip() for line in lines)
        yield Shown(tuple(words), tuple(line for line in prints if line not in ("", "…")), program)


def _words(line: str) -> tuple[str, ...]:
    """The words of a command as a shell reads it: a comment is a word that begins with ``#``."""
    return tuple(shlex.split(re.sub(r"(?:^|\s)#.*", "", line)))


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in line.split("…")))
