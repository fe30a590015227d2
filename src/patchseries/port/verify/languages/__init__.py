"""The languages whose files are verified, a module for each."""

from __future__ import annotations

from patchseries.port.verify.language import Language
from patchseries.port.verify.languages import (
    c,
    cpp,
    go,
    java,
    javascript,
    json,
    python,
    ruby,
    rust,
    shell,
    typescript,
    yaml,
)
from patchseries.port.verify.treechecks import TreeLanguage

GRAMMARS = (
    c.GRAMMAR,
    cpp.GRAMMAR,
    go.GRAMMAR,
    java.GRAMMAR,
    javascript.GRAMMAR,
    ruby.GRAMMAR,
    rust.GRAMMAR,
    shell.GRAMMAR,
    typescript.GRAMMAR,
    typescript.TSX,
)
DOCUMENTS = (json.LANGUAGE, yaml.LANGUAGE)
LANGUAGES: tuple[Language, ...] = (python.Python(), *map(TreeLanguage, GRAMMARS), *DOCUMENTS)


def language_of(path: str, first_line: bytes) -> Language | None:
    """The language of a file, by its name or by the first line of a script; None for any other."""
    return next((language for language in LANGUAGES if language.owns(path, first_line)), None)
