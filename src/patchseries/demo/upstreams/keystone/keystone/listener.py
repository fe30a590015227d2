"""A small server of one port."""

import logging
import threading
import wsgiref.simple_server

log = logging.getLogger('keystone.listener')


class Listener(object):
    """Gives one kind of answers on one port."""

    def __init__(self, name, answer, port, address='127.0.0.1'):
        self.name = name
        self.answer = answer
        self.address = address
        self.port = port
        self._background = None

    def start(self):
        """Bind the port and answer in the background."""
        log.info('%s listens on %s:%d', self.name, self.address, self.port)
        server = wsgiref.simple_server.make_server(self.address, self.port,
                                                   self.answer)
        self._listen(server)

    def join(self):
        self._background.join()

    def _listen(self, server):
        self._background = threading.Thread(target=server.serve_forever)
        self._background.start()
