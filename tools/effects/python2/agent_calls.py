"""What quantum's OVS agent asks of others for 40 ports: counted; as JSON on the output.

    python launch.py TREE /…/agent_calls.py PORTS

The programs that it runs and the server that it calls are played here: ovs-vsctl lists the ports,
iptables-restore keeps what iptables-save then gives, and the server answers with the ports, each in
a security group that lets in all its other members, as the default group does.
"""

import json
import sys
import time

from oslo.config import cfg

from quantum.agent import securitygroups_rpc
from quantum.agent.common import config
from quantum.agent.linux import ovs_lib
from quantum.agent.linux import utils

COUNT = int(sys.argv[1])
NAMES = ["tap%08d-00" % number for number in range(COUNT)]
commands = []
tables = {}
rules = []  # in each table that was written


def execute(words, root_helper=None, process_input=None, **_):
    """Count a command, and answer as it would."""
    commands.append(words)
    program = words[0]
    if program.endswith("-restore"):
        tables[program.replace("-restore", "-save")] = process_input
        rules.append(process_input.count("\n-A "))
    elif program.endswith("-save"):
        return tables.get(program, "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n")
    elif "list-ports" in words:
        return "\n".join(NAMES) + "\n"
    elif "list" in words:
        rows = [[name, ["map", sorted(ids_of(name).items())]] for name in NAMES]
        return json.dumps({"headings": ["name", "external_ids"], "data": rows})
    elif "get" in words:
        ids = ids_of(words[words.index("get") + 2])
        return "{%s}\n" % ", ".join('%s="%s"' % pair for pair in sorted(ids.items()))
    return ""


def ids_of(name):
    return {"iface-id": "id-of-" + name, "attached-mac": mac_of(name)}


def mac_of(name):
    return "fa:16:3e:00:00:%02x" % NAMES.index(name)


def address_of(name):
    return "10.0.0.%d" % (NAMES.index(name) + 2)


class Server(object):
    """The calls that the agent makes, and the answer."""

    calls = 0

    def security_group_rules_for_devices(self, context, devices):
        self.calls += 1
        return dict((name, self.device(name)) for name in devices)

    @staticmethod
    def device(name):
        members = [
            {"direction": "ingress", "ethertype": "IPv4", "source_ip_prefix": address_of(other)}
            for other in NAMES
            if other != name
        ]
        return {
            "device": name,
            "mac_address": mac_of(name),
            "fixed_ips": [address_of(name)],
            "security_groups": ["default"],
            "security_group_source_groups": ["default"],
            "security_group_rules": members + [{"direction": "egress", "ethertype": "IPv4"}],
        }


class Agent(securitygroups_rpc.SecurityGroupAgentRpcMixin):
    def __init__(self):
        self.context = None
        self.root_helper = "sudo"
        self.plugin_rpc = Server()
        self.init_firewall()


def firewall():
    """The ports come, their group changes, they go."""
    config.register_root_helper(cfg.CONF)
    driver = "quantum.agent.linux.iptables_firewall.OVSHybridIptablesFirewallDriver"
    cfg.CONF.set_override("firewall_driver", driver, "SECURITYGROUP")
    agent = Agent()
    del commands[:]
    begin = time.time()
    agent.prepare_devices_filter(NAMES)
    agent.refresh_firewall()
    agent.remove_devices_filter(NAMES)
    return {
        "firewall commands": len(commands),
        "firewall calls": agent.plugin_rpc.calls,
        "firewall seconds": time.time() - begin,
        "rules": max(rules),
    }


def report():
    """One periodic report of the ports on the bridge."""
    del commands[:]
    found = ovs_lib.OVSBridge("br-int", "sudo").get_vif_port_set()
    assert found == set(ids_of(name)["iface-id"] for name in NAMES), found
    return {"report commands": len(commands)}


utils.execute = execute
print(json.dumps(dict(firewall(), **report())))
