"""Rust."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles

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

_MODULE = re.compile(rb"^\s*+(?:pub(?:\([^)\n]*+\))?\s++)?mod\s++(\w++)\s*+;")


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:  # noqa: ARG001
    """The file of a module: beside the crate's or directory's own file, or below any other."""
    for home in (posixpath.dirname(path), posixpath.splitext(path)[0]):
        yield posixpath.join(home, f"{name}.rs")
        yield posixpath.join(home, name, "mod.rs")


GRAMMAR = Grammar(
    name="Rust",
    package="tree_sitter_rust",
    suffixes=(".rs",),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    requirement=Requirement(_MODULE, _places),
)
