"""The plugin that keeps networks and ports in the database."""


class PortNotFound(Exception):
    """There is no port of that id."""


class QuantumDbPluginV2(object):
    """Networks and ports, kept in dictionaries."""

    def __init__(self):
        self._ports = {}

    def create_port(self, port):
        self._ports[port['id']] = port
        return port

    def get_port(self, port_id):
        try:
            return self._ports[port_id]
        except KeyError, missing:
            raise PortNotFound(str(missing))

    def get_ports(self):
        return self._ports.values()
