"""What a change needs that its target lacks: commits found by what is missing, proven by trying.

``values`` say what goes in and out, ``origins`` asks blame about the regions of a conflict,
``lacking`` proposes the commits that brought what the target lacks, ``search`` tries sets of them.
"""

from patchseries.port.prerequisites.search import why
from patchseries.port.prerequisites.values import Bounds, CherryPick, Origin, Prerequisites, Why

__all__ = ["Bounds", "CherryPick", "Origin", "Prerequisites", "Why", "why"]
