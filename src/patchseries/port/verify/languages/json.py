"""JSON."""

from __future__ import annotations

import json
import re
from collections import Counter

from patchseries.port.verify.documents import Document, DocumentLanguage


def _parse(text: bytes) -> Document:
    again: Counter[str] = Counter()

    def look(pairs: list[tuple[str, object]]) -> None:
        if len(pairs) != len({key for key, _ in pairs}):
            again.update(Counter(key for key, _ in pairs) - Counter({key for key, _ in pairs}))

    try:
        json.loads(text.decode("utf-8-sig"), object_pairs_hook=look)
    except json.JSONDecodeError as error:
        return Document(error.lineno - 1)
    except (ValueError, RecursionError):
        return Document(0)
    return Document(None, _last(text, again) if again else {})


_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"([ \t\r\n]*+:)?', re.DOTALL)


def _last(text: bytes, again: Counter[str]) -> dict[str, list[int]]:
    """The lines of the last places where each key of *again* stands, as many as it counts.

    The reader does not tell them.
    """
    found: dict[str, list[int]] = {key: [] for key in again}
    line = at = 0
    for string in filter(lambda match: match[1], _STRING.finditer(text)):
        line, at = line + text.count(b"\n", at, string.start()), string.start()
        key = json.loads(string[0][: -len(string[1])], strict=False)
        if key in found:
            found[key].append(line)
    return {key: lines[-again[key] :] for key, lines in found.items()}


LANGUAGE = DocumentLanguage("JSON", (".json",), _parse)
