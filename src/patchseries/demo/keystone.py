"""The story of demo/keystone, with a change that was taken back, and of one fork of it."""

from __future__ import annotations

from patchseries.demo.story import Commit, Replace, Story, Tag, Write
from patchseries.demo.world import (
    ADA,
    BO,
    CHIDI,
    DAO,
    MASTER,
    STABLE,
    release,
    reviewed,
    start,
)

_SLOW_LIST = '''\
    def revoke(self, token):
        self.driver.revoke(token)

    def list_revoked(self):
        """Every revoked token; reads the whole store."""
        return [name for name, found in self.driver.items()
                if found.get('revoked')]
'''
_KEPT_LIST = '''\
    def revoke(self, token):
        self.driver.revoke(token)
        _REVOKED.add(token)

    def list_revoked(self):
        """Every revoked token, as this process knows them."""
        return _REVOKED
'''
_NO_SET = "class TokenNotFound(Exception):\n"
_SET = "_REVOKED = set()\n\n\nclass TokenNotFound(Exception):\n"

_STARTING = """\
    for server in servers:
        server.start()
    for server in servers:
        server.join()
"""

_WORKERS = '''\
"""Several processes that answer on the same port."""

import os


def fork(server, count):
    """Run *server* in *count* children; the port is bound before they part."""
    server.bind()
    children = []
    for _number in range(count):
        pid = os.fork()
        if pid == 0:
            server.run()
            os._exit(0)
        children.append(pid)
    return children


def wait(children):
    for pid in children:
        os.waitpid(pid, 0)
'''

_BIND_OLD = '''\
    def start(self):
        """Bind the port and answer in the background."""
        LOG.info('starting %s on %s:%d', self.name, self.host, self.port)
        server = simple_server.make_server(self.host, self.port,
                                           self.application)
        self._run(server)
'''
_BIND_NEW = '''\
    def bind(self):
        LOG.info('starting %s on %s:%d', self.name, self.host, self.port)
        self._server = simple_server.make_server(self.host, self.port,
                                                 self.application)

    def run(self):
        self._server.serve_forever()

    def start(self):
        """Bind the port and answer in the background."""
        self.bind()
        self._run(self._server)
'''

_MASTER: tuple[Commit | Tag, ...] = (
    reviewed(
        MASTER,
        "2013-04-24",
        CHIDI,
        """\
Keep the list of revoked tokens in memory

Each check of a token read the whole store to see which were revoked.

Change-Id: Ia3eb6f2696d11663798f6d28cb241998344cdbea
""",
        Replace("keystone/token/core.py", _NO_SET, _SET),
        Replace("keystone/token/core.py", _SLOW_LIST, _KEPT_LIST),
    ),
    Tag("2013.2.b1", MASTER, "2013-05-02"),
    reviewed(
        MASTER,
        "2013-05-23",
        DAO,
        """\
Revert "Keep the list of revoked tokens in memory"

Two servers behind one address do not share their memory: a token revoked on
one of them stayed good on the other.

This reverts commit fd5ce2ea8cf9210291cc25813419e905d5003c2a.

Change-Id: I974c66b8901b84b815df1ce8c16740bd6d39208c
""",
        Replace("keystone/token/core.py", _SET, _NO_SET),
        Replace("keystone/token/core.py", _KEPT_LIST, _SLOW_LIST),
    ),
    Tag("2013.2.b2", MASTER, "2013-07-18"),
    Tag("2013.2.b3", MASTER, "2013-09-05"),
    Tag("2013.2.rc1", MASTER, "2013-10-02"),
    Tag("2013.2", MASTER, "2013-10-17"),
    reviewed(
        MASTER,
        "2013-11-21",
        ADA,
        """\
Answer from several processes

One process uses one processor. With public_workers and admin_workers there are
as many children for each port.

Closes-Bug: 1190003
Change-Id: I28c469f7983ded9fcc2f92fe8dcdc1dc31a22b56
""",
        Write("keystone/common/workers.py", _WORKERS),
        Replace("keystone/common/wsgi.py", _BIND_OLD, _BIND_NEW),
        Replace(
            "keystone/config.py",
            "    'token_expiration': 86400,\n",
            "    'token_expiration': 86400,\n    'public_workers': 1,\n    'admin_workers': 1,\n",
        ),
        Replace(
            "bin/keystone-all",
            _STARTING,
            """\
    children = []
    for server in servers:
        count = config.CONF['%s_workers' % server.name]
        children += workers.fork(server, count)
    workers.wait(children)
""",
        ),
        Replace(
            "bin/keystone-all",
            "from keystone import config\n",
            "from keystone.common import workers\nfrom keystone import config\n",
        ),
    ),
    Tag("2014.1.b1", MASTER, "2013-12-05"),
)

