"""patchseries: a patch-series manager and backport builder (command: ``series``)."""

__version__ = "0.1.0"
