"""Go."""

from __future__ import annotations

import re

from patchseries.port.verify.grammar import Grammar

_DEFINITIONS = """
(function_declaration name: (identifier) @name (#not-match? @name "^(init|_)$"))
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @key)) name: (field_identifier) @name)
(type_spec name: (type_identifier) @name)
(source_file (const_declaration (const_spec name: (identifier) @name (#not-eq? @name "_"))))
(source_file (var_declaration (var_spec name: (identifier) @name (#not-eq? @name "_"))))
(source_file (var_declaration
  (var_spec_list (var_spec name: (identifier) @name (#not-eq? @name "_")))))
(block) @scope
"""

_BINDINGS = """
(import_spec name: (package_identifier) @import)
(import_spec !name path: (_) @import)
[(parameter_declaration name: (identifier) @local)
 (variadic_parameter_declaration name: (identifier) @local)
 (short_var_declaration left: (expression_list (identifier) @local))
 (range_clause left: (expression_list (identifier) @local))
 (var_spec name: (identifier) @local)
 (const_spec name: (identifier) @local)
 (type_parameter_declaration name: (identifier) @local)]
"""

_USES = """
(identifier) @name
(type_identifier) @name
(package_identifier) @name
"""

_VERSION = re.compile(rb"/v\d+$|\.v\d+$")


def _package(path: bytes) -> bytes:
    """The name that a package is imported by: the last part of its path, but for a version."""
    return _VERSION.sub(b"", path.strip(b'"`')).rpartition(b"/")[2]


GRAMMAR = Grammar(
    name="Go",
    package="tree_sitter_go",
    suffixes=(".go",),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    imported=_package,
)
