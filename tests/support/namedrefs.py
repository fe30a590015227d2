"""The refs of a small history, made of numbers: no repository is needed to ask for lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchseries.landed.graph import NamedRefs, containing_refs


def named_refs(parents: Sequence[Sequence[int]], refs: Mapping[str, int]) -> NamedRefs:
    """The *refs* (``tags/1.0``, ``heads/main`` → commit) of a history of numbered commits.

    :param parents: for each commit its parents, which have lower numbers
    """
    bits = {f"refs/{name}": bit for bit, name in enumerate(refs)}
    tips: dict[int, int] = {}
    for bit, commit in enumerate(refs.values()):
        tips[commit] = tips.get(commit, 0) | 1 << bit
    sets = containing_refs(parents, tips)
    return NamedRefs(bits, {f"refs/{name}": sets[commit] for name, commit in refs.items()})


def only_names(*refs: str) -> NamedRefs:
    """The *refs* of a repository whose history is not at hand."""
    return NamedRefs({f"refs/{name}": bit for bit, name in enumerate(refs)})
