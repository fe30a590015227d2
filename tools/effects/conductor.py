"""nova-conductor: calls per second over RabbitMQ, with one process and with several."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from effects.running import HOST, PYTHON2, Words, command, free_port, require, server

CLIENTS, CALLS, INSTANCES = 40, 400, 40
BROKER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
SETTINGS = """\
[DEFAULT]
sql_connection = sqlite:///{place}/nova.db
log_file = {place}/nova.log
state_path = {place}
lock_path = {place}
host = effects
compute_driver = nova.virt.fake.FakeDriver
rpc_backend = nova.openstack.common.rpc.impl_kombu
rabbit_host = {host}
rabbit_port = {port}

[conductor]
use_local = false
{conductor}
"""


def calls_per_second(python: Path, tree: Path, place: Path, workers: int | None) -> float:
    """Calls for an instance that nova-conductor answers per second to 40 clients at once.

    :param workers: processes; None for the stock tree, which has one and no such setting
    """
    numbers = [workers or 1, CLIENTS, CALLS]
    line = "" if workers is None else f"workers = {workers}"
    return _ask_conductor(python, tree, place, line, "conductor_calls.py", numbers)


def node_updates(python: Path, tree: Path, place: Path) -> float:
    """Updates of its node in the database while nova-compute launches 40 instances at once."""
    return _ask_conductor(python, tree, place, "", "updates.py", [INSTANCES])


def _ask_conductor(
    python: Path, tree: Path, place: Path, setting: str, script: str, numbers: Sequence[int]
) -> float:
    """Run a script of ours beside a nova-conductor; the number that it gives."""
    require("epmd", str(BROKER))
    place.mkdir(parents=True)
    port = free_port()
    settings = place / "nova.conf"
    settings.write_text(SETTINGS.format(host=HOST, port=port, place=place, conductor=setting))
    configured: Words = ["--config-file", settings]
    manage = command(python, tree, "bin/nova-manage")
    subprocess.run([*manage, *configured, "db", "sync"], check=True)
    conductor = [*command(python, tree, "bin/nova-conductor"), *configured]
    asking = [*command(python, tree, str(PYTHON2 / script)), *configured, *map(str, numbers)]
    with _broker(port, place), server(conductor, None, place / "conductor.out"):
        done = subprocess.run(asking, stdout=subprocess.PIPE, check=True, timeout=600)
        return float(json.loads(done.stdout))


@contextmanager
def _broker(port: int, place: Path) -> Iterator[None]:
    """A RabbitMQ of our own, which leaves alone what runs on the machine."""
    names, distribution = free_port(), free_port()
    env = {
        "HOME": str(place),
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_NODENAME": "effects@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(place / "rabbitmq"),
        "RABBITMQ_LOG_BASE": str(place / "rabbitmq.log"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(place / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "no-plugins"),
    }
    said = place / "rabbitmq.out"
    with server(["epmd"], names, said, env), server([BROKER], port, said, env):
        yield
