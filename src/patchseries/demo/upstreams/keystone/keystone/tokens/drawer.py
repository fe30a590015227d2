"""Tokens in a dictionary."""

_TOKENS = {}


class Drawer(object):
    """The simplest store: gone when the process ends."""

    def put(self, token, about):
        _TOKENS[token] = about

    def find(self, token):
        return _TOKENS.get(token)

    def mark(self, token):
        _TOKENS[token]['revoked'] = True

    def everything(self):
        return _TOKENS.items()
