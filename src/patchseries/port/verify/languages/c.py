"""C."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles, directories_above

_DEFINITIONS = """
(function_definition declarator: (function_declarator declarator: (identifier) @name))
(function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
(struct_specifier name: (type_identifier) @name body: (_))
(enum_specifier name: (type_identifier) @name body: (_))
(enumerator name: (identifier) @name)
(preproc_def name: (identifier) @name)
(preproc_function_def name: (identifier) @name)
[(preproc_if) (preproc_ifdef) (preproc_elif) (preproc_else) (compound_statement)] @scope
"""

_BINDINGS = """
[(parameter_declaration declarator: (_) @local)
 (declaration declarator: (_) @local)
 (init_declarator declarator: (_) @local)
 (pointer_declarator declarator: (_) @local)
 (array_declarator declarator: (_) @local)
 (function_declarator declarator: (_) @local)
 (parenthesized_declarator (_) @local)
 (type_definition declarator: (_) @local)
 (preproc_params (identifier) @local)]
"""

_USES = """
(identifier) @name
(type_identifier) @name
"""

_DIRECTIVE = re.compile(rb"[ \t]*+#[ \t]*+(if|el|endif)")
_INCLUDE = re.compile(rb"^\s*+#\s*+include\s*+[\"<]([^\">\n]++)[\">]")


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:
    """Where the build may look for a header: above the file, and in the directories there."""
    for above in directories_above(path):
        yield posixpath.normpath(posixpath.join(above, name))
    for above in directories_above(path):
        for directory in tree.directories(above):
            yield posixpath.normpath(posixpath.join(directory, name))


def unpaired(text: bytes) -> list[int]:
    """The lines of ``#endif`` and ``#else`` without an ``#if``, and of ``#if`` without an end."""
    opened: list[int] = []
    alone: list[int] = []
    for row, line in enumerate(text.split(b"\n")):
        found = _DIRECTIVE.match(line) if b"#" in line else None
        if found and found[1] == b"if":
            opened.append(row)
        elif found and not opened:
            alone.append(row)
        elif found and found[1] == b"endif":
            opened.pop()
    return alone + opened


REQUIREMENT = Requirement(_INCLUDE, _places, is_text=True)

GRAMMAR = Grammar(
    name="C",
    package="tree_sitter_c",
    suffixes=(".c", ".h"),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    requirement=REQUIREMENT,
    unpaired=unpaired,
)
