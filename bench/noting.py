"""A plan carried out while its replies are noted, to be given to the same plan again."""

from why403.aws.reader import key_of
from why403.diagnosis.diagnosis import Diagnosis
from why403.reads import Plan, Reply


def noting(plan: Plan[Diagnosis], replies: dict[str, Reply]) -> Plan[Diagnosis]:
    """The plan, unchanged; each reply is put into `replies` by its read's key."""
    try:
        reads = next(plan)
        while True:
            answered = yield reads
            replies.update({key_of(read): reply for read, reply in zip(reads, answered, strict=True)})
            reads = plan.send(answered)
    except StopIteration as end:
        told: Diagnosis = end.value
        return told
