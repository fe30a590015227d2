"""Settings, with what they usually are."""

import ConfigParser

USUAL = {
    'door_port': 5000,
    'office_port': 35357,
    'token_seconds': 86400,
}


class Settings(dict):
    """The settings of this process, by name."""

    def read(self, paths):
        reader = ConfigParser.RawConfigParser()
        reader.read(paths)
        for name, text in reader.defaults().items():
            if name in self:
                self[name] = int(text)


SETTINGS = Settings(USUAL)
