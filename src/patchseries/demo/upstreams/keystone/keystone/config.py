"""Settings, with their defaults."""

import ConfigParser

DEFAULTS = {
    'public_port': 5000,
    'admin_port': 35357,
    'token_expiration': 86400,
}


class Config(dict):
    """The settings of this process, by name."""

    def read(self, paths):
        parser = ConfigParser.RawConfigParser()
        parser.read(paths)
        for name, text in parser.defaults().items():
            if name in self:
                self[name] = int(text)


CONF = Config(DEFAULTS)
