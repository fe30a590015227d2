"""Settings in words and as JSON, of values made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from patchseries.files import sha256
from patchseries.manifest import SettingEntry
from patchseries.report.settings import (
    readme,
    registered_row,
    registered_words,
    render_document,
    setting_rows,
)
from patchseries.settings.intree import RegisteredOption
from patchseries.settings.registered import Registration
from patchseries.settings.render import RenderedHost, RenderedLine, WithheldSetting

USUAL = {"name": "fans", "why": "Fast.", "cost": "Loud.", "source": "the book"}
INI = USUAL | {"project": "oven", "file": "oven.conf", "section": "oven", "option": "fans"}
STEP = USUAL | {"component": "door", "step": "Open it."}
DANGER = {"danger": "Fire.", "narrow": "Keep it shut."}


def setting(table: dict[str, Any], **more: Any) -> SettingEntry:
    return SettingEntry.model_validate(table | more)


HOST = RenderedHost(
    {
        "oven/conf.d/demo-oven.conf": b"a",
        "oven/conf.d/demo-more.conf": b"b",
        "libvirt/qemu.conf.demo": b"c",
        "sudoers.d/oven": b"d",
        "sudoers.d/filters": b"e",
        "limits.d/demo.conf": b"f",
    },
    (RenderedLine("fans", "oven/conf.d/demo-oven.conf", "fans = 4"),),
    (WithheldSetting("risk", "It\nburns.", "Keep it shut."),),
    (setting(STEP), setting(STEP, name="gate", **DANGER)),
)


def test_the_readme_says_what_to_do_with_each_file_that_no_daemon_reads_by_itself() -> None:
    begin, *parts = readme("demo", HOST).decode().removesuffix("\n").split("\n\n")
    assert begin.startswith("Settings of the series demo. ")
    assert [part.split(": start")[0] for part in parts[:1]] == ["oven/conf.d/"]
    assert "--config-dir=/etc/oven/conf.d " in parts[0]
    assert parts[1:4] == [
        "libvirt/qemu.conf.demo: copy its lines into the file of that name, without the last"
        " suffix.",
        "sudoers.d/oven must have mode 0440 and belong to root, or sudo does not take it.",
        "sudoers.d/filters must have mode 0440 and belong to root, or sudo does not take it.",
    ]
    assert parts[4].startswith("Install only one of the files in sudoers.d.")
    assert parts[5:] == [
        "By hand: Open it.\n  Fast.\n  Cost: Loud.",
        "By hand: Open it.\n  Fast.\n  Cost: Loud.\n  DANGER, accepted: Fire.",
        "Left out: risk. It burns.\n  Instead: Keep it shut.",
    ]


def test_one_sudoers_file_is_no_choice() -> None:
    alone = replace(HOST, files={"sudoers.d/oven": b"d"}, left_out=(), steps=())
    assert [part.split()[0] for part in readme("demo", alone).decode().split("\n\n")] == [
        "Settings",
        "sudoers.d/oven",
    ]


def test_what_was_rendered_as_json() -> None:
    assert render_document(HOST, {"oven": "1.0"}, True) == {
        "bases": {"oven": "1.0"},
        "files": {path: sha256(data) for path, data in HOST.files.items()},
        "lines": [
            {"setting": "fans", "file": "oven/conf.d/demo-oven.conf", "line": "fans = 4"},
        ],
        "left_out": [{"setting": "risk", "why": "It\nburns.", "instead": "Keep it shut."}],
        "steps": [
            {"setting": "fans", "step": "Open it."},
            {"setting": "gate", "step": "Open it."},
        ],
        "sudoers_checked": True,
    }


REMOVE = "remove the line, and restart the daemons that read the file"
SHORT = [("buys", "Fast."), ("costs", "Loud.")]


@pytest.mark.parametrize(
    ("entry", "rows"),
    [
        (
            setting(INI, value=True, default=False, needs="heat", since="1.1", hosts=("a", "b")),
            [
                ("where", "/etc/oven.conf [oven] fans"),
                ("value", "true"),
                ("default", "false"),
                ("needs", "the patch heat"),
                ("since", "1.1"),
                ("hosts", "a, b"),
                *SHORT,
                ("undo", REMOVE),
            ],
        ),
        (
            setting(INI, expression="2 * cores", measured="half the time", **DANGER),
            [
                ("where", "/etc/oven.conf [oven] fans"),
                ("value", "2 * cores"),
                ("default", "none"),
                SHORT[0],
                ("measured", "half the time"),
                SHORT[1],
                ("danger", "Fire."),
                ("instead", "Keep it shut."),
                ("undo", REMOVE),
            ],
        ),
        (
            setting(INI, site="your own", default=0),
            [
                ("where", "/etc/oven.conf [oven] fans"),
                ("value", "the site's own: your own"),
                ("default", "0"),
                *SHORT,
                ("undo", REMOVE),
            ],
        ),
        (
            setting(STEP),
            [
                ("where", "by hand: Open it."),
                *SHORT,
                ("undo", "undo the step, and restart the daemons"),
            ],
        ),
        (
            setting(
                USUAL | DANGER,
                component="sudo",
                file="sudoers.d/oven",
                form="sudoers",
                value="oven ALL = ALL",
            ),
            [
                ("where", "/etc/sudoers.d/oven"),
                *SHORT,
                ("danger", "Fire."),
                ("instead", "Keep it shut."),
                ("undo", "delete the file"),
            ],
        ),
    ],
)
def test_what_a_person_should_know_and_no_row_of_nothing(
    entry: SettingEntry, rows: list[tuple[str, str]]
) -> None:
    assert setting_rows(entry) == [*rows, ("source", "the book")]


def test_where_an_option_is_registered() -> None:
    stock = RegisteredOption(
        "oven/options.py", Registration("fans", "oven", "boolean", True, True, 3), True
    )
    ours = RegisteredOption("oven/new.py", Registration("fans", None, "integer", None, True, 7))
    assert registered_words([stock, ours]) == (
        "oven/options.py:3 (boolean, default true); "
        "oven/new.py:7 (integer, default none, by a patch of the series)"
    )
    assert registered_row(ours) == {
        "file": "oven/new.py",
        "line": 7,
        "type": "integer",
        "default": None,
        "in_base": False,
    }
