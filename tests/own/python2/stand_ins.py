"""Stand-ins for what the resource tracker imports and what is not under test.

Real, from the tree under test: nova.compute.{resource_tracker,claims,stats,vm_states,
task_states} and nova.openstack.common.lockutils. Everything else is made up here.
"""

import __builtin__
import os
import sys
import types

import greenthreads


class Options(object):
    """oslo.config's CONF with the defaults of what was registered."""

    def register_opts(self, options):
        for name, default in options:
            setattr(self, name, default)


class Log(object):
    """Takes every message and keeps the failures."""

    def __init__(self):
        self.failures = []

    def exception(self, message, *_):
        self.failures.append(message)

    def __getattr__(self, _):
        return lambda *args, **kwargs: None


LOG = Log()


class Context(object):
    def elevated(self):
        return self


def option(name, default=None, **_):
    return name, default


def import_object(path):
    module, _, name = path.rpartition(".")
    __import__(module)
    return getattr(sys.modules[module], name)()


def stand_in(name, **members):
    """Make the module *name*, also as an attribute of the module it belongs to."""
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    return module


def package(name, folder):
    stand_in(name, __path__=[folder])


def error(name):
    return type(name, (Exception,), {})


def install(tree, conductor):
    """Make `nova.compute.resource_tracker` of the folder *tree* importable.

    `conductor` is what `conductor.API()` returns.
    """
    __builtin__._ = lambda message: message
    stand_in("fcntl")
    stand_in("eventlet", spawn=greenthreads.spawn)
    stand_in("eventlet.semaphore", Semaphore=greenthreads.Semaphore)
    stand_in("eventlet.queue", Queue=greenthreads.Queue)
    stand_in("eventlet.timeout", Timeout=greenthreads.Timeout)
    stand_in("oslo")
    stand_in("oslo.config")
    stand_in("oslo.config.cfg", CONF=Options(), IntOpt=option, StrOpt=option, BoolOpt=option)

    package("nova", os.path.join(tree, "nova"))
    package("nova.compute", os.path.join(tree, "nova", "compute"))
    package("nova.openstack", os.path.join(tree, "nova", "openstack"))
    common = "nova.openstack.common"
    package(common, os.path.join(tree, "nova", "openstack", "common"))
    stand_in(common + ".gettextutils", _=__builtin__._)
    stand_in(common + ".local", strong_store=type("Store", (), {})())
    stand_in(common + ".fileutils")
    stand_in(common + ".log", getLogger=lambda name: LOG)
    stand_in(common + ".importutils", import_object=import_object)
    stand_in(common + ".jsonutils", to_primitive=dict)
    stand_in("nova.compute.instance_types")
    stand_in("nova.conductor", API=lambda: conductor)
    stand_in("nova.context", get_admin_context=Context)
    names = ("ComputeResourcesUnavailable", "NotFound", "InstanceTypeNotFound", "InvalidInput")
    stand_in("nova.exception", **dict((name, error(name)) for name in names))
