"""Run the resource tracker of a tree through scenarios and print what came of each, as JSON.

usage: python coalesced_updates.py TREE

A scenario says what was seen, never what ought to be: the caller judges.
"""

import json
import platform
import random
import sys

import greenthreads
import stand_ins
from greenthreads import HUB, spawn

FIRST_LOAD, NOW = "2013-04-04T00:00:00", "now"
CAPACITY = {
    "vcpus": 64, "memory_mb": 262144, "local_gb": 4096, "cpu_info": "{}",
    "vcpus_used": 0, "memory_mb_used": 0, "local_gb_used": 0,
}


class Away(Exception):
    """The conductor does not answer."""


class Conductor(object):
    """The conductor and its database, with the rules of Grizzly's compute_node_update."""

    def reset(self):
        self.row = dict(CAPACITY, id=7, hypervisor_hostname="node", updated_at=FIRST_LOAD)
        self.stats = {}
        self.instances = {}
        self.updates = 0
        self.prunes = []
        self.stored = []  # for each update: running VMs in the row, instances in the stats
        self.fails = lambda: None  # called for each update; what it returns is raised
        self.gate = None  # a semaphore that each update must pass
        self.slow = False  # whether others run while the stats are walked

    def compute_node_update(self, _, node, values, prune_stats=False):
        self.updates += 1
        self.prunes.append(prune_stats)
        node_id = node["id"]
        if self.gate:
            self.gate.acquire()
        failure = self.fails()
        if failure is not None:
            raise failure
        assert node_id == self.row["id"]
        new = {}
        for key, value in values.pop("stats", {}).iteritems():
            new[key] = value
            if self.slow:
                greenthreads.yield_now()
        if prune_stats:
            self.stats.clear()
        self.stats.update(new)
        values.setdefault("updated_at", NOW)
        self.row.update(values)
        self.stored.append((values.get("running_vms"), new.get("num_instances")))

    def service_get_by_compute_host(self, *_):
        return {"id": 1, "compute_node": [dict(self.row)]}

    def instance_get_all_by_host_and_node(self, _, host, node):
        return [dict(i) for i in self.instances.values() if (i["host"], i["node"]) == (host, node)]

    def migration_get_in_progress_by_host_and_node(self, *_):
        return []

    def instance_update(self, _, uuid, **values):
        if uuid in self.instances:
            self.instances[uuid].update(values)


class Driver(object):
    resources = CAPACITY

    def get_available_resource(self, _):
        return dict(self.resources)

    def get_per_instance_usage(self):
        return {}


CONDUCTOR = Conductor()
stand_ins.install(sys.argv[1], CONDUCTOR)

from nova.compute import claims, resource_tracker  # noqa: E402
from nova.openstack.common import lockutils  # noqa: E402

CONTEXT = stand_ins.Context()
LOCK = []  # the resource lock, last: named locks live only as long as someone holds them


def fresh_tracker():
    """A tracker after its first audit, on a new database."""
    HUB.choice = None
    lockutils._semaphores.clear()
    LOCK.append(lockutils.get_named_semaphore(claims.COMPUTE_RESOURCE_SEMAPHORE))
    del stand_ins.LOG.failures[:]
    CONDUCTOR.reset()
    tracker = resource_tracker.ResourceTracker("host", Driver(), "node")
    audit(tracker)
    HUB.run()
    return tracker


def instance(uuid, vm_state="building", task_state=None, project="p"):
    return {
        "uuid": uuid, "vm_state": vm_state, "task_state": task_state, "os_type": "linux",
        "project_id": project, "vcpus": 1, "memory_mb": 512, "root_gb": 1, "ephemeral_gb": 0,
        "host": None, "node": None,
    }


def audit(tracker):
    return spawn(tracker.update_available_resource, CONTEXT)


def claim(tracker, *args, **kwargs):
    return spawn(tracker.instance_claim, CONTEXT, instance(*args, **kwargs))


