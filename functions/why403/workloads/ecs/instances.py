"""The role of the container instances: what a task on EC2 calls with where its definition names no task role.

Inferred, and only where nothing else is possible: the cluster has container instances, and all running instances
of the Region share one instance profile. service.py reads the task's own instance.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
"""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.workloads.ec2 import INSTANCES, PROFILES, role_of_profile
from why403.workloads.role_names import role_arn

DESCRIBED_CLUSTERS = DeclaredRead(
    "ecs",
    "DescribeClusters",
    "See whether tasks without a task role run on EC2 instances, and so with the instance's role.",
)
RUNNING = [{"Name": "instance-state-name", "Values": ["running"]}]


def instance_reads(clusters: tuple[str, ...]) -> tuple[Read, ...]:
    """All running instances, all profiles, and the clusters' numbers of container instances."""
    return (
        INSTANCES.of(pages=3, Filters=RUNNING),
        PROFILES.of(pages=3, MaxItems=1000),
        *((DESCRIBED_CLUSTERS.of(clusters=list(clusters)),) if clusters else ()),
    )


def instance_role(replies: tuple[Reply, ...], place: Place, *, on_instance: bool = False) -> str:
    """The role's ARN where there can be only one, else empty. `on_instance`: the task is known to run on one."""
    if not replies:
        return ""
    instances, profiles, *described = replies
    if not isinstance(instances, Answer) or not isinstance(profiles, Answer) or instances.truncated:
        return ""
    registered = [
        cluster.get("registeredContainerInstancesCount")
        for reply in described
        if isinstance(reply, Answer)
        for cluster in reply.items("clusters")
    ]
    if not on_instance and not any(registered):
        return ""
    used = {
        str(profile["Arn"])
        for reservation in instances.items("Reservations")
        for instance in reservation.get("Instances", ())
        if isinstance(profile := instance.get("IamInstanceProfile"), dict) and profile.get("Arn")
    }
    roles = {role_of_profile(profile, profiles) for profile in used}
    return role_arn(roles.pop(), place) if len(roles) == 1 else ""
