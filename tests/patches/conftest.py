"""The small upstream of the packaging tests, for patches too."""

from debian_packages.conftest import upstream

__all__ = ["upstream"]
