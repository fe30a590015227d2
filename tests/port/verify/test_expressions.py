"""Variables of Ansible's expressions that only upstream sets."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined

TASK = "- name: bake\n  command: bake\n\n\n\n\n"
OWN = "- name: our own\n  command: cool\n"
SET = "- command: heat\n  register: heat_state\n"
LINE = '  when: heat_state == "hot"\n'


def told(
    examined: Examined, line: str, setting: str = SET, path: str = "heat.yml", also: str = ""
) -> list[str]:
    """What is said where upstream has the file *path*, and the change adds *line* to a task."""
    after = TASK.replace("  command: bake\n", "  command: bake\n" + line)
    found = examined(
        {"bake.yml": TASK, path: setting},
        {"bake.yml": after, path: setting},
        {"bake.yml": TASK + OWN, "here.txt": also},
        {"bake.yml": after + OWN, "here.txt": also},
    )
    return [f"{f.line}: {f.message}" for f in found if f.code == "port-unknown-word"]


NOWHERE = "heat_state is nowhere in the target"


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (LINE, 3),
        ('  args: "{{ heat_state | default(1) }}"\n', 3),
        ("  args: {% if heat_state %}1{% endif %}\n", 3),
        ("  when:\n    - oven is defined\n    # why\n    - heat_state in groups\n", 6),
        ("  until: get(heat_state, [])\n", 3),
    ],
)
def test_a_variable_that_only_upstream_sets(examined: Examined, line: str, at: int) -> None:
    assert told(examined, line) == [f"{at}: {NOWHERE}"]


@pytest.mark.parametrize(
    "line",
    [
        "  heat_state: 1\n",
        "  # when: heat_state\n",
        "  args: heat_state\n",
        "  tags:\n    - heat_state\n",
        "  when: oven.heat_state\n",
        "  when: oven['heat_state']\n",
        "  when: heat_state(1) or bake(heat_state=1)\n",
        "  when: oven-heat_state\n",
        # set by the change itself
        LINE + "  register: heat_state\n",
        LINE + "  vars:\n    heat_state: 1\n",
    ],
)
def test_what_reads_no_variable_of_others(examined: Examined, line: str) -> None:
    assert told(examined, line) == []


@pytest.mark.parametrize(
    ("setting", "path", "names"),
    [
        ("heat_state: 1\n", "group_vars/all", 1),
        ("#heat_state: 1\nheat_state: 2\n", "all.yml.sample", 1),
        ("heat_state: it is hot\n", "guide.rst", 0),
        ("command: heat_state\n", "heat.yml", 0),
        ("register: heat_states\n", "heat.yml", 0),
    ],
)
def test_where_upstream_may_set_it(examined: Examined, setting: str, path: str, names: int) -> None:
    assert told(examined, LINE, setting, path) == [f"3: {NOWHERE}"] * names


def test_a_variable_that_the_target_knows_of_in_any_file(examined: Examined) -> None:
    assert told(examined, LINE, also="set heat_state with --heat\n") == []
