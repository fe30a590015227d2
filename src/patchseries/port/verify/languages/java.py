"""Java."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles

_DEFINITIONS = """
(class_declaration name: (identifier) @name)
(interface_declaration name: (identifier) @name)
(enum_declaration name: (identifier) @name)
(method_declaration name: (identifier) @name parameters: (_) @key)
(constructor_declaration name: (identifier) @name parameters: (_) @key)
(field_declaration declarator: (variable_declarator name: (identifier) @name))
[(class_body) (interface_body) (enum_body) (block)] @scope
"""

_BINDINGS = """
[(import_declaration (scoped_identifier name: (identifier) @import) .)
 (formal_parameter name: (identifier) @local)
 (variable_declarator name: (identifier) @local)
 (enhanced_for_statement name: (identifier) @local)
 (catch_formal_parameter name: (identifier) @local)
 (resource name: (identifier) @local)
 (lambda_expression parameters: (identifier) @local)
 (inferred_parameters (identifier) @local)
 (type_parameter (type_identifier) @local)
 (enum_constant name: (identifier) @local)
 (record_declaration name: (_) @local)
 (annotation_type_declaration name: (_) @local)]
"""

_USES = """
(type_identifier) @name
(method_invocation !object name: (identifier) @name)
(method_invocation object: (identifier) @name)
(field_access object: (identifier) @name)
(marker_annotation name: (identifier) @name)
(annotation name: (identifier) @name)
(argument_list (identifier) @name)
(binary_expression (identifier) @name)
(assignment_expression (identifier) @name)
(return_statement (identifier) @name)
(variable_declarator value: (identifier) @name)
"""

_IMPORT = re.compile(rb"^\s*+import\s++(?:static\s++)?(\w++(?:\.\w++)+)\s*+;")


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:
    """The file of a class, or of the one around it, in this module of the build and the others."""
    module, is_usual, _ = path.partition("src/")
    if not is_usual or "/java/" not in path:
        return
    parts = name.split(".")
    for home in dict.fromkeys((module, *(f"{other}/" for other in tree.directories("")))):
        for kind in ("main", "test"):
            for depth in range(len(parts), 1, -1):
                yield f"{home}src/{kind}/java/{'/'.join(parts[:depth])}.java"


GRAMMAR = Grammar(
    name="Java",
    package="tree_sitter_java",
    suffixes=(".java",),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    requirement=Requirement(_IMPORT, _places),
)
