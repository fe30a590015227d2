"""Who may pass: the filters of ports as rules of iptables."""

from quantum.filters import sheet


class Porter(object):
    """Filters the traffic of each port of this host."""

    def __init__(self, run):
        self.sheet = sheet.RuleSheet(run)
        self.watched = {}

    def watch(self, port):
        self.watched[port['name']] = port
        self._note_rules(port)
        self.sheet.write()

    def let_go(self, port):
        self.watched.pop(port['name'], None)
        self.sheet.wipe(self._chain(port))
        self.sheet.write()

    def _note_rules(self, port):
        chain = self._chain(port)
        self.sheet.wipe(chain)
        for rule in port['rules']:
            self.sheet.add(chain, rule)

    def _chain(self, port):
        return 'quantum-p' + port['name'][:10]
