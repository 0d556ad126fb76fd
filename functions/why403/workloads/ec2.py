"""Amazon EC2: the instance whose id or address is in the stream's name, as the CloudWatch agent writes it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Reply
from why403.workloads.clue import Clue
from why403.workloads.ecs_instances import INSTANCES
from why403.workloads.ecs_logging import entries
from why403.workloads.ecs_task import iso
from why403.workloads.instance_profile import PROFILE, read_profile, role_in
from why403.workloads.sighting import CERTAIN, LIKELY, Sighting, Sightings, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

READS: tuple[DeclaredRead, ...] = (INSTANCES, PROFILE)


def claims(clue: Clue) -> bool:
    """An instance's id, or its address, in the stream's name."""
    return bool(clue.instance or clue.address) and not clue.log_group.startswith("/aws/containerinsights/")


def find(clue: Clue, place: Place) -> Plan[Sightings]:
    """Two rounds: the instance, then its profile's role."""
    by_id = {"InstanceIds": [clue.instance]}
    by_address = {"Filters": [{"Name": "private-ip-address", "Values": [clue.address]}]}
    (reply,) = yield (INSTANCES.of(**(by_id if clue.instance else by_address)),)
    instance = _first(reply)
    if instance is None:
        return Sightings(unreadable=blind_spots((reply,), clue.instance or clue.address))
    workload = _workload(instance, place)
    score = CERTAIN if clue.instance else LIKELY
    profile = str((instance.get("IamInstanceProfile") or {}).get("Arn") or "")
    if not profile:
        finding = Message("workloads.no-instance-profile", {"instance": workload.name})
        return Sightings(found=(Sighting(replace(workload, findings=(finding,)), score),))
    (role,) = yield (read_profile(profile),)
    known = replace(workload, role_arn=role_in(role), instance_role_arn=role_in(role))
    return Sightings(found=(Sighting(known, score),), unreadable=blind_spots((role,), profile))


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
