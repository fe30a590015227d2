"""Rust."""

from __future__ import annotations

from patchseries.port.verify.grammar import Grammar

_DEFINITIONS = """
(function_item name: (identifier) @name)
(struct_item name: (type_identifier) @name)
(enum_item name: (type_identifier) @name)
(trait_item name: (type_identifier) @name)
(type_item name: (type_identifier) @name)
(const_item name: (identifier) @name)
(static_item name: (identifier) @name)
[(declaration_list) (block)] @scope
"""

_BINDINGS = """
[(use_declaration argument: (scoped_identifier name: (identifier) @import))
 (use_declaration argument: (identifier) @import)
 (use_list (identifier) @import)
 (use_list (scoped_identifier name: (identifier) @import))
 (use_as_clause alias: (identifier) @import)
 (scoped_use_list path: (_) @local)
 (mod_item name: (_) @local)
 (extern_crate_declaration name: (_) @local)
 (macro_definition name: (_) @local)
 (parameter pattern: (_) @local)
 (let_declaration pattern: (_) @local)
 (closure_parameters (_) @local)
 (for_expression pattern: (_) @local)
 (tuple_pattern (_) @local)
 (tuple_struct_pattern (identifier) @local)
 (captured_pattern (identifier) @local)
 (match_pattern (identifier) @local)
 (mut_pattern (identifier) @local)
 (ref_pattern (identifier) @local)
 (shorthand_field_identifier) @local
 (enum_variant name: (_) @local)
 (type_parameter name: (_) @local)]
"""

_USES = """
(identifier) @name
(type_identifier) @name
"""

GRAMMAR = Grammar(
    name="Rust",
    package="tree_sitter_rust",
    suffixes=(".rs",),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
)
