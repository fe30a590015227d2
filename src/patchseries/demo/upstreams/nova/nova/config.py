"""Settings: registered by the modules that use them, read from nova.conf."""

import ConfigParser


class Config(object):
    """The settings of this process, by group and name."""

    def __init__(self):
        self._values = {}

    def register(self, name, default, group='DEFAULT'):
        self._values.setdefault((group, name), default)

    def get(self, name, group='DEFAULT'):
        return self._values[(group, name)]

    def read(self, path):
        parser = ConfigParser.RawConfigParser()
        parser.read(path)
        for group in ['DEFAULT'] + parser.sections():
            for name, text in parser.items(group):
                if (group, name) in self._values:
                    kind = type(self._values[(group, name)])
                    self._values[(group, name)] = kind(text)


CONF = Config()


def parse_args(argv):
    for path in argv[1:] or ['/etc/nova/nova.conf']:
        CONF.read(path)
