"""Tokens: issued, checked and revoked."""

import time
import uuid

from keystone.config import CONF
from keystone.token import kvs


class TokenNotFound(Exception):
    """No such token, or its time is over."""


class Manager(object):
    """Hands out tokens and answers for them."""

    def __init__(self, driver=None):
        self.driver = driver or kvs.Token()

    def issue(self, user):
        token = uuid.uuid4().hex
        expires = time.time() + CONF['token_expiration']
        self.driver.put(token, {'user': user, 'expires': expires})
        return token

    def validate(self, token):
        found = self.driver.get(token)
        if found is None or found['expires'] < time.time():
            raise TokenNotFound(token)
        if token in self.list_revoked():
            raise TokenNotFound(token)
        return found

    def revoke(self, token):
        self.driver.revoke(token)

    def list_revoked(self):
        """Every revoked token; reads the whole store."""
        return [name for name, found in self.driver.items()
                if found.get('revoked')]
