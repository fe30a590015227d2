"""Upgrading: a package's patches on a new upstream release, with a new entry in its changelog."""
