"""What nova-host does when it is told to."""

import logging

from nova.conductor import line
from nova.host import beat
from nova.host import ledger
from nova.pretend import machines

log = logging.getLogger('nova.host')


class Keeper(object):
    """Starts and stops the machines of one host."""

    def __init__(self, maker=None, conductor=None):
        self.maker = maker or machines.MachineMaker()
        self.conductor = conductor or line.ShortLine()
        self.ledger = ledger.Ledger(self.maker.host, self.conductor)
        self.beat = beat.Beat()

    def get_ready(self):
        log.info('nova-host is ready on %s', self.maker.host)

    def begin(self, machine):
        self.ledger.book(machine)
        self.maker.wake(machine)

    def end(self, machine):
        self.maker.forget(machine)
        self.ledger.strike(machine)

    def every_second(self):
        if self.beat.due():
            self.ledger.count_again(self.maker.machines())
