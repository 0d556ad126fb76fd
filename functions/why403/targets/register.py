"""Every read that finding a target may use."""

from why403.reads import DeclaredRead
from why403.services.register import LISTED
from why403.targets.neighbours import READS as NEIGHBOUR_READS
from why403.targets.trail import READS as TRAIL_READS

READS: tuple[DeclaredRead, ...] = tuple(
    dict.fromkeys((*(each.listed.read for each in LISTED if each.listed), *NEIGHBOUR_READS, *TRAIL_READS))
)
