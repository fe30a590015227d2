"""The HTTP face of quantum-server."""

import BaseHTTPServer
import json


def answer(book, port=9696):
    class Clerk(BaseHTTPServer.BaseHTTPRequestHandler):
        def do_GET(self):
            found = book.everything()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found))

    print 'quantum-server listens on port %d' % port
    BaseHTTPServer.HTTPServer(('', port), Clerk).serve_forever()