def usage(tracker, *args, **kwargs):
    return spawn(tracker.update_usage, CONTEXT, instance(*args, **kwargs))


def lock_count():
    """How many may enter the part that one at a time may be in."""
    return LOCK[-1].counter


def fail_once(failure):
    failures = [failure]
    CONDUCTOR.fails = lambda: failures.pop() if failures else None


def close_gate():
    CONDUCTOR.gate = greenthreads.Semaphore(0)


def open_gate():
    gate, CONDUCTOR.gate = CONDUCTOR.gate, None
    for _ in range(100):
        gate.release()
    HUB.run()


def one_failure(failure):
    """One update fails; then come another claim and an audit."""
    tracker = fresh_tracker()
    fail_once(failure)
    first = claim(tracker, "a")
    HUB.run()
    later = claim(tracker, "b")
    HUB.run()
    checked = audit(tracker)
    HUB.run()
    return {
        "first": first.fate, "later claim": later.fate, "audit": checked.fate,
        "lock": lock_count(), "logged": len(stand_ins.LOG.failures),
    }


def failed_call():
    return one_failure(Away())


def failed_with_timeout():
    return one_failure(greenthreads.Timeout())


def failed_batch():
    """Three claims wait behind an update in flight; their joint update fails."""
    tracker = fresh_tracker()
    before = CONDUCTOR.updates
    close_gate()
    flying = claim(tracker, "a")
    HUB.run()
    behind = [claim(tracker, uuid) for uuid in "bcd"]
    HUB.run()
    fates = iter([None, Away()])
    CONDUCTOR.fails = lambda: next(fates)
    open_gate()
    return {
        "flying": flying.fate, "behind": [each.fate for each in behind],
        "updates": CONDUCTOR.updates - before,
    }


def stats_only_change():
    """Building becomes active: nothing changes but stats."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    change = usage(tracker, "a", "active")
    HUB.run()
    return {
        "fate": change.fate,
        "building": CONDUCTOR.stats["num_vm_building"],
        "active": CONDUCTOR.stats.get("num_vm_active", 0),
    }


def unchanged():
    """An update that changes nothing need not be sent: the point of the published patch."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    before = CONDUCTOR.updates
    same = usage(tracker, "a")
    HUB.run()
    return {"fate": same.fate, "updates": CONDUCTOR.updates - before}


def unchanged_after_failure():
    """What failed to be stored is stored with the next update, though that changes nothing."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    fail_once(Away())
    failed = usage(tracker, "a", "active", "rebuilding")
    HUB.run()
    same = usage(tracker, "a", "active", "rebuilding")
    HUB.run()
    return {
        "failed": failed.fate, "same": same.fate,
        "active": CONDUCTOR.stats.get("num_vm_active", 0),
    }


def there_and_back():
    """A change in flight is taken back: the last state must win."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    close_gate()
    usage(tracker, "a", "active", "rebuilding")
    HUB.run()
    usage(tracker, "a")
    HUB.run()
    open_gate()
    return {
        "building": CONDUCTOR.stats["num_vm_building"],
        "active": CONDUCTOR.stats.get("num_vm_active", 0),
    }


def change_while_sending():
    """A second claim changes the tracker while the first claim's update is in flight."""
    tracker = fresh_tracker()
    close_gate()
    both = [claim(tracker, "a")]
    HUB.run()
    both.append(claim(tracker, "b", project="other"))
    HUB.run()
    open_gate()
    return {"fates": [each.fate for each in both], "stored": CONDUCTOR.stored[-2:]}


