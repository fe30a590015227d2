"""The files of a host in one file: what is read from it is what the directory holds."""

from __future__ import annotations

import io
import tarfile
from pathlib import PurePath
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest import SettingEntry
from patchseries.settings.render import RenderedLine
from patchseries.settings.shapes import (
    ansible_vars,
    cloud_config,
    ini_options,
    shape_named,
    tar_of,
)

FILES = {
    "oven/conf.d/demo-oven.conf": b"# {{ lookup('pipe', 'id') }}\n\n[oven]\nfans = 40\n",
    "sudoers.d/oven": b"oven ALL = (root) NOPASSWD: /bin/x\n",
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PATHS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
ANY_FILES = st.dictionaries(PATHS, TEXTS.map(str.encode), max_size=3)


class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """Reads YAML as Ansible does; what is tagged ``!unsafe`` is kept as a pair."""


Loader.add_constructor("!unsafe", lambda loader, node: ("!unsafe", loader.construct_scalar(node)))


def plain(value: Any) -> str:
    """The text that *value* stands for; AssertionError: Ansible would take it for a template."""
    if isinstance(value, tuple):
        return str(value[1])
    assert not any(mark in value for mark in ("{{", "{%", "{#"))
    return str(value)


def from_ansible(data: bytes) -> dict[str, bytes]:
    rows = yaml.load(data, Loader)["series_files"]
    assert {(row["owner"], row["group"]) for row in rows} <= {("root", "root")}
    return {plain(row["dest"]): plain(row["content"]).encode() for row in rows}


def from_cloud_init(data: bytes) -> dict[str, bytes]:
    assert data.startswith(b"#cloud-config\n")
    rows = yaml.safe_load(data)["write_files"]
    assert {row["owner"] for row in rows} <= {"root:root"}
    return {row["path"]: row["content"].encode() for row in rows}


@given(ANY_FILES, TEXTS)
def test_yaml_holds_the_bytes_of_the_files(files: dict[str, bytes], notes: str) -> None:
    wanted = {f"/etc/{path}": data for path, data in files.items()}
    assert from_ansible(ansible_vars(files, [], notes)) == wanted
    assert from_cloud_init(cloud_config(files, notes)) == wanted


@given(TEXTS, TEXTS)
def test_no_value_is_a_template(path: str, value: str) -> None:
    rows: list[dict[str, str | bool]] = [{"path": path, "option": "fans", "value": value}]
    (row,) = yaml.load(ansible_vars({}, rows, ""), Loader)["series_options"]
    assert {key: plain(text) for key, text in row.items()} == rows[0]


def test_modes() -> None:
    ansible = yaml.load(ansible_vars(FILES, [], "x"), Loader)["series_files"]
    assert [row["mode"] for row in ansible] == ["0644", "0440"]
    cloud = yaml.safe_load(cloud_config(FILES, "x"))["write_files"]
    assert [row["permissions"] for row in cloud] == ["0644", "0440"]
    with tarfile.open(fileobj=io.BytesIO(tar_of(FILES))) as archive:
        assert [member.mode for member in archive] == [0o644, 0o440]


def test_how_it_is_written() -> None:
    options: list[dict[str, str | bool]] = [
        {"path": "/etc/oven.conf", "option": "fans", "value": "{{ 7 * 7 }}"}
    ]
    assert ansible_vars(FILES, options, "One.\n\nTwo.\n").decode() == (
        "---\n# One.\n#\n# Two.\n"
        "series_files:\n"
        "- dest: /etc/oven/conf.d/demo-oven.conf\n"
        "  owner: root\n"
        "  group: root\n"
        "  mode: '0644'\n"
        "  content: !unsafe |\n"
        "    # {{ lookup('pipe', 'id') }}\n"
        "\n"
        "    [oven]\n"
        "    fans = 40\n"
        "- dest: /etc/sudoers.d/oven\n"
        "  owner: root\n"
        "  group: root\n"
        "  mode: '0440'\n"
        "  content: |\n"
        "    oven ALL = (root) NOPASSWD: /bin/x\n"
        "series_options:\n"
        "- path: /etc/oven.conf\n"
        "  option: fans\n"
        "  value: !unsafe '{{ 7 * 7 }}'\n"
    )


def test_options_for_the_files_that_they_belong_in() -> None:
    usual = {"why": "Faster.", "cost": "Louder.", "source": "the kitchen book", "option": "x"}
    oven = usual | {"project": "oven", "section": "oven", "file": "oven/oven.conf"}
    stove = {"component": "stove", "file": "stove.conf", "form": "libvirt", "value": "a"}
    tables = (
        oven | {"name": "fans", "value": "a = b"},
        oven | {"name": "site", "site": "yours"},
        usual | stove | {"name": "heat"},
        oven | {"name": "tray", "value": "top", "multi": True},
    )
    lines = (
        RenderedLine("fans", "oven/conf.d/demo-oven.conf", "x = a = b"),
        RenderedLine("site", "oven/conf.d/demo-oven.conf", "# x = <yours>"),
        RenderedLine("heat", "stove.conf.demo", 'x = "a"'),
        RenderedLine("other", "sudoers.d/x", "x = y"),
        RenderedLine("tray", "oven/conf.d/demo-oven.conf", "x = top"),
    )
    wanted = {"path": "/etc/oven/oven.conf", "section": "oven", "option": "x"}
    assert ini_options([SettingEntry.model_validate(one) for one in tables], lines) == [
        wanted | {"value": "a = b"},
        {"path": "/etc/stove.conf", "option": "x", "value": '"a"'},
        wanted | {"value": "top", "exclusive": False},
    ]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("etc", "dir"),
        ("etc.d", "dir"),
        ("x/a.tar", "tar"),
        ("a.yml", "ansible"),
        ("a.yaml", "ansible"),
        ("x/user-data", "cloud-init"),
        ("user-data.yml", "cloud-init"),
        ("user-data.tar", "tar"),
    ],
)
def test_the_name_of_the_output_says_the_shape(name: str, shape: str) -> None:
    assert shape_named(PurePath(name)) == shape


def test_only_options_of_files_with_options_are_among_them() -> None:
    usual = {
        "why": "Faster.",
        "cost": "Louder.",
        "source": "the book",
        "component": "c",
        "file": "f",
    }
    limits = usual | {"name": "n", "form": "limits", "section": "s", "option": "x", "value": 1}
    plain = usual | {"name": "p", "form": "line", "value": "x = 1"}
    lines = [RenderedLine(name, "f", "x = 1") for name in ("n", "p")]
    assert ini_options([SettingEntry.model_validate(one) for one in (limits, plain)], lines) == []


def test_an_archive_is_whose_it_should_be_and_in_order() -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_of({"b": b"1", "a": b"23"}))) as archive:
        found = [(m.name, m.size, m.uname, m.gname, m.mtime) for m in archive]
    assert found == [("a", 2, "root", "root", 0), ("b", 1, "root", "root", 0)]


def test_a_long_line_stays_one_line() -> None:
    text = b"word " * 300
    assert cloud_config({"a": text}, "n").count(b"\n") == len(
        cloud_config({"a": b"word"}, "n").splitlines()
    )
    assert (
        yaml.safe_load(cloud_config({"a": "é".encode()}, "é"))["write_files"][0]["content"] == "é"
    )
    assert "é".encode() in cloud_config({"a": "é".encode()}, "n")
