"""AWS Step Functions: the state machine that the line's execution names, or whose log group it is.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.incidents.log_groups import group_of_arn
from why403.reads import Answer, DeclaredRead, Plan, Reply
from why403.workloads.answer_values import entries, iso
from why403.workloads.index import MOST_WRITERS, Page, named_roles
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    GUESSED,
    LIKELY,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
)

MACHINES = DeclaredRead(
    "stepfunctions",
    "ListStateMachines",
    "Find the state machine behind a log group.",
    actions=("states:ListStateMachines",),
)
MACHINE = DeclaredRead(
    "stepfunctions",
    "DescribeStateMachine",
    "Read a state machine's role and log group.",
    actions=("states:DescribeStateMachine",),
)
INDEXED_MACHINES = MACHINES.used_for("Keep the index of who writes to which log group.")
PREFIXES = ("/aws/vendedlogs/states/", "/aws/states/", "/aws/stepfunctions/")
MOST_MACHINES = 15
"""Each is a call; those named like the log group first."""
_EXECUTION = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,10}):states:(?P<region>[a-z0-9-]{1,25}):(?P<account>\d{12}):"
    r"(?:execution|express):(?P<name>[\w-]{1,80}):",
    re.ASCII,
)
"""A name has 80 characters at most; express executions have a colon and their run behind it."""


def claims(origin: LogOrigin) -> bool:
    """Step Functions' groups, or an execution's ARN in a line of a group that no other service names."""
    if origin.log_group.startswith("/aws/"):
        return origin.log_group.startswith(PREFIXES)
    return '"execution_arn"' in origin.message and _EXECUTION.search(origin.message) is not None


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round where the line names the execution, two where the machines have to be listed first."""
    named = _named(origin, place)
    listed: tuple[Reply, ...] = ()
    if not named:
        listed = yield (MACHINES.of(maxResults=1000, pages=3),)
    known = _likeliest(listed, origin)
    arns = (named,) if named else known[:MOST_MACHINES]
    if not arns:
        return SearchResult(unreadable=blind_spots(listed))
    replies = yield tuple(MACHINE.of(stateMachineArn=arn) for arn in arns)
    found = tuple(
        LikelyWorkload(_workload(reply, place), _score(reply, origin, named))
        for reply in replies
        if isinstance(reply, Answer)
    )
    kept = tuple(one for one in found if one.score > 0)
    more = any(isinstance(reply, Answer) and reply.truncated for reply in listed)
    left_out = not_all("workloads.not-all-machines", len(arns), max(len(known), len(arns)), more=more)
    return SearchResult(found=kept, unreadable=blind_spots((*listed, *replies)), findings=left_out)


def survey(cursor: str, _place: Place) -> Plan[Page]:
    """Fifty state machines, each a call. `cursor` is Step Functions' own token."""
    goes_on: dict[str, Any] = {"nextToken": cursor} if cursor else {}
    (listed,) = yield (INDEXED_MACHINES.of(maxResults=50, **goes_on),)
    machines = [one for answer in answers((listed,)) for one in answer.items("stateMachines")]
    page = yield from renew(*(str(one.get("stateMachineArn", "")) for one in machines))
    token = next((answer.text("nextToken") for answer in answers((listed,))), "")
    return Page(written=page.written, next=token, unread=(*blind_spots((listed,)), *page.unread))


def renew(*arns: str) -> Plan[Page]:
    """Some state machines, by ARN."""
    replies = (yield tuple(MACHINE.of(stateMachineArn=arn) for arn in arns)) if arns else ()
    written = tuple(
        (
            group,
            Writer(
                kind=WorkloadKind.STATES,
                name=answer.text("stateMachineArn"),
                roles=named_roles(answer.data, "roleArn"),
            ),
        )
        for answer in answers(replies)
        for group in _groups(answer)
    )
    return Page(written=written, unread=blind_spots(replies))


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the writers that write to the group as AWS has them now: one round."""
    replies = yield tuple(MACHINE.of(stateMachineArn=one.name) for one in writers[:MOST_WRITERS])
    found = tuple(
        LikelyWorkload(_workload(answer, place), CONFIGURED)
        for answer in answers(replies)
        if origin.log_group in _groups(answer)
    )
    left_out = not_all("workloads.not-all-writers", min(len(writers), MOST_WRITERS), len(writers))
    return SearchResult(found=found, unreadable=blind_spots(replies), findings=left_out)


def _named(origin: LogOrigin, place: Place) -> str:
    found = _EXECUTION.search(origin.message)
    if found is None or found["account"] != place.account:
        return ""
    return (
        f"arn:{found['partition']}:states:{found['region']}:{found['account']}:stateMachine:{found['name']}"
    )


def _likeliest(listed: tuple[Reply, ...], origin: LogOrigin) -> tuple[str, ...]:
    arns = [
        str(machine.get("stateMachineArn", ""))
        for reply in listed
        if isinstance(reply, Answer)
        for machine in reply.items("stateMachines")
    ]
    return tuple(sorted(arns, key=lambda arn: -_alike(arn, origin)))


def _score(reply: Answer, origin: LogOrigin, named: str) -> float:
    configured = origin.log_group in _groups(reply)
    if named:
        return CERTAIN if configured else LIKELY if origin.log_group.startswith(PREFIXES) else 0.0
    return CONFIGURED if configured else GUESSED * _alike(reply.text("stateMachineArn"), origin)


def _groups(reply: Answer) -> tuple[str, ...]:
    arns = [
        str((one.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or "")
        for one in _destinations(reply)
    ]
    return tuple(filter(None, map(group_of_arn, arns)))


def _destinations(reply: Answer) -> tuple[Mapping[str, Any], ...]:
    logging = reply.at("loggingConfiguration")
    return entries(logging, "destinations") if isinstance(logging, Mapping) else ()


def _alike(arn: str, origin: LogOrigin) -> float:
    name = arn.rpartition(":")[2]
    return 1.0 if f"/{name}-Logs" in origin.log_group else likeness(name, origin.log_group.rpartition("/")[2])


def _workload(reply: Answer, place: Place) -> Workload:
    return Workload(
        kind=WorkloadKind.STATES,
        arn=reply.text("stateMachineArn"),
        name=reply.text("name"),
        role_arn=reply.text("roleArn"),
        account=place.account,
        region=place.region,
        partition=place.partition,
        started=iso(reply.at("creationDate")),
    )
