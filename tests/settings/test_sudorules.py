"""sudoers files: what sudo's own cvtsudoers reads in them."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.settings.sudorules import SudoSpec, read_rules
from support.tools import need

TEXT = """\
# comment, ada ALL = ALL
Defaults env_reset
User_Alias OPS = ada, bob : DEVS = carol
Cmnd_Alias SHELLS = /bin/sh, \\
   /bin/bash
Runas_Alias DB = mysql, postgres
root ALL=(ALL:ALL) ALL
%sudo   ALL=(ALL) ALL
OPS ALL = (DB) NOPASSWD: SHELLS, PASSWD: /bin/cat /a\\,b, (root) NOPASSWD:SETENV: ALL # end
quantum ALL = (root) NOPASSWD: /sbin/ip, !/sbin/ip netns *, /sbin/ip netns list
#1000 ALL=NOPASSWD: ALL
nova h1 = /bin/a : h2 = NOPASSWD: /bin/b
DEVS, eve ALL = /bin/a
"""


def theirs(text: str) -> list[tuple[Any, ...]]:
    """What cvtsudoers reads: users, run-as users, commands, whether no password is asked for."""
    done = subprocess.run(
        ["cvtsudoers", "-e", "-f", "json", "-i", "sudoers", "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    found = []
    for spec in json.loads(done.stdout).get("User_Specs", []):
        users = tuple(_name(one) for one in spec["User_List"])
        for part in spec["Cmnd_Specs"]:
            run_as = tuple(_name(one) for one in part.get("runasusers", []))
            options = [option for one in part.get("Options", []) for option in one.items()]
            commands = tuple(_name(one) for one in part["Commands"])
            found.append((users, run_as, commands, ("authenticate", False) in options))
    return found


def _name(row: dict[str, Any]) -> str:
    mark = "!" if row.get("negated") else ""
    for key, start in (("userid", "#"), ("usergroup", "%")):
        if key in row:
            return f"{mark}{start}{row[key]}"
    return mark + str(row.get("username", row.get("command")))


def mine(text: str) -> list[tuple[Any, ...]]:
    return [(o.users, o.run_as, o.commands, o.no_password) for o in read_rules(text)]


def test_the_same_as_sudo_reads() -> None:
    need("cvtsudoers")
    assert mine(TEXT.replace("\\,b", "b")) == theirs(TEXT.replace("\\,b", "b"))


WORDS = {
    "users": st.lists(st.sampled_from(["ada", "%g", "#7", "ALL", "OPS"]), min_size=1, max_size=2),
    "run_as": st.sampled_from(["", "(root) ", "(ALL) ", "(ALL : ALL) ", "(ada, bob) "]),
    "tag": st.sampled_from(["", "NOPASSWD: ", "PASSWD:", "NOPASSWD:NOEXEC: ", "SETENV: "]),
}
COMMANDS = st.lists(
    st.tuples(WORDS["tag"], st.sampled_from(["ALL", "/bin/a", "/bin/a -x *", "!/bin/b", "S"])),
    min_size=1,
    max_size=3,
)


@given(st.lists(st.tuples(WORDS["users"], WORDS["run_as"], COMMANDS), min_size=1, max_size=3))
def test_rules_of_all_kinds(rules: list[Any]) -> None:
    need("cvtsudoers")
    text = "User_Alias OPS = eve, bob\nCmnd_Alias S = /bin/s, /bin/t\n"
    for users, run_as, commands in rules:
        what = ", ".join(tag + command for tag, command in commands)
        text += f"{', '.join(users)} ALL = {run_as}{what}\n"
    assert joined(mine(text)) == joined(theirs(text))


def joined(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row for each command: how they are grouped is the reader's own."""
    return [(users, run_as, one, no) for users, run_as, commands, no in rows for one in commands]


@pytest.mark.parametrize(
    ("line", "wide"),
    [
        ("q ALL = NOPASSWD: ALL", True),
        ("q ALL = (root) NOPASSWD: ALL", True),
        ("q ALL = (ALL:ALL) NOPASSWD: /bin/a, ALL", True),
        ("q ALL = (root) ALL", False),
        ("q ALL = (nova) NOPASSWD: ALL", False),
        ("q ALL = (root) NOPASSWD: /bin/a", False),
        ("q ALL = (root) NOPASSWD: /bin/a, PASSWD: ALL", False),
    ],
)
def test_who_may_run_everything(line: str, wide: bool) -> None:
    assert any(rule.allows_all for rule in read_rules(line)) is wide


def test_aliases_that_grow_are_bounded() -> None:
    lines = [f"Cmnd_Alias A{n} = {', '.join([f'A{n + 1}'] * 50)}" for n in range(12)]
    (rule,) = read_rules("\n".join([*lines, "q ALL = A0"]))
    assert len(rule.commands) <= 500


def test_rules_without_end_are_bounded() -> None:
    assert len(read_rules("q ALL = NOPASSWD: ALL\n" * 6_000)) == 5_001


@given(st.text(alphabet="aq ALL=(),:!#\\\n@", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(isinstance(rule, SudoSpec) for rule in read_rules(text))
