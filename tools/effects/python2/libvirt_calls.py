"""Calls of libvirt while nova-compute launches one instance, counted by name; as JSON.

    python launch.py TREE /…/libvirt_calls.py

nova-compute's manager runs here with the libvirt driver, on the libvirt that nova's tests play. As
quantum filters packets in this set-up, nova's firewall driver is the one that does nothing.
"""

import collections
import functools
import json
import os
import sys

from nova import context
from nova import db
from nova import test
from nova.compute import manager
from nova.tests import fakelibvirt
from nova.tests import test_virt_drivers

import launches

calls = []
inside = []  # a call that another one makes is none of nova's


def counted(method):
    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        if not inside:
            calls.append(method.__name__)
        inside.append(method)
        try:
            return method(*args, **kwargs)
        finally:
            inside.pop()

    return wrapper


class Launch(test_virt_drivers._FakeDriverBackendTestCase, test.TestCase):
    def runTest(self):
        self.flags(
            compute_driver="nova.virt.libvirt.LibvirtDriver",
            firewall_driver="nova.virt.firewall.NoopFirewallDriver",
            instances_path="/nonexistent",  # nothing is written: files are played, too
        )
        self.flags(use_local=True, group="conductor")
        for kind in (fakelibvirt.Connection, fakelibvirt.Domain, fakelibvirt.NWFilter):
            for name, method in list(vars(kind).items()):
                if callable(method) and not name.startswith("_"):
                    self.stubs.Set(kind, name, counted(method))
        admin = context.get_admin_context()
        compute = manager.ComputeManager()
        db.service_create(
            admin, {"host": compute.host, "binary": "nova-compute", "topic": "compute"}
        )
        compute.network_api = launches.Network()
        compute.update_available_resource(admin)  # as at its start
        [node] = compute.driver.get_available_nodes()
        own, instance = launches.instance(admin)
        del calls[:]
        compute.run_instance(own, instance, filter_properties={}, node=node)
        state = db.instance_get_by_uuid(admin, instance["uuid"])["vm_state"]
        assert state == "active", state


result = Launch().run()
for _, trace in result.errors + result.failures:
    sys.stderr.write(trace)
print(json.dumps(collections.Counter(calls)))
sys.stdout.flush()
os._exit(0 if result.wasSuccessful() else 1)  # services that it leaves behind would go on
