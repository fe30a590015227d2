"""The checks of files whose language a grammar describes.

As everywhere, only what is new is told: what the target or upstream's file had as well is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.hunks.lines import Run, encode
from patchseries.port.hunks.resolve import Sound
from patchseries.port.names.textsearch import says, shown
from patchseries.port.verify.blocks import blocks_around
from patchseries.port.verify.depth import check_depth
from patchseries.port.verify.grammar import Definition, Grammar, SyntaxTree, UnparsedError
from patchseries.port.verify.language import Places, not_verified
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.required import check_required
from patchseries.port.verify.strangers import Readers, check_strangers


@dataclass(frozen=True)
class TreeLanguage:
    """A language of which a grammar is all that is known."""

    grammar: Grammar

    def owns(self, path: str, first_line: bytes) -> bool:
        """Whether a file is in this language, by its name or, for a script, by its first line."""
        if path.endswith(self.grammar.suffixes):
            return True
        is_script = first_line.startswith(b"#!")
        return is_script and any(name in first_line for name in self.grammar.interpreters)

    def examination(self, port: Port) -> TreeExamination:
        """The checks over the files of *port* in this language."""
        return TreeExamination(port, self.grammar)

    def soundness(self, path: str, ours: str, theirs: str) -> Sound:  # noqa: ARG002
        """A text that does not parse where something was chosen is half as good, if both sides do.

        None is refused: what a macro stands for is in no grammar.
        """
        read, unpaired = self.grammar.read, self.grammar.unpaired

        def sound(lines: Sequence[str], chosen: Sequence[Run]) -> float:
            text = encode("".join(lines))
            if unpaired(text) and not any(unpaired(encode(side)) for side in (ours, theirs)):
                return 0.5
            try:
                if _Parts(self.grammar, text, chosen).parse or not read(text).errors(chosen):
                    return 1
                return 0.5 if all(read(encode(side)).parses for side in (ours, theirs)) else 1
            except UnparsedError:
                return 1

        return sound


class TreeExamination:
    """The checks over the files of one port that are in one language."""

    def __init__(self, port: Port, grammar: Grammar) -> None:
        """Nothing was examined yet."""
        self._port = port
        self._grammar = grammar
        self._readers: list[Readers] = []

    def check(self, file: PortedFile) -> Iterator[Finding]:
        """All the rules; of a file that is wholly upstream's, what it needs from others."""
        if self._grammar.requirement:
            yield from check_required(self._port, file, self._grammar.requirement)
        if not file.result:
            return
        try:
            rules = _FileCheck(self._port, self._grammar, file)
            if not file.is_same:
                yield from list(rules.check())
                yield from check_depth(file)
            self._readers.append(Readers(file, rules.reads()))
        except UnparsedError as error:
            yield not_verified(file, str(error))

    def check_together(self, reported: Places) -> Iterator[Finding]:
        """Names that upstream's files define, and the target says nowhere."""
        for found in check_strangers(self._port, self._grammar, self._readers):
            if (found.file, found.line) not in reported:
                yield found


_IMPORTS = re.compile(
    rb"(?:import|use|from|export|pub)\b|\}|\w*\s*[\"'`][^\"'`]+[\"'`];?$"
    rb"|\w+(?:\s+as\s+\w+)?,?$"
)
"""A stripped line that may be one of an import: only those of upstream's file are parsed."""

_WORDS = re.compile(rb"[\w$\x80-\xff]+")


