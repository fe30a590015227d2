"""C."""

from __future__ import annotations

from patchseries.port.verify.grammar import Grammar

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

GRAMMAR = Grammar(
    name="C",
    package="tree_sitter_c",
    suffixes=(".c", ".h"),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
)
