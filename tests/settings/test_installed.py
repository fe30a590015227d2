"""dpkg's file of what is installed."""

from __future__ import annotations

from patchseries.settings.installed import read_status

STATUS = b"""\
Package: nova-common
Status: install ok installed
Source: nova
Version: 1:2013.1.5-0ubuntu1

Package: libvirt-bin
Status: install ok installed
Source: libvirt (1.0.2)
Version: 1.0.2-1
Description: a
 b

Package: memcached
Status: deinstall ok config-files
Version: 1

\xff\xfe
"""


def test_what_is_installed() -> None:
    found = read_status(STATUS)
    assert found.version_of("nova-common") == "1:2013.1.5-0ubuntu1"
    assert found.version_of_source("nova") == "1:2013.1.5-0ubuntu1"
    assert found.version_of_source("libvirt") == "1.0.2"
    assert found.version_of("memcached") is None
    assert found.version_of_source("memcached") is None
    assert read_status(b"").binaries == {}
