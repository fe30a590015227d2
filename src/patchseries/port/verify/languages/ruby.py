"""Ruby."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles, beside

_DEFINITIONS = """
(method name: (_) @name)
(singleton_method object: (_) @key name: (_) @name)
(call method: (identifier) @key arguments: (argument_list . (string) @name)
 (#any-of? @key "test" "it" "specify"))
[(body_statement) (do_block) (block) (begin)
 (if) (unless) (elsif) (else) (case) (when)] @scope
"""

_BINDINGS = """
[(assignment left: (_) @local) (left_assignment_list (_) @local)
 (method_parameters (identifier) @local) (block_parameters (identifier) @local)
 (optional_parameter name: (_) @local) (keyword_parameter name: (_) @local)
 (splat_parameter name: (_) @local) (block_parameter name: (_) @local)
 (hash_splat_parameter name: (_) @local)
 (simple_symbol) @local (class name: (_) @local) (module name: (_) @local)]
"""

_USES = """
(identifier) @name
(constant) @name
"""

_REQUIRE = re.compile(rb"^\s*+require_relative[ (]+[\"']([^\"'\n#]+)[\"']")


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:  # noqa: ARG001
    yield from (beside(path, name), beside(path, f"{name}.rb"))


GRAMMAR = Grammar(
    name="Ruby",
    package="tree_sitter_ruby",
    suffixes=(".rb", ".rake", ".gemspec", "Rakefile", "Gemfile"),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    requirement=Requirement(_REQUIRE, _places),
    interpreters=(b"ruby",),
)
