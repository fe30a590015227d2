import unittest

from keystone.token import core


class TokenTestCase(unittest.TestCase):

    def setUp(self):
        self.tokens = core.Manager()

    def test_issue_and_validate(self):
        token = self.tokens.issue('ada')
        self.assertEqual('ada', self.tokens.validate(token)['user'])

    def test_revoked(self):
        token = self.tokens.issue('ada')
        self.tokens.revoke(token)
        self.assertRaises(core.TokenNotFound, self.tokens.validate, token)
