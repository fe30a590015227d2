"""Calls per second of a running nova-conductor, over the message bus; as JSON on the output.

    python launch.py TREE /…/conductor_calls.py --config-file FILE WORKERS CLIENTS CALLS

Instances are made first. Then CLIENTS green threads ask for them, CALLS times in all.
"""

import json
import sys
import time

import eventlet

eventlet.monkey_patch(os=False)

from nova import config
from nova import context
from nova import db
from nova.conductor import rpcapi

from bus import wait_for_conductor


def main():
    workers, clients, calls = [int(word) for word in sys.argv[-3:]]
    config.parse_args(sys.argv[:-3])
    wait_for_conductor(workers)
    admin = context.get_admin_context()
    uuids = [db.instance_create(admin, {"host": "host"})["uuid"] for _ in range(clients)]
    conductor = rpcapi.ConductorAPI()

    def ask(uuid):
        assert conductor.instance_get_by_uuid(admin, uuid)["uuid"] == uuid

    pool = eventlet.GreenPool(clients)
    list(pool.imap(ask, uuids))
    begin = time.time()
    list(pool.imap(ask, (uuids[number % clients] for number in range(calls))))
    print(json.dumps(calls / (time.time() - begin)))


main()
