"""The story of demo/nova, and of the fork in which two of its changes were made for Grizzly."""

from __future__ import annotations

from patchseries.demo.story import Commit, Remove, Replace, Story, Tag, Write
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

_TELL_OLD = """\
        self.compute_node = self.conductor_api.compute_node_update(
            context, self.compute_node, values, prune_stats)
"""
_TELL_NEW = """\
        node = dict(self.compute_node, **values)
        self.conductor_api.compute_node_update(
            context, node, values, prune_stats)
        self.compute_node = node
"""
_KEEP_THE_NODE = Replace("nova/compute/resource_tracker.py", _TELL_OLD, _TELL_NEW)

_KEEP_THE_NODE_MESSAGE = """\
Keep the tracker's node when the conductor is away

When the conductor did not answer, the tracker kept None for its node, and the
next claim failed with a TypeError until nova-compute was started again.

Change-Id: I627469db99e712c77f2a3b9aaff3a832bd6f8acf
"""

_CLOCK = Replace(
    "nova/compute/pace.py",
    "        if self._last is not None and now - self._last < self.seconds:\n",
    """\
        past = None if self._last is None else now - self._last
        if past is not None and 0 <= past < self.seconds:
""",
)

_CLOCK_MESSAGE = """\
Report again after the clock was set back

A host whose clock was wrong by a day at first did not report for a day.

Change-Id: I5d1f4d17d2f5a6f0b7c83a9e4e6fd2c10b3a7e55
"""

_FAILED_START = Replace(
    "nova/compute/manager.py",
    "        self.driver.spawn(instance)\n",
    """\
        try:
            self.driver.spawn(instance)
        except Exception:
            LOG.exception('instance %s did not start', instance['uuid'])
            self.tracker.release(context, instance)
            raise
""",
)

_FAILED_START_MESSAGE = """\
Give back the resources of an instance that failed to start

The claim stayed for ever, so a host with a broken image store filled up with
instances that did not exist.

Change-Id: I9a6eabd9c6460d88104ee24cf864c08b2e34872f
"""

_MASTER: tuple[Commit | Tag, ...] = (
    reviewed(MASTER, "2013-04-15", BO, _KEEP_THE_NODE_MESSAGE, _KEEP_THE_NODE),
    reviewed(MASTER, "2013-04-18", DAO, _CLOCK_MESSAGE, _CLOCK),
    reviewed(MASTER, "2013-04-25", CHIDI, _FAILED_START_MESSAGE, _FAILED_START),
    Tag("2013.2.b1", MASTER, "2013-05-02"),
    reviewed(
        MASTER,
        "2013-06-20",
        DAO,
        """\
Let the conductor answer a ping

Operators had no way to ask whether it was alive.

Change-Id: I84a4cac311c5e1379d76a05b73fd003d7e22db0e
""",
        Replace(
            "nova/conductor/manager.py",
            "    def compute_node_update(",
            "    def ping(self, context):\n        return 'pong'\n\n    def compute_node_update(",
        ),
    ),
    Tag("2013.2.b2", MASTER, "2013-07-18"),
    reviewed(
        MASTER,
        "2013-08-20",
        BO,
        """\
Write a node only when it has changed

Every host told the conductor once a minute that nothing had happened, and the
conductor wrote it down. It now compares first, for all hosts at once.

Closes-Bug: 1190002
Change-Id: I5375c0108985d5a7eadf50719345c8edf7ffebcf
""",
        Replace(
            "nova/conductor/manager.py",
            "        self._nodes[node['host']] = node\n",
            """\
        if self._nodes.get(node['host']) != node:
            self._nodes[node['host']] = node
""",
        ),
    ),
    Tag("2013.2.b3", MASTER, "2013-09-05"),
    reviewed(
        MASTER,
        "2013-09-12",
        ADA,
        """\
Run several conductors on one host

One conductor uses one processor. With [conductor] workers = N there are N of
them, each a child of its own. Other services may ask for workers too.

Implements: blueprint conductor-workers
Change-Id: I992cf6d493a7c019e63ccb62ee14372d693abac3
""",
        Replace(
            "bin/nova-conductor",
            "    service.serve(server)\n",
            "    service.serve(server, workers=config.CONF.get('workers', 'conductor'))\n",
        ),
        Replace(
            "nova/conductor/api.py",
            "CONF.register('topic', 'conductor', group='conductor')\n",
            """\
CONF.register('topic', 'conductor', group='conductor')
CONF.register('workers', 0, group='conductor')
""",
        ),
        Replace(
            "nova/service.py",
            '''\
def serve(server):
    """Run *server* in a child process."""
    pid = os.fork()
    if pid == 0:
        server.start()
        os._exit(0)
    _children.append(pid)
''',
            '''\
def serve(server, workers=None):
    """Run *server* in *workers* child processes; None or 0 means one."""
    for _number in range(workers or 1):
        _children.append(_fork(server))


def _fork(server):
    pid = os.fork()
    if pid == 0:
        server.start()
        os._exit(0)
    return pid
''',
        ),
    ),
    Tag("2013.2.rc1", MASTER, "2013-10-02"),
    Tag("2013.2", MASTER, "2013-10-17"),
)

