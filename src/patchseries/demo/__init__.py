"""Small upstreams for a first look: a nova, a quantum and a keystone of a dozen files each.

All of their text was written for this project; the names only sound familiar. They carry what
makes a series interesting: Change-Ids, point releases, milestones, a change that is already in a
point release, one that conflicts on one, one that was superseded, one that was taken back, and a
project that changes its name.
"""

from patchseries.demo.repositories import create

__all__ = ["create"]
