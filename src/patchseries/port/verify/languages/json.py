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
    return Document(None, {key: _last(text, key, n) for key, n in again.items()})


def _last(text: bytes, key: str, count: int) -> list[int]:
    """The lines of the last *count* places where *key* is a key; the reader does not tell them."""
    spelled = re.compile(
        rb"%b[ \t\r\n]*:" % re.escape(json.dumps(key, ensure_ascii=False).encode())
    )
    found = [text.count(b"\n", 0, place.start()) for place in spelled.finditer(text)]
    return ([0] * count + found)[-count:]


LANGUAGE = DocumentLanguage("JSON", (".json",), _parse)
