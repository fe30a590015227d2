"""Settings: offered by the modules that use them, read from nova.conf."""

import ConfigParser


class Settings(object):
    """The settings of this process, by group and name."""

    def __init__(self):
        self._known = {}

    def offer(self, name, usual, group='DEFAULT'):
        self._known.setdefault((group, name), usual)

    def of(self, name, group='DEFAULT'):
        return self._known[(group, name)]

    def read_all(self, paths):
        for path in paths or ['/etc/nova/miniature.conf']:
            self._read(path)

    def _read(self, path):
        reader = ConfigParser.RawConfigParser()
        reader.read(path)
        for group in ['DEFAULT'] + reader.sections():
            for name, text in reader.items(group):
                if (group, name) in self._known:
                    kind = type(self._known[(group, name)])
                    self._known[(group, name)] = kind(text)


SETTINGS = Settings()
