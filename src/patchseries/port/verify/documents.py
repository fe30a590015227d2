"""The checks of files that hold data: they can be read, and no key of a mapping stands twice.

What a reader makes of a key that stands twice differs: one takes the last, the next refuses. As
everywhere, only what is new is told, and a template that no reader takes is none of our business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.lines import Run, encode
from patchseries.port.hunks.resolve import Sound
from patchseries.port.verify.grammar import MAX_BYTES, UnparsedError
from patchseries.port.verify.language import Places, not_verified
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.required import Requirement, check_required

_REPEATED = 0.5
_UNREADABLE = 0.25


@dataclass(frozen=True)
class Document:
    """What a text holds.

    :ivar error: the line (from 0) at which it cannot be read any further; None when it can
    :ivar repeated: the keys that stand again in a mapping, with the lines of these
    """

    error: int | None = None
    repeated: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def more_than(self, *others: Document) -> Iterator[tuple[str, int]]:
        """The keys that stand again more often than in any of *others*, with the last line."""
        for key, lines in self.repeated.items():
            if len(lines) > max(len(other.repeated.get(key, ())) for other in others):
                yield key, lines[-1]


Together = Callable[[Port, Sequence[PortedFile]], Iterator[Finding]]
"""A check of all the files of one port that are in one language."""


def _nothing(_: Port, __: Sequence[PortedFile]) -> Iterator[Finding]:
    yield from ()


@dataclass(frozen=True, eq=False)
class DocumentLanguage:
    """A way to write data down.

    :ivar name: what people call it
    :ivar suffixes: how the names of its files end
    :ivar parse: reads a text that is not empty; UnparsedError when what it takes is not installed
    :ivar requirement: how a line says that it needs another file of the project
    :ivar together: what only all files of the port show
    """

    name: str
    suffixes: tuple[str, ...]
    parse: Callable[[bytes], Document]
    requirement: Requirement | None = None
    together: Together = field(default=_nothing)

    def read(self, text: bytes) -> Document:
        """What *text* holds; UnparsedError when that is not looked at."""
        if len(text) > MAX_BYTES:
            raise UnparsedError("it is too large to parse")
        return self.parse(text) if text.strip() else Document()

    def owns(self, path: str, first_line: bytes) -> bool:  # noqa: ARG002
        """Whether a file is in this language, by its name."""
        return path.endswith(self.suffixes)

    def examination(self, port: Port) -> DocumentExamination:
        """The checks over the files of *port* in this language."""
        return DocumentExamination(port, self)

    def soundness(self, path: str, ours: str, theirs: str) -> Sound:  # noqa: ARG002
        """A text is worth less in which a key stands again, and less still if it cannot be read.

        None is refused, and all are worth the same if a side cannot be read itself.
        """

        @cache
        def sides() -> list[Document]:
            return [self.read(encode(side)) for side in (ours, theirs)]

        def sound(lines: Sequence[str], _: Sequence[Run]) -> float:
            try:
                made = self.read(encode("".join(lines)))
                if any(side.error is not None for side in sides()):
                    return 1
            except UnparsedError:
                return 1
            if made.error is not None:
                return _UNREADABLE
            return _REPEATED if any(made.more_than(*sides())) else 1

        return sound


class DocumentExamination:
    """The checks over the files of one port that are in one language of data."""

    def __init__(self, port: Port, language: DocumentLanguage) -> None:
        """Nothing was examined yet."""
        self._port = port
        self._language = language
        self._files: list[PortedFile] = []

    def check(self, file: PortedFile) -> Iterator[Finding]:
        """All that one file shows."""
        if not file.ours or not file.result:
            return
        self._files.append(file)
        if self._language.requirement:
            yield from check_required(self._port, file, self._language.requirement)
        if not file.is_same:
            try:
                yield from self._check_text(file)
            except UnparsedError as error:
                yield not_verified(file, str(error))

    def check_together(self, reported: Places) -> Iterator[Finding]:
        """What all of them together show."""
        for found in self._language.together(self._port, self._files):
            if (found.file, found.line) not in reported:
                yield found

    def _check_text(self, file: PortedFile) -> Iterator[Finding]:
        """A text that cannot be read or repeats a key, where neither side does."""
        language = self._language
        made = language.read(file.result)
        if made.error is None and not made.repeated:
            return
        sides = [language.read(text) for text in (file.onto, file.after)]
        if made.error is None:
            for key, line in made.more_than(*sides):
                what = f"{key} stands more than once in a mapping"
                yield self._finding(PortCode.DUPLICATE_DEFINITION, file, line, what)
        elif all(side.error is None for side in sides):
            what = f"the result is not valid {language.name}"
            yield self._finding(PortCode.SYNTAX, file, made.error, what)
        else:
            yield not_verified(file, f"it is no plain {language.name}")

    def _finding(self, code: PortCode, file: PortedFile, line: int, what: str) -> Finding:
        hint = "the target had it already; keep one" if code != PortCode.SYNTAX else None
        return Finding(code, Severity.ERROR, what, file=file.path, line=line + 1, hint=hint)
