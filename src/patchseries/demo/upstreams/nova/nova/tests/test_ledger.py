import unittest

from nova.conductor import line
from nova.host import ledger


class LedgerTest(unittest.TestCase):

    def setUp(self):
        self.ledger = ledger.Ledger('host', line.ShortLine(), megabytes=1024)

    def test_a_booking_is_counted(self):
        self.ledger.book({'megabytes': 512})
        self.assertEqual(512, self.ledger.page['megabytes_taken'])

    def test_a_machine_too_many(self):
        self.assertRaises(ledger.HostFull,
                          self.ledger.book, {'megabytes': 2048})