class _Parts:
    """The blocks around some lines of a text, each parsed by itself."""

    def __init__(self, grammar: Grammar, text: bytes, runs: Sequence[Run]) -> None:
        lines = text.split(b"\n")
        blocks = blocks_around(lines, runs)
        self._runs = runs
        self._parts = [(grammar.read(b"\n".join([*lines[a:b], b""])), a) for a, b in blocks]

    @property
    def parse(self) -> bool:
        """Whether all of them do."""
        return all(tree.parses for tree, _ in self._parts)

    def is_sound_beside(self, other: _Parts) -> bool:
        """Whether no error reaches the lines, and there are none but those that *other* has."""
        if any(tree.errors(self._within(above)) for tree, above in self._parts):
            return False
        return self._errors() <= other._errors()

    def _errors(self) -> Counter[bytes]:
        """The texts of the lines on which errors begin."""
        found = (tree.text.split(b"\n")[row] for tree, _ in self._parts for row in tree.errors())
        return Counter(found)

    def definitions(self) -> Iterator[Definition]:
        """What is defined on the lines."""
        for tree, above in self._parts:
            for definition in tree.definitions(self._within(above)):
                yield definition._replace(line=definition.line + above)

    def imports(self) -> set[bytes]:
        """What imports on the lines name."""
        return {name for tree, above in self._parts for name in tree.imports(self._within(above))}

    def uses(self) -> dict[bytes, int]:
        """The plain names that the lines read, with the line of each in the text."""
        used = ((t.uses(self._within(above)), above) for t, above in self._parts)
        return {name: row + above for names, above in used for name, row in names.items()}

    def binds(self, name: bytes) -> bool:
        """Whether one of the blocks that parse gives *name* a meaning."""
        return any(tree.parses and tree.binds(name) for tree, _ in self._parts)

    def _within(self, above: int) -> list[Run]:
        return [(first - above, last - above) for first, last in self._runs if first >= above]


