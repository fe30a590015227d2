"""Which files each daemon reads, by its job."""

from __future__ import annotations

import pytest

from patchseries.settings.etc import daemons_reading, unread_fragment
from settings.etcs import Etc

CONF = "oven/oven.conf"
UPSTART = 'exec su -s /bin/sh -c "exec oven-a --config-file=/etc/oven/oven.conf {}" oven\n'


UNNAMED = [(None, (CONF, "oven/conf.d/1.conf", "oven/conf.d/2.conf"))]
READS_IT = "--config-dir=/etc/oven/conf.d"


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ({}, UNNAMED),
        ({"init/oven-a.conf": UPSTART.format("")}, [("oven-a", (CONF,))]),
        (
            {"init/oven-a.conf": UPSTART.format("--config-dir=/etc/oven/conf.d/")},
            [("oven-a", (CONF, "oven/conf.d/1.conf", "oven/conf.d/2.conf"))],
        ),
        (
            {"init/oven-a.conf": UPSTART.format("--config-file '/etc/oven/b.conf'")},
            [("oven-a", (CONF, "oven/b.conf"))],
        ),
        ({"init/oven-a.conf": "exec oven-a"}, [("oven-a", (CONF, "oven/oven-a.conf"))]),
        ({"init/oven.conf": "exec oven"}, [("oven", (CONF,))]),
        (
            {"init/oven-a.conf": "exec", "default/oven-a": "A='--config-file /etc/oven/oven.conf'"},
            [("oven-a", (CONF,))],
        ),
        (
            {"systemd/system/oven-a.service": "ExecStart=/usr/bin/oven-a"},
            [("oven-a", (CONF, "oven/oven-a.conf"))],
        ),
        (
            {"init/oven-a.conf": "# --config-file=/etc/oven/b.conf\nexec oven-a"},
            [("oven-a", (CONF, "oven/oven-a.conf"))],
        ),
        ({"default/oven-a": "x"}, UNNAMED),
        ({"init/ovenware.conf": "exec"}, UNNAMED),
    ],
)  # fmt: skip
def test_what_a_daemon_reads(
    jobs: dict[str, str | None], expected: list[tuple[str | None, tuple[str, ...]]]
) -> None:
    files: dict[str, str | None] = {
        "oven/conf.d/2.conf": "", "oven/conf.d/1.conf": "", "oven/conf.d/x.ini": ""
    }  # fmt: skip
    found = daemons_reading(Etc(files | jobs), CONF)
    assert [(one.daemon, one.files) for one in found] == expected


@pytest.mark.parametrize(("directory", "unread"), [("", True), (READS_IT, False)])
def test_a_fragment_that_nobody_reads(directory: str, unread: bool) -> None:
    files: dict[str, str | None] = {"oven/conf.d/1.conf": ""}
    assert not unread_fragment(Etc(files), "oven/conf.d/1.conf")
    files["init/oven-a.conf"] = UPSTART.format(directory)
    assert unread_fragment(Etc(files), "oven/conf.d/1.conf") is unread
