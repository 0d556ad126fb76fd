"""AWS Step Functions: the state machine that the line's execution names, or whose log group it is.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Plan, Reply
from why403.workloads.clue import Clue
from why403.workloads.ecs_logging import entries
from why403.workloads.ecs_task import iso
from why403.workloads.likeness import likeness
from why403.workloads.sighting import CERTAIN, CONFIGURED, GUESSED, Sighting, Sightings, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

MACHINES = DeclaredRead(
    "stepfunctions",
    "ListStateMachines",
    ("states:ListStateMachines",),
    "Find the state machine behind a log group.",
)
MACHINE = DeclaredRead(
    "stepfunctions",
    "DescribeStateMachine",
    ("states:DescribeStateMachine",),
    "Read a state machine's role and log group.",
)
READS = (MACHINES, MACHINE)
PREFIXES = ("/aws/vendedlogs/states/", "/aws/states/", "/aws/stepfunctions/")
MOST_MACHINES = 15
_EXECUTION = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,10}):states:(?P<region>[a-z0-9-]{1,25}):(?P<account>\d{12}):"
    r"(?:execution|express):(?P<name>[\w-]{1,80}):",
    re.ASCII,
)


def claims(clue: Clue) -> bool:
    """Step Functions' groups, or an execution's ARN in a line of a group that no other service names."""
    if clue.log_group.startswith("/aws/"):
        return clue.log_group.startswith(PREFIXES)
    return '"execution_arn"' in clue.message and _EXECUTION.search(clue.message) is not None


def find(clue: Clue, place: Place) -> Plan[Sightings]:
    """One round where the line names the execution, two where the machines have to be listed first."""
    named = _named(clue, place)
    listed: tuple[Reply, ...] = ()
    if not named:
        listed = yield (MACHINES.of(pages=3),)
    arns = (named,) if named else _likeliest(listed, clue)
    if not arns:
        return Sightings(unreadable=blind_spots(listed))
    replies = yield tuple(MACHINE.of(stateMachineArn=arn) for arn in arns)
    found = tuple(
        Sighting(_workload(reply, place), _score(reply, clue, named))
        for reply in replies
        if isinstance(reply, Answer)
    )
    kept = tuple(sighting for sighting in found if sighting.score > 0)
    return Sightings(found=kept, unreadable=blind_spots((*listed, *replies)))


def _named(clue: Clue, place: Place) -> str:
    found = _EXECUTION.search(clue.message)
    if found is None or found["account"] != place.account:
        return ""
    return (
        f"arn:{found['partition']}:states:{found['region']}:{found['account']}:stateMachine:{found['name']}"
    )


def _likeliest(listed: tuple[Reply, ...], clue: Clue) -> tuple[str, ...]:
    arns = [
        str(machine.get("stateMachineArn", ""))
        for reply in listed
        if isinstance(reply, Answer)
        for machine in reply.items("stateMachines")
    ]
    return tuple(sorted(arns, key=lambda arn: -_alike(arn, clue))[:MOST_MACHINES])


def _score(reply: Answer, clue: Clue, named: str) -> float:
    groups = [
        str((one.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or "")
        for one in _destinations(reply)
    ]
    configured = any(
        group.partition(":log-group:")[2].removesuffix(":*") == clue.log_group for group in groups
    )
    if named:
        return CERTAIN
    return CONFIGURED if configured else GUESSED * _alike(reply.text("stateMachineArn"), clue)


def _destinations(reply: Answer) -> tuple[Mapping[str, Any], ...]:
    logging = reply.at("loggingConfiguration")
    return entries(logging, "destinations") if isinstance(logging, Mapping) else ()


def _alike(arn: str, clue: Clue) -> float:
    name = arn.rpartition(":")[2]
    return 1.0 if f"/{name}-Logs" in clue.log_group else likeness(name, clue.log_group.rpartition("/")[2])


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
