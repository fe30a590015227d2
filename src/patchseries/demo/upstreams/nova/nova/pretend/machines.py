"""Machines that are only pretended."""


class MachineMaker(object):
    """Keeps its machines in a dictionary, and loses them when it ends."""

    host = 'the-only-host'

    def __init__(self):
        self._awake = {}

    def wake(self, machine):
        self._awake[machine['name']] = machine

    def forget(self, machine):
        self._awake.pop(machine['name'], None)

    def machines(self):
        return self._awake.values()
