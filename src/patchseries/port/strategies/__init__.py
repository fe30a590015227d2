"""The strategies, from the safest on: each is a function in a file of its own.

Whatever they make is examined, marked for review, and told by the strategy's name.
"""

from __future__ import annotations

from patchseries.port.adaptation import Strategy
from patchseries.port.strategies.elsewhere import elsewhere
from patchseries.port.strategies.learned import learned
from patchseries.port.strategies.mapped import mapped
from patchseries.port.strategies.overlaps import not_regular, one_sided, overlaps

EVERY_FILE: tuple[Strategy, ...] = (mapped, learned)
"""For each file that the change makes or edits, whether or not git merges it."""

OPEN_FILES: tuple[Strategy, ...] = (not_regular, overlaps, elsewhere, one_sided)
"""For each file that git's merge leaves open, and that none of the above has settled."""
