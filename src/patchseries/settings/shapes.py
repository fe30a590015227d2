"""The files of a host in one file: a tar archive, variables for Ansible, user data for cloud-init.

What the YAML holds is, byte for byte, what the files hold.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import yaml

from patchseries.manifest import SettingEntry
from patchseries.settings.render import RenderedLine
from patchseries.visible import visible

SUDOERS = "sudoers.d/"
"""Where files lie that sudo reads."""

_TEMPLATE = re.compile(r"\{[{%#]")
"""What makes a text a template to Ansible (Jinja's marks)."""
_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")
"""What ends a line in YAML too, and would be read as a line feed or a blank unless escaped."""


class Shape(StrEnum):
    """What rendered files are written as."""

    DIR = "dir"
    TAR = "tar"
    ANSIBLE = "ansible"
    CLOUD_INIT = "cloud-init"


def shape_named(path: PurePath) -> Shape:
    """The shape that the name of an output stands for.

    >>> [str(shape_named(PurePath(name))) for name in ("etc", "a.tar", "a.yml", "user-data")]
    ['dir', 'tar', 'ansible', 'cloud-init']
    """
    if path.suffix == ".tar":
        return Shape.TAR
    if path.stem == "user-data":
        return Shape.CLOUD_INIT
    return Shape.ANSIBLE if path.suffix in (".yml", ".yaml") else Shape.DIR


def mode_of(path: str) -> int:
    """The mode of the file *path* below /etc: sudo takes only files that nobody may write to."""
    return 0o440 if path.startswith(SUDOERS) else 0o644


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """*files* as a tar archive that is the same each time."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mode = mode_of(name)
            member.uname = member.gname = "root"
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def ansible_vars(
    files: Mapping[str, bytes], options: Sequence[Mapping[str, str | bool]], notes: str
) -> bytes:
    """A file of variables for Ansible: ``series_files`` and ``series_options``.

    :param files: by path below /etc
    :param options: see :func:`ini_options`
    :param notes: the text of the comment at the top
    """
    rows = [
        {"dest": f"/etc/{path}", "owner": "root", "group": "root", **_mode(path, "mode"), **text}
        for path, text in _contents(files)
    ]
    lists = {"series_files": rows, "series_options": [dict(one) for one in options]}
    return b"---\n" + _comment(notes) + _dumped(_marked(lists))


def cloud_config(files: Mapping[str, bytes], notes: str) -> bytes:
    """User data for cloud-init that writes *files*; *notes* is the comment at the top."""
    rows = [
        {"path": f"/etc/{path}", "owner": "root:root", **_mode(path, "permissions"), **text}
        for path, text in _contents(files)
    ]
    return b"#cloud-config\n" + _comment(notes) + _dumped({"write_files": rows})


def ini_options(
    settings: Iterable[SettingEntry], lines: Iterable[RenderedLine]
) -> list[dict[str, str | bool]]:
    """The options among *lines* for the file that they belong in: path, section, option, value.

    An option of libvirt has no section; one that may be given several times is not ``exclusive``.
    What only the site knows is not among them.
    """
    named = {one.name: one for one in settings if one.form in ("ini", "libvirt") and not one.site}
    rows = []
    for line in lines:
        setting = named.get(line.setting)
        if setting is None:
            continue
        option, _, value = line.line.partition(" = ")
        row: dict[str, str | bool] = {"path": f"/etc/{setting.file}"}
        row |= {"section": setting.section} if setting.section else {}
        row |= {"option": option, "value": value}
        rows.append(row | ({"exclusive": False} if setting.multi else {}))
    return rows


# YAML ------------------------------------------------------------------------------------------


class _Unsafe(str):
    """A text that Ansible shall not take for a template: it is tagged ``!unsafe``."""

    __slots__ = ()


def _contents(files: Mapping[str, bytes]) -> Iterable[tuple[str, dict[str, str]]]:
    return ((path, {"content": data.decode()}) for path, data in files.items())


def _mode(path: str, key: str) -> dict[str, str]:
    return {key: f"{mode_of(path):04o}"}


def _comment(notes: str) -> bytes:
    lines = visible(notes).rstrip("\n").split("\n")
    return "".join(f"# {line}".rstrip() + "\n" for line in lines).encode()


def _marked(value: Any) -> Any:
    """*value* with each text that is a template to Ansible as :class:`_Unsafe`."""
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    return _Unsafe(value) if isinstance(value, str) and _TEMPLATE.search(value) else value


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Writes texts of several lines as blocks."""


def _represented(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    tag = "!unsafe" if isinstance(text, _Unsafe) else "tag:yaml.org,2002:str"
    style = '"' if _LINE_ENDS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar(tag, str(text), style)


_Dumper.add_representer(str, _represented)
_Dumper.add_representer(_Unsafe, _represented)


def _dumped(document: Mapping[str, Any]) -> bytes:
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)
    return str(text).encode()
