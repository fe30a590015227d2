"""Updates of the compute node while nova-compute launches many instances at once; as JSON.

    python launch.py TREE /…/updates.py --config-file FILE INSTANCES

nova-compute's manager runs here, with its fake driver, in a green thread for each instance. It asks
a nova-conductor over the message bus; each of the updates counted is one in the database.
"""

import json
import sys

import eventlet

eventlet.monkey_patch(os=False)

from nova import config
from nova import context
from nova import db
from nova.compute import manager
from nova.conductor import rpcapi

import launches
from bus import wait_for_conductor

updates = []
update = rpcapi.ConductorAPI.compute_node_update


def counted(*args, **kwargs):
    updates.append(args)
    return update(*args, **kwargs)


def main():
    count = int(sys.argv[-1])
    config.parse_args(sys.argv[:-1])
    wait_for_conductor(1)
    admin = context.get_admin_context()
    host = config.cfg.CONF.host
    db.service_create(admin, {"host": host, "binary": "nova-compute", "topic": "compute"})
    compute = manager.ComputeManager()
    compute.network_api = launches.Network()
    compute.update_available_resource(admin)  # as at its start
    made = [launches.instance(admin) for _ in range(count)]
    rpcapi.ConductorAPI.compute_node_update = counted
    pool = eventlet.GreenPool(count)
    for own, instance in made:
        pool.spawn(compute.run_instance, own, instance, filter_properties={}, node=host)
    pool.waitall()
    states = [instance["vm_state"] for instance in db.instance_get_all(admin)]
    assert states == ["active"] * count, states
    [node] = db.compute_node_get_all(admin)
    assert node["running_vms"] == count, node["running_vms"]
    print(json.dumps(len(updates)))


main()
