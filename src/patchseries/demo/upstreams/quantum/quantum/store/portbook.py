"""The book that keeps networks and ports."""


class UnknownPort(Exception):
    """There is no port of that name."""


class PortBook(object):
    """Networks and ports, kept in dictionaries."""

    def __init__(self):
        self._pages = {}

    def enter(self, port):
        self._pages[port['name']] = port
        return port

    def find(self, name):
        try:
            return self._pages[name]
        except KeyError, missing:
            raise UnknownPort(str(missing))

    def everything(self):
        return self._pages.values()
