"""What nova-compute does when it is told to."""

import logging

from nova.compute import pace
from nova.compute import resource_tracker
from nova.conductor import api
from nova.virt import fake

LOG = logging.getLogger(__name__)


class ComputeManager(object):
    """Starts and stops the instances of one host."""

    def __init__(self, driver=None, conductor_api=None):
        self.driver = driver or fake.FakeDriver()
        self.conductor_api = conductor_api or api.LocalAPI()
        self.tracker = resource_tracker.ResourceTracker(
            self.driver.host, self.conductor_api)
        self.pace = pace.Pace()

    def init_host(self):
        LOG.info('nova-compute is ready on %s', self.driver.host)

    def run_instance(self, context, instance):
        self.tracker.claim(context, instance)
        self.driver.spawn(instance)

    def terminate_instance(self, context, instance):
        self.driver.destroy(instance)
        self.tracker.release(context, instance)

    def periodic_tasks(self, context):
        if self.pace.due():
            self.tracker.update_available(context,
                                          self.driver.list_instances())
