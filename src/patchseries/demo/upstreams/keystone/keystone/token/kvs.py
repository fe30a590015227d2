"""Tokens in a dictionary."""

_STORE = {}


class Token(object):
    """The simplest store: gone when the process ends."""

    def put(self, token, data):
        _STORE[token] = data

    def get(self, token):
        return _STORE.get(token)

    def revoke(self, token):
        _STORE[token]['revoked'] = True

    def items(self):
        return _STORE.items()
