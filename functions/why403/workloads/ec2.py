"""Amazon EC2: the instance whose id or address is in the stream's name, as the CloudWatch agent writes it; instance profiles.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.answer_values import entries, iso
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import (
    CERTAIN,
    GUESSED,
    LIKELY,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    blind_spots,
)

INSTANCES = DeclaredRead(
    "ec2",
    "DescribeInstances",
    "Find the instance profile of the instance that wrote a log stream or runs a task.",
    absent=("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"),
)
PROFILE = DeclaredRead(
    "iam",
    "GetInstanceProfile",
    "Find the role of the instance profile that a call was made with.",
    cache_seconds=300,
)
PROFILES = DeclaredRead(
    "iam",
    "ListInstanceProfiles",
    "Find the role of the instances that tasks without a task role run on.",
    cache_seconds=300,
)


def claims(origin: LogOrigin) -> bool:
    """An instance's id, or its address, in the stream's name; its id in the line of a group that is no service's.

    What runs on a node as a pod or a task has a role of its own: there the line's instance tells nothing.
    """
    if origin.log_group.startswith("/aws/"):
        return _named(origin) and not origin.log_group.startswith("/aws/containerinsights/")
    line = origin.line
    return _named(origin) or bool(
        line.instance and not (line.pod or line.task or line.definition or line.function)
    )


def _named(origin: LogOrigin) -> bool:
    return bool(origin.instance or origin.address)


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: the instance, then its profile's role."""
    by_address = {"Filters": [{"Name": "private-ip-address", "Values": [origin.address]}]}
    by_id = {"InstanceIds": [origin.instance or origin.line.instance]}
    (reply,) = yield (INSTANCES.of(**(by_id if origin.instance or not origin.address else by_address)),)
    instance = _first(reply)
    if instance is None:
        subject = origin.instance or origin.address or origin.line.instance
        return SearchResult(unreadable=blind_spots((reply,), subject))
    workload = _workload(instance, place)
    if not _named(origin):
        told = Message("workloads.guessed-by-line", {"name": workload.name})
        workload = replace(workload, findings=(told,))
    score = CERTAIN if origin.instance else LIKELY if origin.address else GUESSED
    profile = str((instance.get("IamInstanceProfile") or {}).get("Arn") or "")
    if not profile:
        finding = Message("workloads.no-instance-profile", {"instance": workload.name})
        workload = replace(workload, findings=(*workload.findings, finding))
        return SearchResult(found=(LikelyWorkload(workload, score),))
    (role,) = yield (read_profile(profile),)
    known = replace(workload, role_arn=role_in(role), instance_role_arn=role_in(role))
    return SearchResult(found=(LikelyWorkload(known, score),), unreadable=blind_spots((role,), profile))


def _first(reply: Reply) -> Mapping[str, Any] | None:
    if isinstance(reply, Answer):
        for reservation in reply.items("Reservations"):
            for instance in entries(reservation, "Instances"):
                return instance
    return None


def _workload(instance: Mapping[str, Any], place: Place) -> Workload:
    name = str(instance.get("InstanceId", ""))
    subnet = str(instance.get("SubnetId") or "")
    return Workload(
        kind=WorkloadKind.EC2,
        arn=f"arn:{place.partition}:ec2:{place.region}:{place.account}:instance/{name}",
        name=name,
        account=place.account,
        region=place.region,
        partition=place.partition,
        subnets=(subnet,) if subnet else (),
        vpc=str(instance.get("VpcId") or ""),
        started=iso(instance.get("LaunchTime")),
        tags={str(tag.get("Key")): str(tag.get("Value", "")) for tag in entries(instance, "Tags")},
    )


def read_profile(profile: str) -> Read:
    """The read of a profile by its ARN or name."""
    return PROFILE.of(InstanceProfileName=profile.rpartition("/")[2])


def role_in(reply: Reply) -> str:
    """The ARN of the role in GetInstanceProfile's reply, or empty."""
    if not isinstance(reply, Answer):
        return ""
    roles = reply.items("InstanceProfile", "Roles")
    return str(roles[0].get("Arn", "")) if roles else ""


def role_of_profile(profile: str, profiles: Answer) -> str:
    """The ARN of the role of a profile's ARN, from ListInstanceProfiles' answer, or empty."""
    for listed in profiles.items("InstanceProfiles"):
        if listed.get("Arn") == profile:
            roles = listed.get("Roles") or [{}]
            return str(roles[0].get("Arn", ""))
    return ""
