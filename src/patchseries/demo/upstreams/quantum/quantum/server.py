"""The HTTP face of quantum-server."""

import BaseHTTPServer
import json


def serve(plugin, port=9696):
    class Handler(BaseHTTPServer.BaseHTTPRequestHandler):
        def do_GET(self):
            ports = plugin.get_ports()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(ports))

    print 'quantum-server listens on port %d' % port
    BaseHTTPServer.HTTPServer(('', port), Handler).serve_forever()
