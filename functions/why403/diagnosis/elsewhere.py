"""Lines of a central log group: diagnosed in the account and Region that they came from, through its read role."""

from dataclasses import replace
from typing import TypeVar

from why403.denials.denial import Denial
from why403.diagnosis.build import build_undiagnosed
from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.place import Place
from why403.message import Message
from why403.reads import TAKES_ROLE, BlindSpot, Plan, Read, Reply, Unreadable

Result = TypeVar("Result")


def in_its_place(plan: Plan[Result], denial: Denial, there: Place, here: Place) -> Plan[Result | Diagnosis]:
    """The plan, made `there`, which its denial came from; nothing of `here` is held against it where nobody lets us in."""
    found = yield from (plan if there == here else _made_there(plan, there))
    return build_elsewhere(denial, there, found) if isinstance(found, Unreadable) else found


def _made_there(plan: Plan[Result], there: Place) -> Plan[Result | Unreadable]:
    """The plan's result, where what it asks of its own account is asked of that one.

    An Unreadable where no role lets us read there: its whole first round failed at that.
    """
    is_let_in = False
    replies: tuple[Reply, ...] | None = None
    try:
        while True:
            reads = plan.send(replies)  # type: ignore[arg-type]  # None starts a generator
            answered = yield tuple(_asked_there(read, there) for read in reads)
            shut = [reply for reply in answered if isinstance(reply, Unreadable) and reply.cure == TAKES_ROLE]
            if shut and len(shut) == len(reads) and not is_let_in:
                plan.close()
                return shut[0]
            is_let_in = True
            replies = tuple(replace(reply, read=read) for reply, read in zip(answered, reads, strict=True))
    except StopIteration as end:
        result: Result = end.value
        return result


def _asked_there(read: Read, there: Place) -> Read:
    return replace(read, account=read.account or there.account, region=read.region or there.region)


def build_elsewhere(denial: Denial, there: Place, refused: Unreadable) -> Diagnosis:
    """What the line alone tells of a call in another account that nobody lets us read: nothing of ours is set against it."""
    told = build_undiagnosed(denial)
    workload = replace(
        told.workload,
        account=there.account,
        region=there.region,
        partition=there.partition,
        caller_arn=denial.principal or "",
    )
    where = Message("diagnosis.elsewhere", {"account": there.account, "region": there.region})
    spot = BlindSpot(TAKES_ROLE, refused.error, refused.cure, there.account)
    return replace(told, workload=workload, findings=(where,), unreadable=(spot,))
