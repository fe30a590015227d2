"""The two services of keystone."""

import json

from keystone.common import wsgi
from keystone.token import core


def application(environ, start_response):
    """POST / gives a token; GET /TOKEN tells whose it is."""
    tokens = core.Manager()
    try:
        if environ['REQUEST_METHOD'] == 'POST':
            answer = {'token': tokens.issue(environ['REMOTE_USER'])}
        else:
            answer = tokens.validate(environ['PATH_INFO'].strip('/'))
    except core.TokenNotFound:
        start_response('404 Not Found', [])
        return []
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps(answer)]


def create_server(name, port):
    return wsgi.Server(name, application, port)
