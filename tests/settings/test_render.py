"""The files that make settings: values, forms, reasons; nothing dangerous unasked."""

from __future__ import annotations

from typing import Any

import pytest

from patchseries.manifest import SettingEntry
from patchseries.manifest.expression import ExpressionError
from patchseries.settings.render import (
    HostRequest,
    PlacedSetting,
    RenderedHost,
    comment,
    one_line,
    render,
    value_of,
)
from patchseries.settings.sudoers import RootwrapFilter

SIZES = {"vms": 40, "cores": 24}
USUAL = {"name": "fans", "why": "Faster.", "cost": "Louder.", "source": "the kitchen book"}
INI = USUAL | {"project": "oven", "file": "oven/oven.conf", "section": "oven", "option": "fans"}
LIBVIRT = USUAL | {"component": "l", "file": "l/l.conf", "form": "libvirt", "option": "max"}
DANGER = {"danger": "Fire.", "narrow": "Keep it shut."}


def rendered(*tables: dict[str, Any], **request: Any) -> RenderedHost:
    entries = [SettingEntry.model_validate(table) for table in tables]
    placed = [PlacedSetting(one, "1.0" if one.project else None) for one in entries]
    return render(placed, HostRequest("demo", SIZES, **request))


def last_line(*tables: dict[str, Any], **request: Any) -> str:
    (data,) = rendered(*tables, **request).files.values()
    return data.decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"value": 3}, "fans = 3"),
        ({"value": True}, "fans = true"),
        ({"value": False}, "fans = false"),
        ({"value": "a b"}, "fans = a b"),
        ({"value": "$x"}, "fans = $$x"),
        ({"value": "'x'"}, "fans = \"'x'\""),
        ({"value": "'x"}, "fans = 'x"),
        ({"expression": "min(vms, 2 * cores)"}, "fans = 40"),
        ({"site": "your own"}, "# fans = <your own>"),
    ],
)
def test_a_line_for_oslo_config(given: dict[str, Any], line: str) -> None:
    assert last_line(INI | given) == line


@pytest.mark.parametrize(
    ("given", "line"),
    [({"value": 3}, "max = 3"), ({"value": True}, "max = 1"), ({"value": "x"}, 'max = "x"')],
)
def test_a_line_for_libvirt(given: dict[str, Any], line: str) -> None:
    assert last_line(LIBVIRT | given) == line


def test_a_file_with_its_reasons() -> None:
    two = INI | {"name": "door", "option": "door", "section": "DEFAULT", "needs": "shut"}
    made = rendered(INI | {"value": 1}, two | {"value": "on"}, LIBVIRT | {"value": 2})
    assert {path: data.decode() for path, data in made.files.items()} == {
        "l/l.conf.demo": "# Settings of the series demo, for vms 40, cores 24.\n"
        "# libvirt reads no directory: copy the lines into /etc/l/l.conf.\n\n"
        "# fans: Faster.\n# Cost: Louder.\nmax = 2\n",
        "oven/conf.d/demo-oven.conf": "# Settings of the series demo, for vms 40, cores 24.\n\n"
        "[oven]\n\n# fans: Faster.\n# Cost: Louder.\nfans = 1\n\n"
        "[DEFAULT]\n\n# door: Faster. It needs the patch shut.\n# Cost: Louder.\ndoor = on\n",
    }
    assert [(one.setting, one.line) for one in made.lines] == [
        ("fans", "fans = 1"),
        ("door", "door = on"),
        ("fans", "max = 2"),
    ]


def test_a_danger_is_left_out_unless_it_is_asked_for() -> None:
    made = rendered(INI | DANGER | {"value": 1})
    assert made.files == {}
    ((setting, why, instead),) = [(o.setting, o.why, o.instead) for o in made.left_out]
    assert (setting, why, instead) == ("fans", "Fire.", "Keep it shut.")
    made = rendered(INI | DANGER | {"value": 1}, accepted=frozenset({"fans"}))
    assert b"# DANGER, accepted: Fire.\nfans = 1" in made.files["oven/conf.d/demo-oven.conf"]
    assert made.left_out == ()


def test_the_narrow_sudoers_file_comes_with_it() -> None:
    table = INI | DANGER | {"value": 1, "sudoers": {"user": "oven", "filters": "etc"}}
    filters = {("oven", "etc"): (RootwrapFilter("a: b", "CommandFilter", ("/bin/x", "root")),)}
    made = rendered(table, accepted=frozenset({"fans"}), filters=filters)
    text = made.files["sudoers.d/oven-rootwrap-filters"]
    assert text.endswith(b"oven ALL = (root) NOPASSWD: /bin/x\n")
    assert b"the rootwrap filters of oven 1.0 (etc)" in text


def test_what_a_host_does_not_need_and_what_lacks_its_patch() -> None:
    entry = SettingEntry.model_validate(INI | {"value": 1, "hosts": ["pan"], "needs": "fans"})
    placed = [PlacedSetting(entry, "1.0", "fans, which is conflict there")]
    assert render(placed, HostRequest("demo", SIZES, "pot")) == RenderedHost({}, (), (), ())
    (one,) = render(placed, HostRequest("demo", SIZES, "pan")).left_out
    assert one.why == "on 1.0 it needs fans, which is conflict there"


def test_a_step_has_no_file() -> None:
    made = rendered(USUAL | {"component": "l", "step": "Open it."})
    assert made.files == {}
    assert [one.step for one in made.steps] == ["Open it."]


@pytest.mark.parametrize("text", ["memory", "cores - vms", "vms / (cores - 24)"])
def test_a_value_that_cannot_be_worked_out(text: str) -> None:
    entry = SettingEntry.model_validate(INI | {"expression": text})
    with pytest.raises(ExpressionError, match=r"^fans: "):
        value_of(entry, SIZES)


def test_no_text_ends_or_continues_a_comment() -> None:
    text = "one\ntwo\x85three\u2028four \x1b[1m five\\"
    assert one_line(text) == "one two three four /x1b[1m five/"
    assert all(line.startswith("# ") for line in comment(text * 9).split("\n"))