_STABLE: tuple[Commit | Tag, ...] = (
    reviewed(
        STABLE,
        "2013-04-22",
        BO,
        _KEEP_THE_NODE_MESSAGE
        + "(cherry picked from commit dc2b1bc7cb281260a19e1f638174eedf0846f113)\n",
        _KEEP_THE_NODE,
        since="2013.1",
    ),
    reviewed(
        STABLE,
        "2013-04-26",
        DAO,
        _CLOCK_MESSAGE + "(cherry picked from commit 3fdde6a244bb50057c7259b31cd8ace6649cb1d5)\n",
        _CLOCK,
    ),
    *release("nova", "2013-05-09", "2013.1", "2013.1.1"),
    reviewed(
        STABLE,
        "2013-05-21",
        CHIDI,
        _FAILED_START_MESSAGE
        + "(cherry picked from commit 2781a514e31949aa391edc1b624d16c74fcf7536)\n",
        _FAILED_START,
    ),
    *release("nova", "2013-06-06", "2013.1.1", "2013.1.2"),
    reviewed(
        STABLE,
        "2013-07-11",
        DAO,
        """\
End the children together with their parent

A killed nova-conductor left its child behind, which kept the port.

Change-Id: Iad42d07f71060d307e040730a08547f5e2efd904
""",
        Replace(
            "nova/service.py", "import os\nimport sys\n", "import os\nimport signal\nimport sys\n"
        ),
        Replace(
            "nova/service.py",
            "CONF.register('report_interval', 10)\n",
            "CONF.register('report_interval', 10)\nCONF.register('stop_signal', signal.SIGTERM)\n",
        ),
        Replace(
            "nova/service.py",
            '''\
def wait():
    """Wait until the children have ended."""
''',
            '''\
def stop(_signal, _frame):
    """Pass the end on to the children."""
    for pid in _children:
        os.kill(pid, CONF.get('stop_signal'))


def wait():
    """Wait until the children have ended."""
    signal.signal(signal.SIGTERM, stop)
''',
        ),
    ),
    *release("nova", "2013-08-08", "2013.1.2", "2013.1.3"),
)

NOVA = Story("demo/nova", (*start("nova"), *_MASTER, *_STABLE))

NOVA_FORK = Story(
    "contributor/nova",
    (
        *NOVA.steps,
        Commit(
            "conductor-workers-for-grizzly",
            "2013-09-20",
            ADA,
            """\
Run several conductors on one host, for Grizzly

The same as on master, in the smallest form that 2013.1.2 takes: the number of
children is read from [conductor] workers.
""",
            (
                Replace(
                    "bin/nova-conductor",
                    "    service.serve(server)\n",
                    "    service.serve(server, config.CONF.get('workers', 'conductor'))\n",
                ),
                Replace(
                    "nova/conductor/api.py",
                    "CONF.register('topic', 'conductor', group='conductor')\n",
                    """\
CONF.register('topic', 'conductor', group='conductor')
CONF.register('workers', 1, group='conductor')
""",
                ),
                Replace(
                    "nova/service.py",
                    '''\
def serve(server):
    """Run *server* in a child process."""
    pid = os.fork()
    if pid == 0:
        server.start()
        os._exit(0)
    _children.append(pid)
''',
                    '''\
def serve(server, workers=1):
    """Run *server* in *workers* child processes."""
    for _number in range(workers):
        pid = os.fork()
        if pid == 0:
            server.start()
            os._exit(0)
        _children.append(pid)
''',
                ),
            ),
            since="2013.1.2",
        ),
        Commit(
            "no-idle-updates-for-grizzly",
            "2013-09-23",
            ADA,
            """\
Tell the conductor only what has changed

A host that does nothing says so once a minute, and a conductor that hears it
from a thousand hosts does nothing else. The tracker now compares first.

A host that reports only news needs nobody to set its pace: nova.compute.pace
goes away, in the state that it has since 2013.1.1.

Change-Id: I4cc5483912ab0c7bf3e8ef5aafe58a2eb207d306
""",
            (
                Replace(
                    "nova/compute/resource_tracker.py",
                    _TELL_NEW,
                    """\
        node = dict(self.compute_node, **values)
        if node != self.compute_node:
            self.conductor_api.compute_node_update(
                context, node, values, prune_stats)
            self.compute_node = node
""",
                ),
                Remove("nova/compute/pace.py"),
                Replace("nova/compute/manager.py", "from nova.compute import pace\n", ""),
                Replace("nova/compute/manager.py", "        self.pace = pace.Pace()\n", ""),
                Replace(
                    "nova/compute/manager.py",
                    """\
        if self.pace.due():
            self.tracker.update_available(context,
                                          self.driver.list_instances())
""",
                    """\
        self.tracker.update_available(context, self.driver.list_instances())
""",
                ),
                Write(
                    "nova/tests/test_idle_host.py",
                    """\
import unittest

from nova.compute import resource_tracker


class IdleHostTestCase(unittest.TestCase):

    def test_nothing_new_is_not_told(self):
        told = []

        class Conductor(object):
            def compute_node_update(self, *args):
                told.append(args)

        tracker = resource_tracker.ResourceTracker('host', Conductor())
        tracker.update_available(None, [])
        self.assertEqual([], told)
        tracker.update_available(None, [{'memory_mb': 512}])
        self.assertEqual(1, len(told))
""",
                ),
            ),
            since="2013.1.2",
        ),
    ),
)
