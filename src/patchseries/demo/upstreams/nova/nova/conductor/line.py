"""How the others reach the conductor."""

from nova.conductor import desk


class ShortLine(object):
    """Asks a desk in this process; for tests and for one-host clouds."""

    def __init__(self):
        self._desk = desk.Desk()

    def note_page(self, page, fresh=False):
        return self._desk.note_page(page, fresh)

    def look_up(self, name):
        return self._desk.look_up(name)
