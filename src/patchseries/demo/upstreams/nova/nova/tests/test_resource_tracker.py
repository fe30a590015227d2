import unittest

from nova.compute import resource_tracker
from nova.conductor import api


class ResourceTrackerTestCase(unittest.TestCase):

    def setUp(self):
        self.tracker = resource_tracker.ResourceTracker(
            'host', api.LocalAPI(), memory_mb=1024)

    def test_claim(self):
        self.tracker.claim(None, {'memory_mb': 512})
        self.assertEqual(512, self.tracker.compute_node['memory_mb_used'])

    def test_claim_too_much(self):
        self.assertRaises(resource_tracker.ResourcesUnavailable,
                          self.tracker.claim, None, {'memory_mb': 2048})
