"""Tokens: handed out, checked and revoked."""

import time
import uuid

from keystone.settings import SETTINGS
from keystone.tokens import drawer


class UnknownToken(Exception):
    """No such token, or its time is over."""


class Issuer(object):
    """Hands out tokens and answers for them."""

    def __init__(self, store=None):
        self.store = store or drawer.Drawer()

    def hand_out(self, person):
        token = uuid.uuid4().hex
        ends = time.time() + SETTINGS['token_seconds']
        self.store.put(token, {'person': person, 'ends': ends})
        return token

    def check(self, token):
        about = self.store.find(token)
        if about is None or about['ends'] < time.time():
            raise UnknownToken(token)
        if token in self.all_revoked():
            raise UnknownToken(token)
        return about

    def revoke(self, token):
        self.store.mark(token)

    def all_revoked(self):
        """Every revoked token; reads the whole store."""
        return [name for name, about in self.store.everything()
                if about.get('revoked')]
