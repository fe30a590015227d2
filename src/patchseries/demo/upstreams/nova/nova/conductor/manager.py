"""The conductor's own side: everything that touches the database."""

import logging

LOG = logging.getLogger(__name__)


class InstanceNotFound(Exception):
    """There is no instance of that id."""


class ConductorManager(object):
    """Answers the calls of nova.conductor.api."""

    def __init__(self):
        self._nodes = {}
        self._instances = {}

    def init_host(self):
        LOG.info('the conductor is ready')

    def compute_node_update(self, context, node, values, prune_stats=False):
        node = dict(node, **values)
        if prune_stats:
            node['stats'] = {}
        self._nodes[node['host']] = node
        return node

    def instance_get(self, context, uuid):
        try:
            return self._instances[uuid]
        except KeyError, missing:
            raise InstanceNotFound(str(missing))
