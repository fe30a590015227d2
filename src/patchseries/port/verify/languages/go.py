"""Go."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from patchseries.port.verify.grammar import Grammar
from patchseries.port.verify.required import Requirement, TreeFiles, directories_above

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


_IMPORT_LINE = re.compile(
    rb"^\s*+(?:import\s++)?(?:[\w.]++\s++)?\"([\w.~+-]++(?:/[\w.~+-]++)+)\"\s*+(?://|$)"
)
_MODULE = re.compile(rb"^module\s+(\S+)", re.MULTILINE)


def _places(name: str, path: str, tree: TreeFiles) -> Iterator[str]:
    """The files of a package of the modules around the file, or of one that is vendored."""
    homes = [home for home in directories_above(path) if tree.has(posixpath.join(home, "go.mod"))]
    for home in homes:
        found = _MODULE.search(tree.text(posixpath.join(home, "go.mod")))
        module = found[1].decode("utf-8", "surrogateescape").strip('"') if found else ""
        if module and name.startswith(module + "/"):
            yield posixpath.join(home, name[len(module) + 1 :], "*.go")
    vendor = posixpath.join(homes[0], "vendor") if homes else ""
    if "." in name.partition("/")[0] and vendor and tree.has(vendor):
        yield posixpath.join(vendor, name, "*.go")


GRAMMAR = Grammar(
    name="Go",
    package="tree_sitter_go",
    suffixes=(".go",),
    definitions=_DEFINITIONS,
    bindings=_BINDINGS,
    uses=_USES,
    imported=_package,
    requirement=Requirement(_IMPORT_LINE, _places),
)
