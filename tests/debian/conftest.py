"""A small upstream, and requests to package it."""

from support.packages import upstream

__all__ = ["upstream"]
