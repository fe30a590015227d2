"""How often a host reports."""

import time


class Beat(object):
    """Says when a report is due: once a minute, and not more often."""

    def __init__(self, seconds=60):
        self.seconds = seconds
        self._reported = None

    def due(self):
        now = time.time()
        if self._reported is not None and now - self._reported < self.seconds:
            return False
        self._reported = now
        return True
