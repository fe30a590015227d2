"""The story of demo/keystone, with a change that was taken back, and of one fork of it."""

from __future__ import annotations

from patchseries.demo.story import Replace, Story, StoryCommit, StoryTag, Write
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
        self.store.mark(token)

    def all_revoked(self):
        """Every revoked token; reads the whole store."""
        return [name for name, about in self.store.everything()
                if about.get('revoked')]
'''
_KEPT_LIST = '''\
    def revoke(self, token):
        self.store.mark(token)
        _REVOKED.add(token)

    def all_revoked(self):
        """Every revoked token, as this process knows them."""
        return _REVOKED
'''
_NO_SET = "class UnknownToken(Exception):\n"
_SET = "_REVOKED = set()\n\n\nclass UnknownToken(Exception):\n"

_STARTING = """\
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
"""

_WORKERS = '''\
"""Several processes that answer on the same port."""

import os


def part(listener, count):
    """Run *listener* in *count* children; the port is bound before they part."""
    listener.bind()
    children = []
    for _number in range(count):
        child = os.fork()
        if not child:
            listener.listen()
            os._exit(0)
        children.append(child)
    return children


def wait_for(children):
    for child in children:
        os.waitpid(child, 0)
'''

_BIND_OLD = '''\
    def start(self):
        """Bind the port and answer in the background."""
        log.info('%s listens on %s:%d', self.name, self.address, self.port)
        server = wsgiref.simple_server.make_server(self.address, self.port,
                                                   self.answer)
        self._listen(server)
'''
_BIND_NEW = '''\
    def bind(self):
        log.info('%s listens on %s:%d', self.name, self.address, self.port)
        self._bound = wsgiref.simple_server.make_server(
            self.address, self.port, self.answer)

    def listen(self):
        self._bound.serve_forever()

    def start(self):
        """Bind the port and answer in the background."""
        self.bind()
        self._listen(self._bound)
'''

_MASTER: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(
        MASTER,
        "2013-04-24",
        CHIDI,
        """\
Keep the list of revoked tokens in memory

Each check of a token read the whole store to see which were revoked.

Change-Id: Ia3eb6f2696d11663798f6d28cb241998344cdbea
""",
        Replace("keystone/tokens/issuer.py", _NO_SET, _SET),
        Replace("keystone/tokens/issuer.py", _SLOW_LIST, _KEPT_LIST),
    ),
    StoryTag("2013.2.b1", MASTER, "2013-05-02"),
    reviewed(
        MASTER,
        "2013-05-23",
        DAO,
        """\
Revert "Keep the list of revoked tokens in memory"

Two servers behind one address do not share their memory: a token revoked on
one of them stayed good on the other.

This reverts commit ce05abb64293218975cb60863ad6bf59127d3cf9.

Change-Id: I974c66b8901b84b815df1ce8c16740bd6d39208c
""",
        Replace("keystone/tokens/issuer.py", _SET, _NO_SET),
        Replace("keystone/tokens/issuer.py", _KEPT_LIST, _SLOW_LIST),
    ),
    StoryTag("2013.2.b2", MASTER, "2013-07-18"),
    StoryTag("2013.2.b3", MASTER, "2013-09-05"),
    StoryTag("2013.2.rc1", MASTER, "2013-10-02"),
    StoryTag("2013.2", MASTER, "2013-10-17"),
    reviewed(
        MASTER,
        "2013-11-21",
        ADA,
        """\
Answer from several processes

One process uses one processor. With door_workers and office_workers there are
as many children for each port.

Closes-Bug: 1190003
Change-Id: I28c469f7983ded9fcc2f92fe8dcdc1dc31a22b56
""",
        Write("keystone/workers.py", _WORKERS),
        Replace("keystone/listener.py", _BIND_OLD, _BIND_NEW),
        Replace(
            "keystone/settings.py",
            "    'token_seconds': 86400,\n",
            "    'token_seconds': 86400,\n    'door_workers': 1,\n    'office_workers': 1,\n",
        ),
        Replace(
            "bin/keystone-serve",
            _STARTING,
            """\
    children = []
    for listener in listeners:
        count = SETTINGS['%s_workers' % listener.name]
        children += workers.part(listener, count)
    workers.wait_for(children)
""",
        ),
        Replace(
            "bin/keystone-serve",
            "from keystone import answers\n",
            "from keystone import answers\nfrom keystone import workers\n",
        ),
    ),
    StoryTag("2014.1.b1", MASTER, "2013-12-05"),
)

_STABLE: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(
        STABLE,
        "2013-04-30",
        BO,
        """\
Close the port when a server ends

Change-Id: I9b0a0c2d0d6fd8ed5b2b6dca2c3cc2b8a31d9b10
""",
        Replace(
            "keystone/listener.py",
            "class Listener(object):\n",
            '''\
class TidyServer(wsgiref.simple_server.WSGIServer):
    """Gives its address back at once."""

    allow_reuse_address = 1


class Listener(object):
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
            "keystone/settings.py",
            "        reader.read(paths)\n",
            """\
        if not reader.read(paths):
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

Zero seconds meant no end. It now means an hour.

Change-Id: I3d4f1c7a9be2065bd8c2e7f1a60f5b9c8d7e6a41
""",
        Replace(
            "keystone/tokens/issuer.py",
            "        ends = time.time() + SETTINGS['token_seconds']\n",
            """\
        seconds = SETTINGS['token_seconds'] or 3600
        ends = time.time() + seconds
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
        StoryCommit(
            "workers-for-grizzly",
            "2013-09-27",
            ADA,
            """\
Answer from several processes, for Grizzly

One setting, workers, for both ports.
""",
            (
                Write("keystone/workers.py", _WORKERS),
                Write(
                    "keystone/tests/test_workers.py",
                    """\
import unittest

from keystone import workers


class WorkersTest(unittest.TestCase):

    def test_each_child_listens(self):
        done = []

        class Listener(object):
            def bind(self):
                done.append('bound')

            def listen(self):
                pass

        children = workers.part(Listener(), 2)
        workers.wait_for(children)
        self.assertEqual(['bound'], done)
        self.assertEqual(2, len(set(children)))
""",
                ),
                Replace("keystone/listener.py", _BIND_OLD, _BIND_NEW),
                Replace(
                    "keystone/settings.py",
                    "    'token_seconds': 86400,\n",
                    "    'token_seconds': 86400,\n    'workers': 1,\n",
                ),
                Replace(
                    "bin/keystone-serve",
                    _STARTING,
                    """\
    children = []
    for listener in listeners:
        children += workers.part(listener, SETTINGS['workers'])
    workers.wait_for(children)
""",
                ),
                Replace(
                    "bin/keystone-serve",
                    "from keystone import answers\n",
                    "from keystone import answers\nfrom keystone import workers\n",
                ),
            ),
            since="2013.1.2",
        ),
    ),
)
