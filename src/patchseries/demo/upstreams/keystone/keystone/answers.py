"""What keystone answers."""

import json

from keystone import listener
from keystone.tokens import issuer


def answer(request, begin):
    """POST / gives a token; GET /TOKEN tells whose it is."""
    tokens = issuer.Issuer()
    try:
        if request['REQUEST_METHOD'] == 'POST':
            told = {'token': tokens.hand_out(request['REMOTE_USER'])}
        else:
            told = tokens.check(request['PATH_INFO'].strip('/'))
    except issuer.UnknownToken:
        begin('404 Not Found', [])
        return []
    begin('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps(told)]


def listen(name, port):
    return listener.Listener(name, answer, port)
