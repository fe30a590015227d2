"""Green threads for Jython: the part of eventlet that the code under test uses.

Only one green thread runs at a time, and another gets its turn only when the running one
waits or ends, as with eventlet. Each is a thread that is handed the turn; so there is no
timing: when nobody is ready, whoever has not ended waits for good, and `run` says so.

Python 2 and Jython only.
"""

import collections
import random
import threading


class GreenletExit(BaseException):
    """Thrown into a green thread that is killed."""


class Timeout(BaseException):
    """eventlet's Timeout: not an Exception."""


class Hub(object):
    """Hands the turn around. `choice` picks the next of those that are ready (default: first)."""

    def __init__(self):
        self.ready = []
        self.current = None
        self.idle = threading.Semaphore(0)
        self.choice = None

    def run(self):
        """From the main thread: let everyone run until nobody can."""
        if self.ready:
            self.pass_on()
            self.idle.acquire()

    def pass_on(self):
        if not self.ready:
            self.current = None
            self.idle.release()
            return
        at = self.choice(len(self.ready)) if self.choice else 0
        self.current = self.ready.pop(at)
        self.current.turn.release()

    def wait(self):
        """The running green thread waits until someone puts it among the ready."""
        me = self.current
        if me is None:
            raise RuntimeError("the main thread may not wait")
        self.pass_on()
        me.turn.acquire()
        if me.thrown is not None:
            thrown, me.thrown = me.thrown, None
            raise thrown

    def shuffle(self, seed):
        """From now on the next to run is picked by chance; the same seed, the same order."""
        self.choice = random.Random(seed).randrange


HUB = Hub()


class GreenThread(object):
    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments
        self.turn = threading.Semaphore(0)
        self.ended = False
        self.value = None
        self.error = None
        self.thrown = None
        thread = threading.Thread(target=self.main)
        thread.setDaemon(True)
        thread.start()
        HUB.ready.append(self)

    def main(self):
        self.turn.acquire()
        try:
            self.value = self.function(*self.arguments)
        except BaseException as error:
            self.error = error
        self.ended = True
        HUB.pass_on()

    def kill(self):
        """Raise GreenletExit where it waits."""
        self.thrown = GreenletExit()
        if self not in HUB.ready:
            HUB.ready.append(self)

    @property
    def fate(self):
        """How it stands: `blocked`, `returned`, or the name of what it raised."""
        if not self.ended:
            return "blocked"
        return "returned" if self.error is None else type(self.error).__name__


def spawn(function, *arguments):
    return GreenThread(function, arguments)


def yield_now():
    """Let the others run first (what any call over the network does)."""
    HUB.ready.append(HUB.current)
    HUB.wait()


class Waiters(object):
    """Those who wait for one thing, first come, first served."""

    def __init__(self):
        self.waiting = collections.deque()

    def wait(self):
        me = HUB.current
        self.waiting.append(me)
        try:
            HUB.wait()
        finally:
            if me in self.waiting:
                self.waiting.remove(me)

    def wake_one(self):
        if self.waiting:
            HUB.ready.append(self.waiting.popleft())


class Semaphore(object):
    def __init__(self, value=1):
        self.counter = value
        self.waiters = Waiters()

    def acquire(self):
        while self.counter <= 0:
            self.waiters.wait()
        self.counter -= 1
        return True

    def release(self):
        self.counter += 1
        self.waiters.wake_one()

    def __enter__(self):
        self.acquire()

    def __exit__(self, *_):
        self.release()


class Queue(object):
    def __init__(self):
        self.items = collections.deque()
        self.waiters = Waiters()

    def put(self, item):
        self.items.append(item)
        self.waiters.wake_one()

    def get(self):
        while not self.items:
            self.waiters.wait()
        return self.items.popleft()

    def qsize(self):
        return len(self.items)
