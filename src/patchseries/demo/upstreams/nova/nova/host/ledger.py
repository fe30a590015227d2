"""How much of this host is in use, told to the scheduler through the conductor."""


class HostFull(Exception):
    """The host cannot take one more machine of that size."""


class Ledger(object):
    """Adds up what the machines of one host take."""

    def __init__(self, host, desk, megabytes=8192):
        self.host = host
        self.desk = desk
        self.page = {'host': host, 'megabytes': megabytes,
                     'megabytes_taken': 0, 'machines': 0}

    def book(self, machine):
        taken = self.page['megabytes_taken'] + machine['megabytes']
        if taken > self.page['megabytes']:
            raise HostFull(self.host)
        self._tell({
            'megabytes_taken': taken,
            'machines': self.page['machines'] + 1})

    def strike(self, machine):
        taken = self.page['megabytes_taken'] - machine['megabytes']
        self._tell({
            'megabytes_taken': taken,
            'machines': self.page['machines'] - 1})

    def count_again(self, machines):
        """Count again from scratch; called once a minute."""
        self._tell({
            'megabytes_taken': sum(m['megabytes'] for m in machines),
            'machines': len(machines)}, fresh=True)

    def _tell(self, news, fresh=False):
        """Tell the conductor."""
        page = dict(self.page, **news)
        self.page = self.desk.note_page(page, fresh)
