"""Run keystone-all's `serve` and keystone's WSGI server; print what was seen, as JSON.

usage: python keystone_workers.py TREE

Real, from the tree under test: bin/keystone-all, keystone.service, keystone.common.wsgi.
The processes are made up: what forks is always the parent, and a child lives until told.
"""

import __builtin__
import errno
import json
import os
import sys
import types

from stand_ins import Options, option

SIGTERM, SIGINT, SIG_DFL, SIG_IGN = 15, 2, 0, 1
TREE = sys.argv[1]


class Idle(BaseException):
    """The parent sleeps until something happens, and nothing will."""


class Spinning(BaseException):
    """The parent asks again and again for a child, and has none."""


class Kernel(object):
    """Processes and signals as the parent sees them; `events` is what happens while it waits."""

    def __init__(self):
        self.handlers = {}
        self.children = []
        self.zombies = []
        self.forks = 0
        self.refusals = 0
        self.events = []

    def signal(self, number, handler):
        self.handlers[number] = handler

    def fork(self):
        self.forks += 1
        self.children.append(self.forks)
        return self.forks

    def kill(self, pid, _):
        self.children.remove(pid)
        self.zombies.append(pid)

    def wait(self):
        if not self.zombies and not self.children:
            self.refusals += 1
            if self.refusals > 100:
                raise Spinning
            raise OSError(errno.ECHILD, "no child")
        if not self.zombies:
            if not self.events:
                raise Idle
            self.events.pop(0)()
        if not self.zombies:
            raise OSError(errno.EINTR, "interrupted")
        return self.zombies.pop(0), 0


class Socket(object):
    def __init__(self, backlog, tls=False):
        self.backlog = backlog
        self.tls = tls

    def setsockopt(self, *_):
        pass


class Pool(object):
    """Keeps the socket that is served."""

    def __init__(self, _):
        self.served = None

    def spawn(self, _, application, served):
        self.served = served


class Nothing(object):
    """Stands for any class, function or decorator that is named but does not matter."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        return Nothing


class Loose(types.ModuleType):
    """A module that has whatever is asked of it."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing


def stand_in(name, **members):
    module = Loose(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)


def install():
    __builtin__._ = lambda message: message
    log = Nothing()
    for name in ("routes", "routes.middleware", "webob", "webob.dec", "webob.exc", "paste", "ssl",
                 "paste.deploy", "oslo", "oslo.config", "eventlet.wsgi"):
        if name == "eventlet.wsgi":
            stand_in(
                "eventlet",
                GreenPool=Pool,
                listen=lambda address, family, backlog=50: Socket(backlog),
                wrap_ssl=lambda plain, **_: Socket(plain.backlog, tls=True),
                greenio=Nothing(),
            )
        stand_in(name)
    stand_in("greenlet", GreenletExit=type("GreenletExit", (BaseException,), {}))
    stand_in("oslo.config.cfg", IntOpt=option)
    stand_in("keystone")
    sys.modules["keystone"].__path__ = [os.path.join(TREE, "keystone")]
    for name in ("auth", "catalog", "exception", "identity", "policy", "routers", "token", "trust",
                 "contrib", "contrib.ec2", "common", "openstack", "openstack.common",
                 "openstack.common.importutils", "openstack.common.jsonutils",
                 "openstack.common.version", "common.utils", "common.config"):
        stand_in("keystone." + name)
    sys.modules["keystone.common"].__path__ = [os.path.join(TREE, "keystone", "common")]
    stand_in("keystone.common.logging", getLogger=lambda name: log)
    stand_in("keystone.config", CONF=Options())
    __import__("keystone.common.wsgi")  # or else the stand-in for its package makes one up


def boot(workers=None):
    """keystone-all's functions and a new kernel; `workers` is the setting, None when unset."""
    kernel = Kernel()
    stand_in("signal", SIGTERM=SIGTERM, SIGINT=SIGINT, SIG_DFL=SIG_DFL, SIG_IGN=SIG_IGN,
             signal=kernel.signal)
    os.fork, os.wait, os.kill, os.pipe = kernel.fork, kernel.wait, kernel.kill, lambda: (0, 0)
    os.WIFSIGNALED, os.WEXITSTATUS = lambda status: False, lambda status: status
    sys.modules.pop("keystone.service", None)
    path = os.path.join(TREE, "bin", "keystone-all")
    program = {"__name__": "keystone_all", "__file__": path}
    execfile(path, program)
    program["CONF"].onready = None
    if workers is not None:
        program["CONF"].workers = workers
    return kernel, program


def serve(kernel, program):
    """Serve the admin and the main server until nothing more happens; how that ended."""
    try:
        program["serve"]("admin", "main")
    except (Idle, Spinning) as state:
        return type(state).__name__
    return "ended"


def workers_not_set():
    kernel, program = boot()
    parent = serve(kernel, program)
    return {"parent": parent, "workers": len(kernel.children)}


def a_worker_dies(which):
    """Of four workers (two a server) the one of that number dies."""
    kernel, program = boot(workers=2)
    kernel.events.append(lambda: kernel.kill(which, None))
    parent = serve(kernel, program)
    return {"parent": parent, "workers": len(kernel.children)}


def worker_of_the_first_dies():
    return a_worker_dies(1)


def worker_of_the_second_dies():
    return a_worker_dies(4)


def terminated():
    kernel, program = boot(workers=2)
    kernel.events.append(lambda: kernel.handlers[SIGTERM](SIGTERM, None))
    parent = serve(kernel, program)
    return {"parent": parent, "workers": len(kernel.children)}


def served(with_tls):
    server = sys.modules["keystone.common.wsgi"].Server("application", host="127.0.0.1", port=5000)
    if with_tls:
        server.set_ssl("certificate", "key", "authorities", True)
    server.start()
    return {"tls": server.pool.served.tls, "backlog": server.pool.served.backlog}


def plain():
    return served(with_tls=False)


def tls():
    return served(with_tls=True)


install()
SCENARIOS = [
    workers_not_set, worker_of_the_first_dies, worker_of_the_second_dies, terminated, plain, tls,
]
json.dump(dict((scenario.__name__, scenario()) for scenario in SCENARIOS), sys.stdout)
