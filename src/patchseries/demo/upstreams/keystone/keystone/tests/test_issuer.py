import unittest

from keystone.tokens import issuer


class IssuerTest(unittest.TestCase):

    def setUp(self):
        self.issuer = issuer.Issuer()

    def test_a_good_token(self):
        token = self.issuer.hand_out('ada')
        self.assertEqual('ada', self.issuer.check(token)['person'])

    def test_a_revoked_token(self):
        token = self.issuer.hand_out('ada')
        self.issuer.revoke(token)
        self.assertRaises(issuer.UnknownToken, self.issuer.check, token)
