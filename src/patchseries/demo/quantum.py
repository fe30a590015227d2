"""The story of demo/quantum, which becomes neutron on master, and of one fork of it."""

from __future__ import annotations

from patchseries.demo.story import (
    Remove,
    RenameProject,
    Replace,
    Story,
    StoryCommit,
    StoryTag,
    Write,
)
from patchseries.demo.world import (
    ADA,
    BO,
    CHIDI,
    DAO,
    MASTER,
    RELEASE,
    STABLE,
    release,
    reviewed,
    start,
)

_ONE_RUN_MESSAGE = """\
Write the filters of many ports in one run of iptables

An agent that starts prepares some hundred ports, and each of them ran iptables
for itself. watch_all takes them all and runs it once.

Fixes: bug 1190001
Change-Id: I73d167b3803ee6869a7c818fafc32abf93ec91cb
"""


def _one_run(project: str) -> tuple[Replace, Replace]:
    """The same change under either name of the project."""
    return (
        Replace(
            f"{project}/filters/porter.py",
            """\
    def watch(self, port):
        self.watched[port['name']] = port
        self._note_rules(port)
        self.sheet.write()
""",
            '''\
    def watch(self, port):
        self.watch_all([port])

    def watch_all(self, ports):
        """Filter many ports with one run of iptables."""
        for port in ports:
            self.watched[port['name']] = port
            self._note_rules(port)
        self.sheet.write()
''',
        ),
        Replace(
            f"{project}/tests/test_porter.py",
            f"        self.assertEqual(['-A {project}-plan1 -j RETURN'], self.runs)\n",
            f"""\
        self.assertEqual(['-A {project}-plan1 -j RETURN'], self.runs)

    def test_many_ports_in_one_run(self):
        self.porter.watch_all(
            [{{'name': 'lan%d' % n, 'rules': ['-j DROP']}} for n in range(3)])
        self.assertEqual(1, len(self.runs))
""",
        ),
    )


_MASTER: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(
        MASTER,
        "2013-04-18",
        DAO,
        """\
Give leases two hours

Two minutes were meant for a test.

Change-Id: I31046d4d65bd17656fc4f4c22df00bc4d9019821
""",
        Replace("quantum/leases/relay.py", "LEASE_SECONDS = 120\n", "LEASE_SECONDS = 7200\n"),
    ),
    StoryTag("2013.2.b1", MASTER, "2013-05-02"),
    reviewed(
        MASTER,
        "2013-05-14",
        RELEASE,
        """\
Rename quantum to neutron

The old name belongs to somebody else.

Change-Id: I91c3596c52ac292dec9cb9af4c3de56810a57dd2
""",
        RenameProject("quantum", "neutron"),
    ),
    reviewed(MASTER, "2013-05-21", ADA, _ONE_RUN_MESSAGE, *_one_run("neutron")),
    StoryTag("2013.2.b2", MASTER, "2013-07-18"),
    reviewed(
        MASTER,
        "2013-08-22",
        CHIDI,
        """\
Read the leases where dnsmasq keeps them

dnsmasq writes its leases to a file anyway. The agent reads that file, and no
script is started for each lease any more.

Change-Id: I3465ebb72c9b174ced4cec5552e0275af9591ab5
""",
        Remove("bin/neutron-lease-news"),
        Replace(
            "setup.py",
            "    scripts=['bin/neutron-server', 'bin/neutron-lease-news'])\n",
            "    scripts=['bin/neutron-server'])\n",
        ),
        Write(
            "neutron/leases/relay.py",
            '''\
"""Leases, from dnsmasq to the server."""

LEASE_FILE = '/run/neutron/leases'
LEASE_SECONDS = 7200


def leases():
    """Each lease as dnsmasq writes it: when it ends, whose it is, and where."""
    for line in open(LEASE_FILE):
        end, card, address = line.split()[:3]
        yield int(end), card, address
''',
        ),
    ),
    StoryTag("2013.2.b3", MASTER, "2013-09-05"),
    StoryTag("2013.2.rc1", MASTER, "2013-10-02"),
    StoryTag("2013.2", MASTER, "2013-10-17"),
)

_STABLE: tuple[StoryCommit | StoryTag, ...] = (
    reviewed(
        STABLE,
        "2013-04-29",
        BO,
        """\
Listen on one address when asked to

Change-Id: I15f80589e923e43fe3f592abbfa0641c7971b977
""",
        Replace(
            "quantum/server.py",
            "def answer(book, port=9696):\n",
            "def answer(book, port=9696, host=''):\n",
        ),
        Replace("quantum/server.py", "HTTPServer(('', port)", "HTTPServer((host, port)"),
        since="2013.1",
    ),
    *release("quantum", "2013-05-09", "2013.1", "2013.1.1"),
    reviewed(
        STABLE,
        "2013-05-28",
        ADA,
        _ONE_RUN_MESSAGE
        + "(cherry picked from commit cd8ff8096a2c7bbac876468f531a935c67439569)\n\n"
        + "Conflicts:\n\tneutron/filters/porter.py\n",
        *_one_run("quantum"),
    ),
    *release("quantum", "2013-06-06", "2013.1.1", "2013.1.2"),
    reviewed(
        STABLE,
        "2013-07-15",
        DAO,
        """\
Say which port was not found

Change-Id: I444f4fda0e7018ffbdf204f144c1d9482a28baa7
""",
        Replace(
            "quantum/store/portbook.py",
            "            raise UnknownPort(str(missing))\n",
            "            raise UnknownPort('no port %s' % missing)\n",
        ),
    ),
    *release("quantum", "2013-08-08", "2013.1.2", "2013.1.3"),
)

QUANTUM = Story("demo/quantum", (*start("quantum"), *_MASTER, *_STABLE))

QUANTUM_FORK = Story(
    "contributor/quantum",
    (
        *QUANTUM.steps,
        StoryCommit(
            "lean-lease-update-for-grizzly",
            "2013-09-25",
            ADA,
            """\
Hand over a lease without loading quantum

The script runs once for each lease, and most of its time went into importing
the agent for one function of five lines. It now has these lines itself.

Change-Id: I2f07ed827c4c104a1118d0a900b6ee31d83e23ec
""",
            (
                Replace(
                    "bin/quantum-lease-news",
                    """\
import sys

from quantum.leases import relay

""",
                    """\
import json
import socket
import sys

LEASE_SECONDS = 120
LETTER_BOX = '/run/quantum/letterbox'

""",
                ),
                Replace(
                    "bin/quantum-lease-news",
                    """\
    if what == 'del':
        seconds = 0
    else:
        seconds = relay.lease_time()
    relay.post(card, address, seconds)
""",
                    """\
    seconds = 0 if what == 'del' else LEASE_SECONDS
    box = socket.socket(socket.AF_UNIX)
    box.connect(LETTER_BOX)
    box.sendall(json.dumps({'card': card, 'address': address,
                            'seconds_left': seconds}))
    box.close()
""",
                ),
            ),
            since="2013.1.2",
        ),
    ),
)