class _FileCheck:
    """The rules over one file of a port; the whole of a text is parsed when a rule needs that."""

    def __init__(self, port: Port, grammar: Grammar, file: PortedFile) -> None:
        self._port = port
        self._grammar = grammar
        self._file = file
        self._added = [(r.new_start, r.new_start + len(r.added)) for r in file.ours]
        self._removed = [(r.old_start, r.old_start + len(r.removed)) for r in file.ours]
        self._parts = _Parts(grammar, file.result, self._added)

    @cached_property
    def _used(self) -> Mapping[bytes, int]:
        return self._parts.uses()

    @cached_property
    def _old_parts(self) -> _Parts:
        return _Parts(self._grammar, self._file.onto, self._removed)

    @cached_property
    def _result(self) -> SyntaxTree:
        return self._grammar.read(self._file.result)

    @cached_property
    def _onto(self) -> SyntaxTree:
        return self._grammar.read(self._file.onto)

    @cached_property
    def _after(self) -> SyntaxTree:
        return self._grammar.read(self._file.after)

    def check(self) -> Iterator[Finding]:
        yield from self.check_syntax()
        yield from self.check_definitions()
        yield from self.check_removed()
        yield from self.check_imports()
        yield from self.check_bound()

    def reads(self) -> Mapping[bytes, int]:
        """The plain names that the added lines read and nothing near gives a meaning."""
        used = self._used
        return {name: row for name, row in used.items() if not self._parts.binds(name)}

    def check_syntax(self) -> Iterator[Finding]:
        """Errors beside what was ported, where neither upstream's lines nor the target's had any.

        In files without macros and the like, where both have none at all, one anywhere.
        """
        what = f"the result is not valid {self._grammar.name}"
        alone = self._grammar.unpaired(self._file.result)
        if alone and not any(map(self._grammar.unpaired, (self._file.onto, self._file.after))):
            yield self._finding(PortCode.SYNTAX, alone[0], what)
            return
        if self._parts.parse or self._parts.is_sound_beside(self._old_parts):
            return
        errors = self._result.errors(self._added)
        if errors:
            theirs = [(r.new_start, r.new_start + len(r.added)) for r in self._file.theirs]
            if self._after.errors(theirs) or self._onto.errors(self._removed):
                return
        elif self._result.parses or not (self._after.parses and self._onto.parses):
            return
        line = (errors or self._result.errors())[0]
        yield self._finding(PortCode.SYNTAX, line, what)

    def check_definitions(self) -> Iterator[Finding]:
        """What the port defines and its scope defines as well, more often than either side does."""
        added = {(each.name, each.key): each for each in self._parts.definitions()}
        for name, key, lead, line in added.values():
            if not self._says_twice(lead, name):
                continue
            count = self._result.most(name, key)
            if count > 1 and count > max(t.most(name, key) for t in (self._onto, self._after)):
                what = f"{shown(name)} is defined {count} times"
                hint = "the target had it already; keep one"
                yield self._finding(PortCode.DUPLICATE_DEFINITION, line, what, hint)

    def _says_twice(self, lead: bytes, name: bytes) -> bool:
        """Whether *name* stands twice in the result, after *lead*: without that it is not parsed.

        That the name alone stands there once is seen ten times sooner.
        """
        if self._file.result.count(name) < 2:
            return False
        alike = re.compile(rb"%b\s*%b(?!\w)" % (re.escape(lead), re.escape(name)))
        return sum(1 for _ in islice(alike.finditer(self._file.result), 2)) == 2

    def check_removed(self) -> Iterator[Finding]:
        """Names that the removed lines defined or imported, and that the file still reads."""
        removed = [run for run in self._removed if run[0] < run[1]]
        if not removed:
            return
        old = _Parts(self._grammar, self._file.onto, removed)
        gone = {definition.name for definition in old.definitions()} | old.imports()
        for name in sorted(name for name in gone if says(self._file.result, name)):
            if self._parts.binds(name) or self._result.binds(name):
                continue
            line = self._result.where_used(name)
            if line is None or self._is_elsewhere(name):
                continue
            what = f"{shown(name)} was removed but is still used"
            hint = "keep it, or change what uses it too"
            yield self._finding(PortCode.REMOVED_NAME_USED, line, what, hint)

    def _is_elsewhere(self, name: bytes) -> bool:
        """Whether upstream's file reads *name* without a meaning too, or the port moved it."""
        if self._after.where_used(name) is not None and not self._after.binds(name):
            return True
        others = (runs for path, runs in self._port.ours.lines.items() if path != self._file.path)
        return any(says(line, name) for runs in others for run in runs for line in run.added)

    def check_imports(self) -> Iterator[Finding]:
        """Names that added lines read, upstream's file imports, and this one gives no meaning."""
        if "@import" not in self._grammar.bindings:
            return
        used = self._used
        for name in sorted(self._lacking_imports(used.keys()) & used.keys()):
            if not self._parts.binds(name) and not self._result.binds(name):
                what = f"{shown(name)} is not imported in this file"
                hint = "upstream it is; find its name here"
                yield self._finding(PortCode.UNKNOWN_NAME, used[name], what, hint)

    def check_bound(self) -> Iterator[Finding]:
        """Names that added lines read, upstream's file binds, and the target's does not even say.

        But for imports, which are looked up by themselves.
        """
        if not self._grammar.is_closed:
            return
        used = self._used
        new = sorted(name for name in used if not says(self._file.onto, name))
        for name in (name for name in new if not self._parts.binds(name)):
            is_theirs = self._after.binds(name) and name not in self._after.all_imports
            if is_theirs and not self._result.binds(name):
                what = f"nothing in this file gives {shown(name)} a meaning"
                hint = "upstream something does; find its name here"
                yield self._finding(PortCode.UNKNOWN_NAME, used[name], what, hint)

    def _lacking_imports(self, names: Set[bytes]) -> Set[bytes]:
        """What upstream's file imports on lines that this one lacks and that say one of *names*."""
        here = set(self._file.result.split(b"\n"))
        lacking = [
            (row, row + 1)
            for row, line in enumerate(self._file.after.split(b"\n"))
            if line not in here
            and _IMPORTS.match(line.strip())
            and not names.isdisjoint(_WORDS.findall(line))
        ]
        parts = _Parts(self._grammar, self._file.after, lacking)
        return parts.imports() if parts.parse else self._after.all_imports

    def _finding(self, code: PortCode, line: int, what: str, hint: str | None = None) -> Finding:
        return Finding(code, Severity.ERROR, what, file=self._file.path, line=line + 1, hint=hint)
