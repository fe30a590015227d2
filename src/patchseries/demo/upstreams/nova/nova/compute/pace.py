"""How often a host reports."""

import time


class Pace(object):
    """Says when a report is due: once a minute, and not more often."""

    def __init__(self, seconds=60):
        self.seconds = seconds
        self._last = None

    def due(self):
        now = time.time()
        if self._last is not None and now - self._last < self.seconds:
            return False
        self._last = now
        return True
