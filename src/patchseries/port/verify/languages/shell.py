"""The shell, as bash reads it."""

from __future__ import annotations

from patchseries.port.verify.grammar import Grammar

_DEFINITIONS = """
(function_definition name: (word) @name)
[(compound_statement) (subshell) (if_statement) (elif_clause) (else_clause) (case_item)] @scope
"""

_BINDINGS = """
(variable_assignment name: (variable_name) @local)
"""

_USES = """
(command name: (command_name (word) @name))
"""

GRAMMAR = Grammar(
    name="shell",
    package="tree_sitter_bash",
    suffixes=(".sh", ".bash"),
    interpreters=(b"/sh", b"bash", b"env sh", b"dash", b"ksh"),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
)
