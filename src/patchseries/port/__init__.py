"""Porting one change onto another tree: the plan, the strategies, and the result.

What goes in and comes out is here; the engine, which needs every parser, is ``port.engine``.
"""

from patchseries.port.result import Change, PortOptions, PortResult

__all__ = ["Change", "PortOptions", "PortResult"]
