"""Run nova's own test of libvirt's `spawn` from a tree, and print how it ends, as JSON.

usage: python libvirt_spawn.py TREE

Real, from the tree under test: the test test_spawn_with_network_info and the driver's `spawn`.
All that they call is made up; the mocks keep mox's rules: each recorded call is made, and no other.
"""

import json
import os
import re
import sys
import textwrap
import types

TREE = sys.argv[1]
RUNNING = 1


class Missing(Exception):
    """A call was recorded and not made."""


class TooMany(Exception):
    """A call was made and not recorded."""


class Anything(object):
    """Takes every call and every attribute."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, _):
        return self

    def __getitem__(self, _):
        return self


class Mock(object):
    """mox's stub of one method: records calls, then replays them."""

    def __init__(self):
        self.expected = []
        self.replays = False

    def __call__(self, *args):
        if not self.replays:
            return self
        if not self.expected:
            raise TooMany
        return self.expected.pop(0)

    def AndReturn(self, value):
        self.expected.append(value)


class Mox(object):
    def __init__(self):
        self.mocks = []

    def StubOutWithMock(self, owner, name):
        self.mocks.append(Mock())
        setattr(owner, name, self.mocks[-1])

    def ReplayAll(self):
        for mock in self.mocks:
            mock.replays = True

    def verify(self):
        if any(mock.expected for mock in self.mocks):
            raise Missing


class Done(Exception):
    """A looping call has come to its end."""


class LoopingCall(object):
    def __init__(self, function):
        self.function = function

    def start(self, interval):
        return self

    def wait(self):
        try:
            self.function()
        except Done:
            pass


def method(path, name, names):
    """The method *name* of the file *path* as a function that sees *names*."""
    with open(os.path.join(TREE, path)) as file:
        text = file.read()
    found = re.search(r"^    def %s\(.*?(?=^    (def|@)|^\S|\Z)" % name, text, re.M | re.S)
    exec(compile(textwrap.dedent(found.group()), path, "exec"), names)
    return names[name]


def outcome(libvirt_type, returns_nothing=False):
    """How the test ends where the driver is set to *libvirt_type*."""
    power_state = types.ModuleType("power_state")
    power_state.RUNNING = RUNNING
    shared = {
        "power_state": power_state, "_": str, "LOG": Anything(), "blockinfo": Anything(),
        "CONF": type("CONF", (), {
            "libvirt_type": libvirt_type, "instances_path": "", "base_dir_name": "none",
        }),
        "utils": type("utils", (), {
            "FixedIntervalLoopingCall": LoopingCall, "LoopingCallDone": Done,
        }),
    }
    spawn = method("nova/virt/libvirt/driver.py", "spawn", dict(shared))
    members = dict((n, lambda *args, **kwargs: None) for n in (
        "__init__", "_create_image", "to_xml", "_create_domain_and_network"))
    members["spawn"] = (lambda *args, **kwargs: None) if returns_nothing else spawn
    members["firewall_driver"] = Anything()
    module = types.ModuleType("libvirt_driver")
    module.LibvirtDriver = type("LibvirtDriver", (object,), members)

    class Database(Anything):
        def instance_create(self, *_):
            return {"name": "no-such-instance"}

    names = dict(shared, libvirt_driver=module, db=Database(), os=os)
    for name in ("instance_types", "fake", "imagebackend", "_fake_network_info", "shutil"):
        names[name] = Anything()
    test = type("Test", (object,), {
        "mox": Mox(), "stubs": Anything(), "context": None, "test_instance": {"instance_type_id": 1},
        "create_fake_libvirt_mock": Anything(), "assertEqual": lambda self, a, b: check(a, b),
    })()
    try:
        method("nova/tests/test_libvirt.py", "test_spawn_with_network_info", names)(test)
        test.mox.verify()
    except (Missing, TooMany, AssertionError) as error:
        return type(error).__name__
    return "passes"


def check(one, other):
    assert one == other, (one, other)


print(json.dumps({
    "kvm": outcome("kvm"),
    "qemu": outcome("qemu"),
    "asks": outcome("xen"),
    "returns_nothing": outcome("kvm", returns_nothing=True),
}))
