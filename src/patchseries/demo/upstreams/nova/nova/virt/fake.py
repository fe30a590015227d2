"""A hypervisor that only pretends."""


class FakeDriver(object):
    """Keeps its instances in a dictionary, and loses them when it ends."""

    host = 'fake-host'

    def __init__(self):
        self._instances = {}

    def spawn(self, instance):
        self._instances[instance['uuid']] = instance

    def destroy(self, instance):
        self._instances.pop(instance['uuid'], None)

    def list_instances(self):
        return self._instances.values()
