"""The published patches that ours fix: where they are, on which bases, which files they need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PATCHES = Path(__file__).parents[2] / "patches" / "own"
BASES = ("2013.1", "2013.1.1", "2013.1.2", "2013.1.3", "2013.1.4", "2013.1.5")
USUAL_BASE = BASES[-1]


@dataclass(frozen=True, slots=True)
class Published:
    """A published patch: where it and its bases are, and the patch of ours that fixes it."""

    upstream: str
    fork: str
    commit: str
    fix: str
    paths: tuple[str, ...]
    """The files to extract: those it touches and those that a test runs with them."""
    alike: tuple[tuple[str, ...], ...] = (BASES,)
    """Groups of bases on which these files are the same. The defects are shown on the last of each.
    """


def nova_compute(*names: str) -> tuple[str, ...]:
    return tuple(f"nova/compute/{name}.py" for name in names)


COALESCED_UPDATES = Published(
    "openstack/nova",
    "peterfeiner/nova",
    "45432c76760782a3738dd85d96bcb66a985d8263",
    "nova-coalesced-updates-fixed.patch",
    (
        "nova/openstack/common/lockutils.py",
        *nova_compute("resource_tracker", "claims", "stats", "task_states", "vm_states"),
        "nova/tests/compute/fake_resource_tracker.py",
    ),
    alike=(BASES[1:],),
)

FEWER_LIBVIRT_CALLS = Published(
    "openstack/nova",
    "peterfeiner/nova",
    "8de504e8258325c5cca2faa75260a032760bdc9b",
    "nova-fewer-libvirt-calls-fixed.patch",
    ("nova/tests/test_libvirt.py", "nova/virt/libvirt/driver.py"),
    alike=tuple((base,) for base in BASES),
)

LEASE_SCRIPT = "bin/quantum-dhcp-agent-dnsmasq-lease-update"

LEAN_LEASE_SCRIPT = Published(
    "openstack/neutron",
    "peterfeiner/quantum",
    "cd82c659a6d2b85fd62b1a264926a4bc97a781ab",
    "quantum-lease-script-python-fixed.patch",
    (LEASE_SCRIPT,),
)

BASH_LEASE_SCRIPT = Published(
    "openstack/neutron",
    "peterfeiner/quantum",
    "d01e7fcd5cda86957ab199a108a2b964554976d3",
    "quantum-lease-script-bash-fixed.patch",
    (LEASE_SCRIPT,),
)

KEYSTONE_WORKERS = Published(
    "openstack/keystone",
    "peterfeiner/keystone",
    "7d7ef48b7be0cf1a0cd736dab4cf91002ef08e75",
    "keystone-workers-fixed.patch",
    ("bin/keystone-all", "keystone/common/wsgi.py", "keystone/service.py"),
    alike=(BASES[:3], BASES[3:]),
)

QUANTUM_WORKERS = Published(
    "openstack/neutron",
    "peterfeiner/quantum",
    "bd1e14456291e8639c604a42c9894e565f91918a",
    "quantum-server-workers-fixed.patch",
    (
        "quantum/agent/metadata/agent.py",
        "quantum/agent/metadata/namespace_proxy.py",
        "quantum/service.py",
        "quantum/wsgi.py",
    ),
    alike=tuple((base,) for base in BASES),
)

DEFERRED_IPTABLES = Published(
    "openstack/neutron",
    "peterfeiner/quantum",
    "645936d604bcec133de0c80531b891ff7623b009",
    "quantum-deferred-iptables-fixed.patch",
    (
        "quantum/agent/securitygroups_rpc.py",
        "quantum/tests/unit/test_security_groups_rpc.py",
    ),
    alike=(BASES[:3],),
)
"""From 2013.1.3 on the change is in the release, by other code."""

ALL = (
    COALESCED_UPDATES,
    FEWER_LIBVIRT_CALLS,
    LEAN_LEASE_SCRIPT,
    BASH_LEASE_SCRIPT,
    KEYSTONE_WORKERS,
    QUANTUM_WORKERS,
    DEFERRED_IPTABLES,
)
