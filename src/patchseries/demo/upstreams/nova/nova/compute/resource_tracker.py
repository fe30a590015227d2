"""How much of this host is in use, told to the scheduler through the conductor."""

import logging

LOG = logging.getLogger(__name__)


class ResourcesUnavailable(Exception):
    """The host cannot take one more instance of that size."""


class ResourceTracker(object):
    """Counts what the instances of one host take."""

    def __init__(self, host, conductor_api, memory_mb=8192):
        self.host = host
        self.conductor_api = conductor_api
        self.compute_node = {'host': host, 'memory_mb': memory_mb,
                             'memory_mb_used': 0, 'running_vms': 0}

    def claim(self, context, instance):
        used = self.compute_node['memory_mb_used'] + instance['memory_mb']
        if used > self.compute_node['memory_mb']:
            raise ResourcesUnavailable(self.host)
        self._update(context, {
            'memory_mb_used': used,
            'running_vms': self.compute_node['running_vms'] + 1})

    def release(self, context, instance):
        used = self.compute_node['memory_mb_used'] - instance['memory_mb']
        self._update(context, {
            'memory_mb_used': used,
            'running_vms': self.compute_node['running_vms'] - 1})

    def update_available(self, context, instances):
        """Count again from scratch; called once a minute."""
        self._update(context, {
            'memory_mb_used': sum(i['memory_mb'] for i in instances),
            'running_vms': len(instances)}, prune_stats=True)

    def _update(self, context, values, prune_stats=False):
        """Tell the conductor."""
        self.compute_node = self.conductor_api.compute_node_update(
            context, self.compute_node, values, prune_stats)
