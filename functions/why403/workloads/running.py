"""How a workload runs: its service and deployment, since when, in which network. Beside the policies' reads."""

from why403.iam.place import Place
from why403.reads import Plan, settled
from why403.workloads.ecs_service import describe_service
from why403.workloads.workload import Workload, WorkloadKind


def describe_running(workload: Workload, place: Place) -> Plan[Workload]:
    """The workload with its service, deployment and VPC: at most two rounds.

    Where a service runs another revision than the newest, the roles and `caller_arn` become that revision's: a
    caller read meanwhile may then be the wrong one. For the kinds that find.py reads whole, nothing is asked.
    """
    if workload.kind is not WorkloadKind.ECS:
        return (yield from settled(workload))
    return (yield from describe_service(workload, place))
