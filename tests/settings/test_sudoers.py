"""Rootwrap filters as sudoers: never wider than the filter, whatever the file says."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.settings.sudoers import (
    FiltersError,
    RootwrapFilter,
    read_filters,
    sudoers_file,
)
from support.tools import need


def lines(*filters: str) -> list[str]:
    """What is made of filters: the lines that are in force."""
    data = "[Filters]\n" + "\n".join(f"f{n}: {one}" for n, one in enumerate(filters)) + "\n"
    made = sudoers_file("oven", "a test", read_filters("a.filters", data.encode())).decode()
    return [line for line in made.splitlines() if line and not line.startswith("# ")]


RULE = "oven ALL = (root) NOPASSWD: "
HEAD = "Defaults:oven !requiretty"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("CommandFilter, /sbin/route, root", RULE + "/sbin/route"),
        ("CommandFilter, /sbin/x, nobody", "oven ALL = (nobody) NOPASSWD: /sbin/x"),
        ("ReadFileFilter, /etc/iscsi/name", RULE + "/bin/cat /etc/iscsi/name"),
        ("RegExpFilter, /bin/ls, root, ls, -l, /proc", RULE + "/bin/ls -l /proc"),
        ("RegExpFilter, /bin/sync, root, sync", RULE + '/bin/sync ""'),
        (
            "IpFilter, /sbin/ip, root",
            RULE + "/sbin/ip, !/sbin/ip netns *, /sbin/ip netns list, /sbin/ip netns add *,"
            " /sbin/ip netns delete *",
        ),
    ],
)
def test_a_filter_that_sudo_can_say(given: str, rule: str) -> None:
    assert lines(given) == [HEAD, rule]


@pytest.mark.parametrize(
    "given",
    [
        "RegExpFilter, /bin/cat, root, cat, /proc/\\d+/cmdline",
        "RegExpFilter, /bin/cat, root, cat, .*",
        "RegExpFilter, /bin/cat, root, cat, x+",
        "KillFilter, root, /usr/bin/python, -9",
        "KillFilter, root, /usr/bin/python",
        "IpNetnsExecFilter, /sbin/ip, root",
        "DnsmasqNetnsFilter, /sbin/ip, root",
        "EnvFilter, /bin/env, root",
        "CommandFilter, ip, root",
        "CommandFilter, /sbin/../bin/sh, root",
        "CommandFilter, /../bin/sh, root",
        "CommandFilter, /bin dir/sh, root",
        "CommandFilter, /sbin/*, root",
        "CommandFilter, /bin/a\\, ALL, root",
        "CommandFilter, ALL, root",
        "CommandFilter, /bin/sh, ALL",
        "CommandFilter, /bin/sh, oVen",
        "CommandFilter, /bin/sh, root) NOPASSWD: ALL #",
        f"CommandFilter, /bin/sh, {'o' * 33}",
        "ReadFileFilter, /etc/*",
        "ReadFileFilter, etc/x",
        "RegExpFilter, /bin/cat, root, cat, /proc.x",
        "RegExpFilter, /bin/cat, root, cat, *",
        "RegExpFilter, /bin/cat, root, cat, a b",
        "RegExpFilter, /bin/cat, root, cat, a*",
        "KillFilter, ALL, /usr/bin/python, -9",
        "CommandFilter, /bin/sh",
        "CommandFilter",
        "",
        "CommandFilter, /bin/sh\n ALL = ALL, root",
    ],
)
def test_a_filter_that_it_could_only_say_more_widely_is_a_comment(given: str) -> None:
    assert lines(given) == [HEAD]


@pytest.mark.parametrize(
    ("given", "comments"),
    [
        (
            "KillFilter, nobody, /a, -9, -HUP",
            [
                "#   not allowed: the filter ends /a alone, sudo would end any process",
                "# oven ALL = (nobody) NOPASSWD: /bin/kill -9 [0-9]*, /bin/kill -HUP [0-9]*",
            ],
        ),
        (
            "KillFilter, root, /a",
            [
                "#   not allowed: the filter ends /a alone, sudo would end any process",
                "# oven ALL = (root) NOPASSWD: /bin/kill [0-9]*",
            ],
        ),
        ("EnvFilter, /bin/env", ["#   not allowed: the filter EnvFilter is not known"]),
        (
            "KillFilter, ALL, /a",
            ["#   not allowed: its user or signals have unusual characters"],
        ),
        (
            "RegExpFilter, /bin/x, root, x, %d\\",
            ["#   not allowed: sudo of 2013 has no regular expressions: /bin/x %d\\ ."],
        ),
    ],
)
def test_a_comment_says_why_and_how_it_could_be_allowed(given: str, comments: list[str]) -> None:
    data = f"[Filters]\nf: {given}\n".encode()
    made = sudoers_file("oven", "x", read_filters("a", data)).decode().splitlines()
    assert made[made.index("# a: f") + 1 :] == comments


def test_the_text_of_a_filter_stays_in_its_line() -> None:
    arguments = ("/bin/x", "root", "x", "1\n2\x1b")
    one = RootwrapFilter("a: b\nc\x1b", "RegExpFilter", arguments)
    made = sudoers_file("oven", "x", [one]).decode()
    assert "\x1b" not in made
    assert "# a: b c" in made
    assert lines() == [line for line in made.splitlines() if line and not line.startswith("# ")]


def test_rules_stand_in_the_order_of_their_filters() -> None:
    assert lines("CommandFilter, /b, root", "DnsmasqFilter, /a, root")[2:] == [
        RULE + "/b",
        RULE + "/a",
    ]


def test_the_same_rule_is_there_once_and_the_environment_of_dnsmasq_is_kept() -> None:
    made = lines("DnsmasqFilter, /sbin/dnsmasq, root", "CommandFilter, /sbin/dnsmasq, root")
    assert made == [
        HEAD,
        'Defaults:oven env_keep += "QUANTUM_RELAY_SOCKET_PATH QUANTUM_NETWORK_ID"',
        RULE + "/sbin/dnsmasq",
    ]


@pytest.mark.parametrize("data", [b"", b"[x]\na: b\n", b"x", b"[Filters]\n\xff: a\n"])
def test_what_is_no_file_of_filters(data: bytes) -> None:
    with pytest.raises(FiltersError, match=r"^a\.filters: [^\n]+$"):
        read_filters("a.filters", data)


KINDS = st.sampled_from([f"{one}Filter" for one in ("Command", "RegExp", "Kill", "Ip", "ReadFile")])
PART = st.one_of(st.sampled_from(["/bin/x", "root", "-9", "x"]), st.text(max_size=12))


@given(KINDS, st.lists(PART, max_size=4))
def test_a_hostile_filter_makes_no_rule_but_its_own(kind: str, parts: list[str]) -> None:
    one = RootwrapFilter(f"a: {parts}", kind, tuple(parts))
    text = sudoers_file("oven", "x", [one]).decode()
    in_force = [line for line in text.split("\n") if line and not line.startswith("# ")]
    assert in_force[0] == HEAD
    assert len(in_force) <= 2
    assert all(line.startswith("oven ALL = (") and not line.endswith("\\") for line in in_force[1:])
    comments = [line for line in text.split("\n") if line.startswith("# ")]
    assert not any(line.endswith("\\") for line in comments)


def test_signals_that_are_none_are_not_written_even_into_a_comment() -> None:
    made = sudoers_file(
        "oven", "x", [RootwrapFilter("a: k", "KillFilter", ("root", "/a", "-9, x"))]
    )
    assert b"its user or signals have unusual characters" in made
    assert b"/bin/kill" not in made


def test_a_comment_is_not_continued_on_the_next_line() -> None:
    made = sudoers_file(
        "oven", "x", [RootwrapFilter("a: b\\", "CommandFilter", ("/bin/x", "root"))]
    )
    assert b"\n# a: b\\ .\noven ALL" in made


def test_a_name_that_is_there_twice_is_read_as_rootwrap_reads_it() -> None:
    data = b"[Filters]\na: CommandFilter, /bin/x, root\na: CommandFilter, /bin/y, root\n"
    assert [one.arguments for one in read_filters("f", data)] == [("/bin/y", "root")]


def test_visudo_takes_it() -> None:
    need("/usr/sbin/visudo")
    kinds = ("CommandFilter, /sbin/x", "IpFilter, /sbin/ip", "DnsmasqFilter, /sbin/dnsmasq")
    data = "[Filters]\n" + "".join(f"{n}: {kind}, root\n" for n, kind in enumerate(kinds))
    data += "k: KillFilter, root, /a\\\nr: RegExpFilter, /bin/cat, root, cat, \\d+\\\n"
    data += "s: RegExpFilter, /bin/sync, root, sync\n"
    made = sudoers_file("oven", "a test", read_filters("a.filters", data.encode()))
    broken = made.replace(b"NOPASSWD", b"NOPASSWD NOPASSWD")
    argv = ["/usr/sbin/visudo", "-c", "-f", "-"]
    for text, status in ((made, 0), (broken, 1)):
        done = subprocess.run(argv, input=text, capture_output=True, check=False)
        assert done.returncode == status, done.stderr


def test_what_a_person_may_allow_stands_behind_what_forbids_it() -> None:
    """The last line that matches counts: `!ip netns *` must not come after `ip netns exec *`."""
    data = b"[Filters]\na: IpNetnsExecFilter, /sbin/ip, root\nb: IpFilter, /sbin/ip, root\n"
    text = sudoers_file("oven", "a test", read_filters("a.filters", data)).decode()
    assert text.index("!/sbin/ip netns *") < text.index("# oven ALL = (root) NOPASSWD: /sbin/ip")
