"""Leases, from dnsmasq to the server."""

import json
import socket

LEASE_SECONDS = 120
RELAY_SOCKET = '/var/lib/quantum/dhcp/lease_relay'


def lease_time():
    return LEASE_SECONDS


def relay(mac, address, expiry):
    """Tell the agent, which listens on a socket of this host."""
    news = json.dumps({'mac_address': mac, 'ip_address': address,
                       'lease_remaining': expiry})
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.connect(RELAY_SOCKET)
    channel.send(news)
    channel.close()
