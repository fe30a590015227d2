"""memcached.conf: options of a command line."""

from __future__ import annotations

from patchseries.manifest import SettingEntry
from patchseries.settings.forms import memcached

TABLE = {"name": "memory", "component": "memcached", "file": "memcached.conf", "option": "m"}
WORDS = {"form": "memcached", "why": "x", "cost": "x", "source": "x", "value": 64}


def test_what_is_read_and_written() -> None:
    setting = SettingEntry.model_validate(TABLE | WORDS)
    line = memcached.FORM.line(setting, 64)
    assert line == "-m 64"
    read = memcached.parse(f"# -m 1\nlogfile /var/log/x\n-d\n  {line}\n-l=::1\n-m\n").assignments
    assert [(one.option, one.value, one.first) for one in read] == [
        ("d", "", 3),
        ("m", "64", 4),
        ("l", "::1", 5),
        ("m", "", 6),
    ]
