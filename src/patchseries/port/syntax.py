"""Whether a Python text (2 or 3) parses, by tree-sitter: evidence for or against a candidate."""

from __future__ import annotations

from functools import cache

import tree_sitter
import tree_sitter_python


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def parses(text: bytes) -> bool:
    """Whether tree-sitter reads *text* as Python without an error."""
    return not _parser().parse(text).root_node.has_error
