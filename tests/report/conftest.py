"""The oven of the checks, for a report on a whole series."""

from checks.conftest import oven, whole_oven

__all__ = ["oven", "whole_oven"]
