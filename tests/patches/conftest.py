"""The small upstream of the packaging tests, for patches too."""

from support.packages import upstream

__all__ = ["upstream"]
