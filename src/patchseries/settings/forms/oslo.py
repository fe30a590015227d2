"""Files of oslo.config, by the rules of 2013.

A line with blanks before it goes on with the value above. An option may be set before no section.
Outer quotes of a value go. ``$name`` is the value of another option, see :func:`substituted`.

Source: oslo.config 1.1.1, which the tests run beside this; ``iniparser`` of later ones is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from patchseries.manifest import SettingEntry
from patchseries.settings.forms.form import (
    Assignment,
    Form,
    ParsedFile,
    Scalar,
    lines_of,
    same_number_or_text,
)

_BLANKS = " \t\r\x0b\x0c"
_TRUE, _FALSE = ("1", "yes", "true", "on"), ("0", "no", "false", "off")
_NAMED = re.compile(r"\$(?:(\$)|([_A-Za-z][_A-Za-z0-9]*)|\{([_A-Za-z][_A-Za-z0-9]*)\})")
_LONGEST = 100_000
_MOST_OPTIONS = 100


class _FormatError(ValueError):
    """Words on a line that oslo.config refuses."""


def parse(text: str) -> ParsedFile:
    """The assignments of *text*.

    >>> [(one.section, one.option, one.value) for one in parse("[a]\\nx = 1\\n  2\\n").assignments]
    [('a', 'x', '1\\n2')]
    """
    found: list[Assignment] = []
    number = 0
    reader = _OpenAssignment()
    try:
        for number, line in enumerate(lines_of(text), 1):
            found += reader.read(number, line.rstrip(_BLANKS))
        found += reader.ended()
    except _FormatError as error:
        return ParsedFile(tuple(found), str(error), number)
    return ParsedFile(tuple(found))


class _OpenAssignment:
    """Where the reading of a file stands: the section, and an option that may go on."""

    def __init__(self) -> None:
        self._section = ""
        self._option = ""
        self._values: list[str] = []
        self._lines = (0, 0)

    def read(self, number: int, line: str) -> Iterator[Assignment]:
        """The assignment that *line* ends, if there is one."""
        if line[:1] in (" ", "\t"):
            if not self._option:
                raise _FormatError("an indented line goes on with no value")
            self._values.append(line.lstrip(_BLANKS))
            self._lines = (self._lines[0], number)
            return
        yield from self.ended()
        if line.startswith("["):
            self._section = _section(line)
        elif line and line[0] not in "#;":
            self._option, value = _split(line)
            self._values, self._lines = [value], (number, number)

    def ended(self) -> Iterator[Assignment]:
        """The assignment that was read, which nothing follows."""
        if not self._option:
            return
        if not self._section:
            raise _FormatError(f"{self._option!r} stands before every [section]")
        yield Assignment(self._section, self._option, "\n".join(self._values), *self._lines)
        self._option = ""


def _section(line: str) -> str:
    if not line.endswith("]"):
        raise _FormatError("a section must end with ]")
    if len(line) <= 2:
        raise _FormatError("a section without a name")
    return line[1:-1]


def _split(line: str) -> tuple[str, str]:
    """The option and value of ``option = value`` or ``option: value``."""
    found = re.search("[:=]", line)
    if found is None:
        raise _FormatError("neither = nor : in an assignment")
    option, value = line[: found.start()].strip(_BLANKS), line[found.end() :].strip(_BLANKS)
    if not option:
        raise _FormatError("an assignment without an option")
    if value[:1] in ("'", '"') and value[0] == value[-1]:
        value = value[1:-1]
    return option, value


def substituted(value: str, lookup: Callable[[str], str | None]) -> str | None:
    """*value* with ``$name`` and ``${name}`` replaced by options of [DEFAULT]; ``$$`` is one ``$``.

    None where one is not set, names itself, or all of it is very long: what the daemon does then
    depends on its defaults.

    >>> substituted("$a-${a}$$", {"a": "x"}.get)
    'x-x$'
    """
    return _Substitution(lookup).of(value)


class _Substitution:
    """Works out the value of each option once."""

    def __init__(self, lookup: Callable[[str], str | None]) -> None:
        self._lookup = lookup
        self._values: dict[str, str | None] = {}

    def of(self, value: str) -> str | None:
        texts, at, length = [], 0, 0
        for found in _NAMED.finditer(value):
            name = found[2] or found[3]
            text = self._option(name) if name else "$"
            if text is None:
                return None
            texts += [value[at : found.start()], text]
            at, length = found.end(), length + len(text)
            if length > _LONGEST:
                return None
        return "".join([*texts, value[at:]])

    def _option(self, name: str) -> str | None:
        if name not in self._values:
            named = self._lookup(name) if len(self._values) < _MOST_OPTIONS else None
            self._values[name] = None  # for one that names itself
            self._values[name] = None if named is None else self.of(named)
        return self._values[name]


def _line(setting: SettingEntry, value: Scalar) -> str:
    """A value as oslo.config reads it: ``$`` would name another option, outer quotes go."""
    if isinstance(value, bool):
        return f"{setting.option} = {'true' if value else 'false'}"
    text = str(value).replace("$", "$$")
    quoted = text[:1] in ("'", '"') and text[:1] == text[-1:]
    return f'{setting.option} = "{text}"' if quoted else f"{setting.option} = {text}"


def _same(wanted: Scalar, value: str) -> bool:
    if isinstance(wanted, bool):
        return value.lower() in (_TRUE if wanted else _FALSE)
    return same_number_or_text(wanted, value.strip() if isinstance(wanted, int) else value)


def fragment(series: str, file: str) -> str:
    """Where the lines of *series* for *file* go: one directory for all files of a project.

    oslo.config of 2013 takes one ``--config-dir`` for each daemon.
    """
    top, _, rest = file.partition("/")
    last = file.rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    return f"{top}/conf.d/{series}-{stem}.conf" if rest else f"{series}-{stem}.conf"


FORM = Form(parse, _line, _same, fragment, has_sections=True)
