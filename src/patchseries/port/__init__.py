"""Porting one change onto another tree: the plan, the strategies, and the result."""

from patchseries.port.engine import port
from patchseries.port.result import Change, PortOptions, PortResult

__all__ = ["Change", "PortOptions", "PortResult", "port"]
