"""The check: rules over a series on disk, each with a code, a severity and a reason."""

from patchseries.checks.gate import RULES, Severities, check, fails, nearest, severities
from patchseries.checks.inputs import CheckInputs
from patchseries.checks.rule import Rule

__all__ = ["RULES", "CheckInputs", "Rule", "Severities", "check", "fails", "nearest", "severities"]
