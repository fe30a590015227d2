"""The story of demo/nova, and of the fork in which two of its changes were made for Grizzly."""

from __future__ import annotations

from patchseries.demo.story import Remove, Replace, Story, StoryCommit, StoryTag, Write
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

_LAUNCH = '''\
def launch(server):
    """Run *server* in a child process."""
    child = os.fork()
    if not child:
        server.work()
        os._exit(0)
    _children.append(child)
'''

_TELL_OLD = """\
        self.page = self.desk.note_page(page, fresh)
"""
_TELL_NEW = """\
        self.desk.note_page(page, fresh)
        self.page = page
"""
_KEEP_THE_PAGE = Replace("nova/host/ledger.py", _TELL_OLD, _TELL_NEW)

_KEEP_THE_PAGE_MESSAGE = """\
Keep the ledger's page when the conductor is away

When the conductor did not answer, the ledger kept None for its page, and the
next booking failed with a TypeError until nova-host was started again.

Change-Id: I627469db99e712c77f2a3b9aaff3a832bd6f8acf
"""

_CLOCK = Replace(
    "nova/host/beat.py",
    "        if self._reported is not None and now - self._reported < self.seconds:\n",
    """\
        past = None if self._reported is None else now - self._reported
        if past is not None and 0 <= past < self.seconds:
""",
)

_CLOCK_MESSAGE = """\
Report again after the clock was set back

A host whose clock was wrong by a day at first did not report for a day.

Change-Id: I5d1f4d17d2f5a6f0b7c83a9e4e6fd2c10b3a7e55
"""

_FAILED_START = Replace(
    "nova/host/keeper.py",
    "        self.maker.wake(machine)\n",
    """\
        try:
            self.maker.wake(machine)
        except Exception:
            log.exception('machine %s did not wake', machine['name'])
            self.ledger.strike(machine)
            raise
""",
)

_FAILED_START_MESSAGE = """\
Strike out a machine that failed to start

The booking stayed for ever, so a host with a broken image store filled up with
machines that did not exist.

Change-Id: I9a6eabd9c6460d88104ee24cf864c08b2e34872f
"""

_MASTER: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(MASTER, "2013-04-15", BO, _KEEP_THE_PAGE_MESSAGE, _KEEP_THE_PAGE),
    reviewed(MASTER, "2013-04-18", DAO, _CLOCK_MESSAGE, _CLOCK),
    reviewed(MASTER, "2013-04-25", CHIDI, _FAILED_START_MESSAGE, _FAILED_START),
    StoryTag("2013.2.b1", MASTER, "2013-05-02"),
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
            "nova/conductor/desk.py",
            "    def note_page(",
            "    def ping(self):\n        return 'pong'\n\n    def note_page(",
        ),
    ),
    StoryTag("2013.2.b2", MASTER, "2013-07-18"),
    reviewed(
        MASTER,
        "2013-08-20",
        BO,
        """\
Write a page only when it has changed

Every host told the conductor once a minute that nothing had happened, and the
conductor wrote it down. It now compares first, for all hosts at once.

Closes-Bug: 1190002
Change-Id: I5375c0108985d5a7eadf50719345c8edf7ffebcf
""",
        Replace(
            "nova/conductor/desk.py",
            "        self._pages[page['host']] = page\n",
            """\
        if self._pages.get(page['host']) != page:
            self._pages[page['host']] = page
""",
        ),
    ),
    StoryTag("2013.2.b3", MASTER, "2013-09-05"),
    reviewed(
        MASTER,
        "2013-09-12",
        ADA,
        """\
Run several conductors on one host

One conductor uses one processor. With [conductor] workers = N there are N of
them, each a child of its own. Other servers may ask for as many.

Implements: blueprint conductor-workers
Change-Id: I992cf6d493a7c019e63ccb62ee14372d693abac3
""",
        Replace(
            "bin/nova-conductor",
            "    launch.launch(server)\n",
            "    launch.launch(server, times=SETTINGS.of('workers', 'conductor'))\n",
        ),
        Replace(
            "nova/conductor/desk.py",
            "SETTINGS.offer('topic', 'conductor', group='conductor')\n",
            """\
SETTINGS.offer('topic', 'conductor', group='conductor')
SETTINGS.offer('workers', 0, group='conductor')
""",
        ),
        Replace(
            "nova/launch.py",
            _LAUNCH,
            '''\
def launch(server, times=None):
    """Run *server* in as many child processes; None or 0 means one."""
    for _number in range(times or 1):
        _children.append(_fork(server))


def _fork(server):
    child = os.fork()
    if not child:
        server.work()
        os._exit(0)
    return child
''',
        ),
    ),
    StoryTag("2013.2.rc1", MASTER, "2013-10-02"),
    StoryTag("2013.2", MASTER, "2013-10-17"),
)

