"""Starting a service, and waiting until it ends."""

import logging
import os
import sys

from nova.config import CONF

LOG = logging.getLogger(__name__)

CONF.register('report_interval', 10)

_children = []


class Service(object):
    """One running service: a manager and the topic that it listens to."""

    def __init__(self, manager, topic):
        self.manager = manager
        self.topic = topic

    @classmethod
    def create(cls, path):
        module, _dot, name = path.rpartition('.')
        __import__(module)
        manager = getattr(sys.modules[module], name)()
        return cls(manager, module.split('.')[1])

    def start(self):
        LOG.info('starting %s', self.topic)
        self.manager.init_host()


def serve(server):
    """Run *server* in a child process."""
    pid = os.fork()
    if pid == 0:
        server.start()
        os._exit(0)
    _children.append(pid)


def wait():
    """Wait until the children have ended."""
    while _children:
        os.waitpid(_children.pop(), 0)
