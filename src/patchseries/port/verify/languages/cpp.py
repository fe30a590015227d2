"""C++; a header that ends with ``.h`` counts as C."""

from __future__ import annotations

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.languages import c

_DEFINITIONS = """
(function_definition declarator: (function_declarator
  declarator: [(identifier) (field_identifier) (qualified_identifier)] @name
  parameters: (_) @key))
(class_specifier name: (type_identifier) @name body: (_))
(struct_specifier name: (type_identifier) @name body: (_))
(enum_specifier name: (type_identifier) @name body: (_))
(alias_declaration name: (type_identifier) @name)
[(preproc_if) (preproc_ifdef) (preproc_elif) (preproc_else) (compound_statement)
 (declaration_list) (field_declaration_list) (template_declaration)] @scope
"""

_BINDINGS = """
[(parameter_declaration declarator: (_) @local)
 (optional_parameter_declaration declarator: (_) @local)
 (declaration declarator: (_) @local)
 (init_declarator declarator: (_) @local)
 (field_declaration declarator: (_) @local)
 (pointer_declarator declarator: (_) @local)
 (reference_declarator (_) @local)
 (array_declarator declarator: (_) @local)
 (function_declarator declarator: (_) @local)
 (type_definition declarator: (_) @local)
 (type_parameter_declaration (type_identifier) @local)
 (for_range_loop declarator: (_) @local)
 (using_declaration (qualified_identifier name: (_) @local))
 (preproc_def name: (_) @local)
 (preproc_function_def name: (_) @local)
 (preproc_params (identifier) @local)]
"""

_USES = """
(identifier) @name
(type_identifier) @name
"""

GRAMMAR = Grammar(
    name="C++",
    package="tree_sitter_cpp",
    suffixes=(".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    requirement=c.REQUIREMENT,
    unpaired=c.unpaired,
)