_STABLE: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(
        STABLE,
        "2013-04-22",
        BO,
        _KEEP_THE_PAGE_MESSAGE
        + "(cherry picked from commit ceb20b61d997d2149f54cdd2235c087172de5f20)\n",
        _KEEP_THE_PAGE,
        since="2013.1",
    ),
    reviewed(
        STABLE,
        "2013-04-26",
        DAO,
        _CLOCK_MESSAGE + "(cherry picked from commit 60820d046fd98d12b6d0d3685a00e9193dfc5b06)\n",
        _CLOCK,
    ),
    *release("nova", "2013-05-09", "2013.1", "2013.1.1"),
    reviewed(
        STABLE,
        "2013-05-21",
        CHIDI,
        _FAILED_START_MESSAGE
        + "(cherry picked from commit 0c7958302bc748a780d1bbfb1a253716b00e8e06)\n",
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
            "nova/launch.py", "import os\nimport sys\n", "import os\nimport signal\nimport sys\n"
        ),
        Replace(
            "nova/launch.py",
            "SETTINGS.offer('seconds_between_reports', 10)\n",
            """\
SETTINGS.offer('seconds_between_reports', 10)
SETTINGS.offer('last_signal', signal.SIGTERM)
""",
        ),
        Replace(
            "nova/launch.py",
            '''\
def wait_for_all():
    """Wait until the children have ended."""
''',
            '''\
def pass_on(_signal, _frame):
    """Tell the children to end, too."""
    for child in _children:
        os.kill(child, SETTINGS.of('last_signal'))


def wait_for_all():
    """Wait until the children have ended."""
    signal.signal(signal.SIGTERM, pass_on)
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
        StoryCommit(
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
                    "    launch.launch(server)\n",
                    "    launch.launch(server, SETTINGS.of('workers', 'conductor'))\n",
                ),
                Replace(
                    "nova/conductor/desk.py",
                    "SETTINGS.offer('topic', 'conductor', group='conductor')\n",
                    """\
SETTINGS.offer('topic', 'conductor', group='conductor')
SETTINGS.offer('workers', 1, group='conductor')
""",
                ),
                Replace(
                    "nova/launch.py",
                    _LAUNCH,
                    '''\
def launch(server, times=1):
    """Run *server* in as many child processes."""
    for _number in range(times):
        child = os.fork()
        if not child:
            server.work()
            os._exit(0)
        _children.append(child)
''',
                ),
            ),
            since="2013.1.2",
        ),
        StoryCommit(
            "no-idle-updates-for-grizzly",
            "2013-09-23",
            ADA,
            """\
Tell the conductor only what has changed

A host that does nothing says so once a minute, and a conductor that hears it
from a thousand hosts does nothing else. The ledger now compares first.

A host that reports only news needs nobody to set its pace: nova.host.beat
goes away, in the state that it has since 2013.1.1.

Change-Id: I4cc5483912ab0c7bf3e8ef5aafe58a2eb207d306
""",
            (
                Replace(
                    "nova/host/ledger.py",
                    _TELL_NEW,
                    """\
        if page != self.page:
            self.desk.note_page(page, fresh)
            self.page = page
""",
                ),
                Remove("nova/host/beat.py"),
                Replace("nova/host/keeper.py", "from nova.host import beat\n", ""),
                Replace("nova/host/keeper.py", "        self.beat = beat.Beat()\n", ""),
                Replace(
                    "nova/host/keeper.py",
                    """\
        if self.beat.due():
            self.ledger.count_again(self.maker.machines())
""",
                    """\
        self.ledger.count_again(self.maker.machines())
""",
                ),
                Write(
                    "nova/tests/test_idle_host.py",
                    """\
import unittest

from nova.host import ledger


class IdleHostTest(unittest.TestCase):

    def test_nothing_new_is_not_told(self):
        told = []

        class Listener(object):
            def note_page(self, *what):
                told.append(what)

        book = ledger.Ledger('host', Listener())
        book.count_again([])
        self.assertEqual([], told)
        book.count_again([{'megabytes': 512}])
        self.assertEqual(1, len(told))
""",
                ),
            ),
            since="2013.1.2",
        ),
    ),
)
