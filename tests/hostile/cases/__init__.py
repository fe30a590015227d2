"""The tables: each module has a ``CASES``, a tuple of :class:`hostile.runner.Case`."""
