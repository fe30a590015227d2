"""A quilt ``series`` file: which patches apply, in order. Comments and order are kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|[ \t\r\f\v])#.*", re.DOTALL)
_WORD = re.compile(r"[^ \t\r\f\v]+")


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One patch of a series file: its name and the options after it (``-p1``)."""

    name: str
    options: tuple[str, ...] = ()


def parse_series(text: str) -> tuple[SeriesLine, ...]:
    """The patches that a ``series`` file names, without comments and blank lines.

    >>> parse_series("a.patch -p0")
    (SeriesLine(name='a.patch', options=('-p0',)),)
    >>> [line.name for line in parse_series("# first\\na.patch\\n\\nb.patch # why\\n")]
    ['a.patch', 'b.patch']
    """
    # Only ASCII separates: a name may hold any other character, U+2028 and U+00A0 among them.
    lines = (_WORD.findall(_COMMENT.sub("", line)) for line in text.split("\n"))
    return tuple(SeriesLine(words[0], tuple(words[1:])) for words in lines if words)


def format_series(names: Iterable[str]) -> str:
    """A ``series`` file that names *names*, each on a line of its own."""
    return "".join(f"{name}\n" for name in names)


def append_series(text: str, names: Iterable[str]) -> str:
    """*text* with *names* appended, and not a byte of what stands there changed but a final LF.

    >>> append_series("a.patch", ["b.patch"])
    'a.patch\\nb.patch\\n'
    """
    return (text if not text or text.endswith("\n") else text + "\n") + format_series(names)


def renamed_series(text: str, names: Mapping[str, str | None]) -> str:
    """*text* with each patch called as *names* says (None: its line is taken out).

    Comments, options and the order stay.

    >>> renamed_series("# x\\n1-a -p1\\n2-b\\n", {"1-a": None, "2-b": "1-b"})
    '# x\\n1-b\\n'
    """
    lines = []
    for line in text.splitlines(keepends=True):
        named = parse_series(line)
        name = named[0].name if named else ""
        new = names.get(name, name)
        if new is not None:
            lines.append(line.replace(name, new, 1) if name else line)
    return "".join(lines)


def strip_level(options: Iterable[str]) -> int:
    """The N of the ``-pN`` among *options*; 1 without one, as quilt and dpkg-source have it.

    >>> strip_level(("-R", "-p0")), strip_level(("-p", "2")), strip_level(("-pab",))
    (0, 2, 1)
    """
    found = re.search(r"(?:^|\0)-p\0?([0-9]{1,2})(?:\0|$)", "\0".join(options))
    return int(found[1]) if found else 1


def is_plain(options: Sequence[str]) -> bool:
    """Whether *options* say nothing but which strip level it is (``-pN``).

    >>> [is_plain(words) for words in ((), ("-p1",), ("-p0",), ("-p", "2"), ("-p0", "-R"))]
    [True, True, True, True, False]
    """
    return not options or bool(re.fullmatch(r"-p\0?[0-9]{1,2}", "\0".join(options)))


def is_series_file(name: str) -> bool:
    """Whether *name*, in a directory of patches, is ``series`` or a vendor's (``debian.series``).

    >>> [is_series_file(name) for name in ("series", "ubuntu.series", "a/series", "series.patch")]
    [True, True, False, False]
    """
    return name == "series" or ("/" not in name and name.endswith(".series"))


def series_in_use(names: Collection[str], vendor: str = "debian") -> str:
    """Which of the files *names* lists the patches: the vendor's own wins, as for dpkg-source.

    >>> series_in_use(["series", "ubuntu.series"]), series_in_use(["ubuntu.series"], "ubuntu")
    ('series', 'ubuntu.series')
    """
    return own if (own := f"{vendor}.series") in names else "series"


def kept_series(text: str, names: Sequence[str], made_anew: Collection[str] = ()) -> str:
    """The series file *text* for the patches *names*: every line, comment and option is kept.

    A line goes away where its patch is not in *names*; one that *text* lacks comes after its
    predecessor in *names*. Where *names* are in another order, the lines change places.

    :param made_anew: patches whose diff was made anew, for ``-p1``: they lose their options

    >>> kept_series("# why\\na -p0\\nb # b\\n", ["a", "x", "b"], {"a"})
    '# why\\na\\nx\\nb # b\\n'
    >>> kept_series("a\\n# gone\\nb", ["a"])
    'a\\n# gone\\n'
    """
    lines = [(_name_of(line), line) for line in text.split("\n")]
    kept = [(name, line) for name, line in lines if name is None or name in names]
    there = [name for name, _ in kept if name]
    by_name = {name: line for name, line in kept if name}
    moved = iter(sorted(there, key=list(names).index))
    result = [(name and next(moved), line) for name, line in kept]
    result = [(name, by_name[name] if name else line) for name, line in result]
    for at, name in enumerate(names):
        if name not in by_name:
            place = _place(result, names[:at])
            result.insert(place, (name, name))
    shown = [_bare(line) if name in made_anew else line for name, line in result]
    done = "\n".join(shown)
    return done if done in ("", text) or done.endswith("\n") else done + "\n"


def _place(lines: Sequence[tuple[str | None, str]], before: Sequence[str]) -> int:
    """Behind the nearest patch of *before*; else before the first patch, or at the end."""
    at = {name: index for index, (name, _) in enumerate(lines) if name}
    for name in reversed(before):
        if name in at:
            return at[name] + 1
    end = len(lines) - 1 if lines and lines[-1] == (None, "") else len(lines)
    return min(at.values(), default=end)


def _name_of(line: str) -> str | None:
    named = parse_series(line)
    return named[0].name if named else None


def _bare(line: str) -> str:
    """*line* without its options; its comment stays."""
    comment = _COMMENT.search(line)
    words, rest = (line[: comment.start()], comment[0]) if comment else (line, "")
    named = _WORD.search(words)
    if named is None or not words[named.end() :].strip():
        return line
    return words[: named.end()] + rest
