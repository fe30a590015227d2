"""Checks over the result of a port: what a careful reviewer would notice, as findings.

A merge without conflicts says that no two sides touched the same lines. It does not say that
the lines still mean what they meant: a name may be unknown here, a hunk may have landed in
another function, a definition may now stand twice. Each rule compares two pairs of trees, before
and after the change upstream, and before and after it here, and speaks only of what holds
upstream and fails here. A tree that was odd all along is no news.
"""

from patchseries.port.verify.accounted import Accounted, LeftOut
from patchseries.port.verify.ported import Port
from patchseries.port.verify.rules import examine, wants_review

__all__ = ["Accounted", "LeftOut", "Port", "examine", "wants_review"]
