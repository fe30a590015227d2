"""How the other services reach the conductor."""

import logging

from nova.config import CONF
from nova.conductor import manager

LOG = logging.getLogger(__name__)

CONF.register('use_local', False, group='conductor')
CONF.register('topic', 'conductor', group='conductor')


class LocalAPI(object):
    """Calls the manager in this process; for tests and for one-host clouds."""

    def __init__(self):
        self._manager = manager.ConductorManager()

    def compute_node_update(self, context, node, values, prune_stats=False):
        return self._manager.compute_node_update(context, node, values,
                                                 prune_stats)

    def instance_get(self, context, uuid):
        return self._manager.instance_get(context, uuid)
