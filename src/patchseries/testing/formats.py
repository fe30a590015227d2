"""What a test command writes, as a run: by the format that the manifest names."""

from __future__ import annotations

from collections.abc import Callable

from patchseries.manifest.suite import Format
from patchseries.testing import junit, pytesttext, subunit1, subunit2, tap
from patchseries.testing.outcomes import TestRun


def _subunit(stream: bytes) -> TestRun:
    """A stream of either version."""
    is_binary = subunit2.SIGNATURE in stream[:1]
    return subunit2.read(stream) if is_binary else subunit1.read(stream)


_READERS: dict[str, Callable[[bytes], TestRun]] = {
    "junit": junit.read,
    "subunit": _subunit,
    "tap": tap.read,
    "pytest": pytesttext.read,
    "exit-status": lambda _: TestRun({}),
}


def read_results(form: Format, stream: bytes) -> TestRun:
    """The run that *stream*, in the format *form*, tells of; never an error, whatever it holds."""
    return _READERS[form](stream)
