"""TypeScript, and TypeScript with JSX: what JavaScript has, and types."""

from __future__ import annotations

from dataclasses import replace

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.languages import javascript

_DEFINITIONS = """
(class_declaration name: (type_identifier) @name)
(abstract_class_declaration name: (type_identifier) @name)
(type_alias_declaration name: (type_identifier) @name)
"""

_BINDINGS = """
[(required_parameter pattern: (identifier) @local)
 (optional_parameter pattern: (identifier) @local)
 (type_parameter name: (_) @local)
 (interface_declaration name: (_) @local)
 (enum_declaration name: (_) @local)
 (internal_module name: (_) @local)
 (function_signature name: (_) @local)]
"""

GRAMMAR = Grammar(
    name="TypeScript",
    package="tree_sitter_typescript",
    function="language_typescript",
    suffixes=(".ts", ".mts", ".cts"),
    definitions=javascript.DEFINITIONS + _DEFINITIONS,
    bindings=javascript.BINDINGS + _BINDINGS,
    uses=javascript.USES + "(type_identifier) @name",
    requirement=javascript.REQUIREMENT,
    is_closed=True,
)

TSX = replace(GRAMMAR, name="TSX", function="language_tsx", suffixes=(".tsx",))
