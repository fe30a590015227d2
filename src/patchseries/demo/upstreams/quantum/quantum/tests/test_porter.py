import unittest

from quantum.filters import porter


class PorterTest(unittest.TestCase):

    def setUp(self):
        self.runs = []
        self.porter = porter.Porter(
            lambda command, text: self.runs.append(text))

    def test_one_port(self):
        self.porter.watch({'name': 'lan1', 'rules': ['-j RETURN']})
        self.assertEqual(['-A quantum-plan1 -j RETURN'], self.runs)