_STABLE: tuple[Commit | Tag, ...] = (
    reviewed(
        STABLE,
        "2013-04-30",
        BO,
        """\
Close the port when a server ends

Change-Id: I9b0a0c2d0d6fd8ed5b2b6dca2c3cc2b8a31d9b10
""",
        Replace(
            "keystone/common/wsgi.py",
            "class Server(object):\n",
            '''\
class ReusingServer(simple_server.WSGIServer):
    """Gives its address back at once."""

    allow_reuse_address = True


class Server(object):
''',
        ),
        since="2013.1",
    ),
    *release("keystone", "2013-05-09", "2013.1", "2013.1.1"),
    reviewed(
        STABLE,
        "2013-05-30",
        CHIDI,
        """\
Fail when a settings file does not exist

A misspelled file name was passed over in silence.

Change-Id: I5f8c9b06f8ba1c1b36e1f3a6a5a4d2f5f9f0c7e2
""",
        Replace(
            "keystone/config.py",
            "        parser.read(paths)\n",
            """\
        if not parser.read(paths):
            raise IOError('no such file: %s' % ', '.join(paths))
""",
        ),
    ),
    *release("keystone", "2013-06-06", "2013.1.1", "2013.1.2"),
    reviewed(
        STABLE,
        "2013-07-16",
        BO,
        """\
Let no token live for ever

An expiration of zero meant no end. It now means an hour.

Change-Id: I3d4f1c7a9be2065bd8c2e7f1a60f5b9c8d7e6a41
""",
        Replace(
            "keystone/token/core.py",
            "        expires = time.time() + CONF['token_expiration']\n",
            """\
        seconds = CONF['token_expiration'] or 3600
        expires = time.time() + seconds
""",
        ),
    ),
    *release("keystone", "2013-08-08", "2013.1.2", "2013.1.3"),
)

KEYSTONE = Story("demo/keystone", (*start("keystone"), *_MASTER, *_STABLE))

KEYSTONE_FORK = Story(
    "contributor/keystone",
    (
        *KEYSTONE.steps,
        Commit(
            "workers-for-grizzly",
            "2013-09-27",
            ADA,
            """\
Answer from several processes, for Grizzly

One setting, workers, for both ports.
""",
            (
                Write("keystone/common/workers.py", _WORKERS),
                Write(
                    "keystone/tests/test_workers.py",
                    """\
import unittest

from keystone.common import workers


class WorkersTestCase(unittest.TestCase):

    def test_each_worker_runs_the_server(self):
        calls = []

        class Server(object):
            def bind(self):
                calls.append('bind')

            def run(self):
                pass

        children = workers.fork(Server(), 2)
        workers.wait(children)
        self.assertEqual(['bind'], calls)
        self.assertEqual(2, len(set(children)))
""",
                ),
                Replace("keystone/common/wsgi.py", _BIND_OLD, _BIND_NEW),
                Replace(
                    "keystone/config.py",
                    "    'token_expiration': 86400,\n",
                    "    'token_expiration': 86400,\n    'workers': 1,\n",
                ),
                Replace(
                    "bin/keystone-all",
                    _STARTING,
                    """\
    children = []
    for server in servers:
        children += workers.fork(server, config.CONF['workers'])
    workers.wait(children)
""",
                ),
                Replace(
                    "bin/keystone-all",
                    "from keystone import config\n",
                    "from keystone.common import workers\nfrom keystone import config\n",
                ),
            ),
            since="2013.1.2",
        ),
    ),
)
