import unittest

from quantum.agent.linux import iptables_firewall


class IptablesFirewallTestCase(unittest.TestCase):

    def setUp(self):
        self.calls = []
        self.firewall = iptables_firewall.IptablesFirewallDriver(
            lambda command, text: self.calls.append(text))

    def test_prepare(self):
        self.firewall.prepare_port_filter(
            {'device': 'tap1', 'security_group_rules': ['-j RETURN']})
        self.assertEqual(['-A quantum-itap1 -j RETURN'], self.calls)
