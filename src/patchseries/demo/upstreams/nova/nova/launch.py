"""Launching a server, and waiting until it ends."""

import logging
import os
import sys

from nova.settings import SETTINGS

log = logging.getLogger('nova.launch')

SETTINGS.offer('seconds_between_reports', 10)

_children = []


class Server(object):
    """One running server: who does its work, and the topic that it listens to."""

    def __init__(self, worker, topic):
        self.worker = worker
        self.topic = topic

    @classmethod
    def named(cls, path):
        module, _dot, name = path.rpartition('.')
        __import__(module)
        worker = getattr(sys.modules[module], name)()
        return cls(worker, module.split('.')[1])

    def work(self):
        log.info('%s goes to work', self.topic)
        self.worker.get_ready()


def launch(server):
    """Run *server* in a child process."""
    child = os.fork()
    if not child:
        server.work()
        os._exit(0)
    _children.append(child)


def wait_for_all():
    """Wait until the children have ended."""
    while _children:
        os.waitpid(_children.pop(), 0)
