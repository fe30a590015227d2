"""The rules of this host's packet filter."""

import logging

LOG = logging.getLogger(__name__)


class IptablesManager(object):
    """Collects rules, and writes them all at once."""

    def __init__(self, execute):
        self._execute = execute
        self.rules = []

    def add_rule(self, chain, rule):
        self.rules.append((chain, rule))

    def empty_chain(self, chain):
        self.rules = [r for r in self.rules if r[0] != chain]

    def apply(self):
        """Write the rules: the slow part, about 50 ms each time."""
        lines = ['-A %s %s' % rule for rule in self.rules]
        self._execute(['iptables-restore'], '\n'.join(lines))
