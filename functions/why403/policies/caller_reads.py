"""The reads of the caller's side, for the register."""

from why403.policies import authorization_record, iam_reads, organization, owner, simulation
from why403.reads import DeclaredRead

READS: tuple[DeclaredRead, ...] = (
    *iam_reads.READS,
    simulation.SIMULATE,
    *organization.READS,
    *owner.READS,
    *authorization_record.READS,
)
