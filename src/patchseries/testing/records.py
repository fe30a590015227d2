"""A run as JSON, to be kept, and read back from what may have been damaged."""

from __future__ import annotations

import json

from patchseries.parsing import parse_json
from patchseries.testing.outcomes import Ending, TestRun


def to_json(run: TestRun) -> bytes:
    """*run* as JSON; ``from_json(to_json(run)) == run``."""
    document = {
        "endings": run.endings,
        "details": run.details,
        "unfinished": run.unfinished,
        "stopped": run.stopped,
    }
    return json.dumps(document).encode()


def from_json(data: bytes) -> TestRun:
    """The run that *data* holds.

    :raises ValueError: it holds none
    """
    try:
        document = parse_json(data)
        return TestRun(
            {str(test): Ending(ending) for test, ending in document["endings"].items()},
            {str(test): str(text) for test, text in document["details"].items()},
            document["unfinished"],
            str(document["stopped"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is no record of a test run") from error
