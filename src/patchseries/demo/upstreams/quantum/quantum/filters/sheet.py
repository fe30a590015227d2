"""The rules of this host's packet filter."""


class RuleSheet(object):
    """Collects rules, and writes them all at once."""

    def __init__(self, run):
        self._run = run
        self.lines = []

    def add(self, chain, rule):
        self.lines.append((chain, rule))

    def wipe(self, chain):
        self.lines = [line for line in self.lines if line[0] != chain]

    def write(self):
        """Run iptables: the slow part, about 50 ms each time."""
        text = '\n'.join('-A %s %s' % line for line in self.lines)
        self._run(['iptables-restore'], text)