def turned_off_while_queued():
    """An audit turns tracking off while an update waits to be sent."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    close_gate()
    flying = usage(tracker, "a", "building", "scheduling")
    HUB.run()
    queued = usage(tracker, "a", "building")
    HUB.run()
    tracker.driver.resources = {}
    audit(tracker)
    HUB.run()
    open_gate()
    return {"off": tracker.disabled, "flying": flying.fate, "queued": queued.fate}


def killed_while_waiting():
    """A claim is killed while its update is in flight."""
    tracker = fresh_tracker()
    close_gate()
    killed = claim(tracker, "a")
    HUB.run()
    killed.kill()
    HUB.run()
    return {"fate": killed.fate, "lock": lock_count()}


def time_stamp():
    """What a claim stores as updated_at."""
    tracker = fresh_tracker()
    claim(tracker, "a")
    HUB.run()
    return {"updated_at": CONDUCTOR.row["updated_at"]}


def prune_in_batch():
    """An update that prunes is sent together with a later one that does not ask for it."""
    tracker = fresh_tracker()
    CONDUCTOR.stats["long_gone"] = 1
    close_gate()
    claim(tracker, "a")
    HUB.run()
    spawn(tracker._update, CONTEXT, tracker.compute_node, True)
    spawn(tracker._update, CONTEXT, tracker.compute_node, False)
    HUB.run()
    open_gate()
    return {"prunes": CONDUCTOR.prunes[-2:], "gone": "long_gone" not in CONDUCTOR.stats}


def live(tracker, uuid, dice):
    """The life of an instance, as the compute manager tells it to the tracker."""
    CONDUCTOR.instances[uuid] = instance(uuid, project="p%s" % uuid)
    steps = [
        ("building", "spawning"), ("active", None), ("active", "rebuilding"), ("active", None),
        ("stopped", None),
    ]
    if dice.random() < 0.5:
        steps.append(("deleted", None))
    try:
        tracker.instance_claim(CONTEXT, dict(CONDUCTOR.instances[uuid]))
    except Away:
        return
    for vm_state, task_state in steps:
        CONDUCTOR.instances[uuid].update(vm_state=vm_state, task_state=task_state)
        try:
            tracker.update_usage(CONTEXT, dict(CONDUCTOR.instances[uuid]))
        except Away:
            pass


def by_chance(seed, failing):
    """Five lives and three audits in an order picked by chance.

    Whether anyone was left blocked, and whether the database holds what the tracker holds
    (where updates failed: once another audit went through).
    """
    tracker = fresh_tracker()
    dice = random.Random(seed)
    CONDUCTOR.slow = True
    if failing:
        CONDUCTOR.fails = lambda: Away() if dice.random() < 0.2 else None
    HUB.shuffle(seed)
    everyone = [spawn(live, tracker, uuid, dice) for uuid in "abcde"]
    everyone += [audit(tracker) for _ in range(3)]
    HUB.run()
    if failing:
        CONDUCTOR.fails = lambda: None
        everyone.append(audit(tracker))
        HUB.run()
    blocked = any(each.fate == "blocked" for each in everyone) or lock_count() != 1
    return blocked, not in_step(tracker)


def in_step(tracker):
    node = dict(tracker.compute_node)
    stats = node.pop("stats", {})
    node.pop("updated_at")
    return CONDUCTOR.stats == dict(stats) and all(CONDUCTOR.row[key] == node[key] for key in node)


def many(failing):
    runs = [by_chance(seed, failing) for seed in range(20)]
    return {
        "runs": len(runs),
        "blocked": sum(blocked for blocked, _ in runs),
        "lost": sum(lost for _, lost in runs),
    }


def orders_by_chance():
    return many(failing=False)


def orders_by_chance_with_failures():
    return many(failing=True)


SCENARIOS = [
    failed_call, failed_with_timeout, failed_batch, stats_only_change, unchanged,
    unchanged_after_failure, there_and_back, change_while_sending, turned_off_while_queued,
    killed_while_waiting, time_stamp, prune_in_batch, orders_by_chance,
    orders_by_chance_with_failures,
]

results = dict((scenario.__name__, scenario()) for scenario in SCENARIOS)
json.dump(dict(results, python=platform.python_implementation()), sys.stdout)
