"""Input of strangers, command by command: see :mod:`hostile.runner`."""
