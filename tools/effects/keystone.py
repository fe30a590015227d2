"""keystone: token requests per second, by HTTP, with one process and with several."""

from __future__ import annotations

import getpass
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from effects.running import HOST, Words, command, free_port, per_second, request, require, server

CLIENTS, REQUESTS = 40, 400
PASSWORD = "secret"
SETTINGS = """\
[DEFAULT]
admin_token = ADMIN
bind_host = {host}
public_port = {public}
admin_port = {admin}
log_file = {place}/keystone.log
policy_file = {tree}/etc/policy.json
{workers}

[sql]
connection = sqlite:///{place}/keystone.db

[token]
driver = keystone.token.backends.memcache.Token

[memcache]
servers = {host}:{memcached}

[signing]
certfile = {place}/signing.pem
keyfile = {place}/signing.key
ca_certs = {place}/signing.pem

"""


def tokens_per_second(python: Path, tree: Path, place: Path, workers: int | None) -> float:
    """Tokens that keystone issues per second to 40 clients at once.

    :param workers: processes; None for the stock tree, which has one and no such setting
    """
    require("memcached", "openssl")
    place.mkdir(parents=True)
    memcached, public, admin = free_port(), free_port(), free_port()
    settings = place / "keystone.conf"
    settings.write_text(
        SETTINGS.format(
            host=HOST,
            public=public,
            admin=admin,
            memcached=memcached,
            place=place,
            tree=tree,
            workers="" if workers is None else f"workers = {workers}",
        )
        + "".join(_paste_sections((tree / "etc" / "keystone.conf.sample").read_text()))
    )
    configured: Words = ["--config-file", settings]
    manage = command(python, tree, "bin/keystone-manage")
    subprocess.run([*manage, *configured, "db_sync"], check=True)
    program = [*command(python, tree, "bin/keystone-all"), *configured]
    _make_certificate(place)
    cache = ["memcached", "-l", HOST, "-p", str(memcached), "-U", "0", "-u", getpass.getuser()]
    with (
        server(cache, memcached, place / "memcached.out"),
        server(program, public, place / "keystone.out"),
    ):
        _add_users(admin)
        return per_second(CLIENTS, REQUESTS, lambda number: _token(public, number))


def _paste_sections(sample: str) -> Iterator[str]:
    """The sections of the sample that say what the server is made of."""
    for section in re.split(r"^(?=\[)", sample, flags=re.M):
        if re.match(r"\[(filter|app|pipeline|composite):", section):
            yield section


def _make_certificate(place: Path) -> None:
    """What tokens are signed with; pki_setup cannot make it, it calls openssl as 1.0 was called."""
    files: Words = ["-keyout", place / "signing.key", "-out", place / "signing.pem"]
    subject = ["-subj", "/CN=keystone", "-days", "2"]
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", *files, *subject]
    subprocess.run(argv, check=True, capture_output=True)


def _add_users(admin: int) -> None:
    """A tenant, and a user for each client."""
    token = {"X-Auth-Token": "ADMIN"}
    tenant = request(admin, "POST", "/v2.0/tenants", {"tenant": {"name": "tenant"}}, **token)
    for number in range(CLIENTS):
        user = {
            "name": f"user{number}",
            "password": PASSWORD,
            "tenantId": tenant["tenant"]["id"],
            "enabled": True,
        }
        request(admin, "POST", "/v2.0/users", {"user": user}, **token)


def _token(public: int, number: int) -> None:
    credentials = {"username": f"user{number}", "password": PASSWORD}
    body = {"auth": {"tenantName": "tenant", "passwordCredentials": credentials}}
    answer = request(public, "POST", "/v2.0/tokens", body)
    assert answer["access"]["token"]["id"]
