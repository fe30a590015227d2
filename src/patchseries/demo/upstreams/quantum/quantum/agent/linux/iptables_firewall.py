"""Security groups as rules of iptables."""

from quantum.agent.linux import iptables_manager


class IptablesFirewallDriver(object):
    """Filters the traffic of each port of this host."""

    def __init__(self, execute):
        self.iptables = iptables_manager.IptablesManager(execute)
        self.filtered_ports = {}

    def prepare_port_filter(self, port):
        self.filtered_ports[port['device']] = port
        self._setup_chain(port)
        self.iptables.apply()

    def remove_port_filter(self, port):
        self.filtered_ports.pop(port['device'], None)
        self.iptables.empty_chain(self._chain(port))
        self.iptables.apply()

    def _setup_chain(self, port):
        chain = self._chain(port)
        self.iptables.empty_chain(chain)
        for rule in port['security_group_rules']:
            self.iptables.add_rule(chain, rule)

    def _chain(self, port):
        return 'quantum-i' + port['device'][:10]
