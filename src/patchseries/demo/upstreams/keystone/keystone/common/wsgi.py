"""A small WSGI server."""

import logging
import threading
from wsgiref import simple_server

LOG = logging.getLogger(__name__)


class Server(object):
    """Serves one application on one port."""

    def __init__(self, name, application, port, host='0.0.0.0'):
        self.name = name
        self.application = application
        self.host = host
        self.port = port
        self._thread = None

    def start(self):
        """Bind the port and answer in the background."""
        LOG.info('starting %s on %s:%d', self.name, self.host, self.port)
        server = simple_server.make_server(self.host, self.port,
                                           self.application)
        self._run(server)

    def join(self):
        self._thread.join()

    def _run(self, server):
        self._thread = threading.Thread(target=server.serve_forever)
        self._thread.start()
