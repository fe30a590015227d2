"""Whether output is coloured: one rule, for whatever is printed.

``--color`` decides. Without it: NO_COLOR, then CLICOLOR_FORCE and FORCE_COLOR, then CLICOLOR=0
(https://no-color.org, https://bixense.com/clicolors), then whether it is a terminal that can.
"""

from __future__ import annotations

from collections.abc import Mapping


def wants_color(choice: str, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to a stream.

    :param choice: what ``--color`` says: ``auto``, ``always`` or ``never``
    :param terminal: whether the stream is a terminal

    >>> wants_color("auto", True, {"NO_COLOR": "1"})
    False
    >>> wants_color("always", False, {"NO_COLOR": "1"})
    True
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "") not in ("", "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    if environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    return terminal
