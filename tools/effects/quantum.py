"""quantum-server: requests per second, by HTTP, with one process and with several."""

from __future__ import annotations

from pathlib import Path

from effects.running import HOST, command, free_port, per_second, request, server

CLIENTS, REQUESTS, PORTS = 40, 400, 40
SETTINGS = """\
[DEFAULT]
bind_host = {host}
bind_port = {port}
core_plugin = quantum.plugins.openvswitch.ovs_quantum_plugin.OVSQuantumPluginV2
auth_strategy = noauth
rpc_backend = quantum.openstack.common.rpc.impl_fake
notification_driver = quantum.openstack.common.notifier.no_op_notifier
api_paste_config = {tree}/etc/api-paste.ini
policy_file = {tree}/etc/policy.json
log_file = {place}/quantum.log
state_path = {place}
lock_path = {place}
{workers}

[DATABASE]
sql_connection = sqlite:///{place}/quantum.db

[OVS]
tenant_network_type = local
"""


def lists_per_second(python: Path, tree: Path, place: Path, workers: int | None) -> float:
    """Times per second that quantum-server lists the 40 ports of a network to 40 clients at once.

    :param workers: processes; None for the stock tree, which has one and no such setting
    """
    place.mkdir(parents=True)
    port = free_port()
    settings = place / "quantum.conf"
    settings.write_text(
        SETTINGS.format(
            host=HOST,
            port=port,
            place=place,
            tree=tree,
            workers="" if workers is None else f"workers = {workers}",
        )
    )
    argv = [*command(python, tree, "bin/quantum-server"), "--config-file", settings]
    with server(argv, port, place / "quantum.out"):
        network = _add_ports(port)
        return per_second(CLIENTS, REQUESTS, lambda _: _list(port, network))


def _add_ports(port: int) -> str:
    """A network with its ports; the network's id."""
    owner = {"tenant_id": "tenant"}
    created = request(port, "POST", "/v2.0/networks", {"network": {"name": "n", **owner}})
    network = str(created["network"]["id"])
    subnet = {"network_id": network, "cidr": "10.0.0.0/24", "ip_version": 4, **owner}
    request(port, "POST", "/v2.0/subnets", {"subnet": subnet})
    for _ in range(PORTS):
        request(port, "POST", "/v2.0/ports", {"port": {"network_id": network, **owner}})
    return network


def _list(port: int, network: str) -> None:
    answer = request(port, "GET", f"/v2.0/ports?network_id={network}")
    assert len(answer["ports"]) == PORTS
