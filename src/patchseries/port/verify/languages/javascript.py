"""JavaScript, with JSX."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles, beside

DEFINITIONS = """
(function_declaration name: (identifier) @name)
(generator_function_declaration name: (identifier) @name)
(lexical_declaration (variable_declarator name: (identifier) @name))
[(program) (statement_block) (class_body) (switch_body) (for_statement) (for_in_statement)] @scope
"""

BINDINGS = """
[(import_clause (identifier) @import)
 (import_specifier !alias name: (identifier) @import)
 (import_specifier alias: (identifier) @import)
 (namespace_import (identifier) @import)
 (variable_declarator name: (identifier) @local)
 (class_declaration name: (_) @local)
 (class name: (_) @local)
 (function_expression name: (_) @local)
 (arrow_function parameter: (identifier) @local)
 (assignment_pattern left: (identifier) @local)
 (rest_pattern (identifier) @local)
 (array_pattern (identifier) @local)
 (pair_pattern value: (identifier) @local)
 (shorthand_property_identifier_pattern) @local
 (for_in_statement left: (identifier) @local)
 (catch_clause parameter: (identifier) @local)]
"""

USES = """
(identifier) @name
(shorthand_property_identifier) @name
"""

_IMPORT = re.compile(
    rb"^[^\"'\n]*(?:\bfrom|\brequire\(|\bimport\(?)\s*[\"'](\.\.?/[^\"'\n?]+)[\"']"
)
_SUFFIXES = (
    "",
    ".js",
    ".mjs",
    ".cjs",
    ".jsx",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".d.ts",
    ".json",
    ".vue",
)


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:  # noqa: ARG001
    """A module beside the file, with or without its suffix; TypeScript may call it by another."""
    wanted = beside(path, name)
    for stem in dict.fromkeys((wanted, posixpath.splitext(wanted)[0])):
        yield from (stem + suffix for suffix in _SUFFIXES)


REQUIREMENT = Requirement(_IMPORT, _places)

GRAMMAR = Grammar(
    name="JavaScript",
    package="tree_sitter_javascript",
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    interpreters=(b"node",),
    definitions=DEFINITIONS + "(class_declaration name: (identifier) @name)",
    bindings=BINDINGS + "(formal_parameters (identifier) @local)",
    uses=USES,
    requirement=REQUIREMENT,
    is_closed=True,
)
