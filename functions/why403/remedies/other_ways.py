"""How a workload may hold a role that no policy of its own role lets it take: a claim of it is not refuted then.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from why403.changes.change import Change
from why403.changes.deployments import moment_of
from why403.changes.trail import AFTER, BEFORE
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer, Policy
from why403.iam.principal import parse_principal
from why403.policies.reading import CallerReading
from why403.remedies.trusted import Trusted, trusted_by
from why403.targets.scene import Scene
from why403.workloads.credentials import own_role
from why403.workloads.foreign_caller import is_instance
from why403.workloads.role_names import same_role
from why403.workloads.static_keys import half_in_environment, in_environment, shared_file
from why403.workloads.workload import DEAD_LETTER, UNSURE_ROLE, Workload, WorkloadKind

TELL_OF_OTHERS = frozenset({WorkloadKind.API_GATEWAY, WorkloadKind.STATES})
"""Their logs tell of calls that clients and other workloads made, with roles of their own."""
DOUBTS = UNSURE_ROLE | {"workloads.node-role"}
"""Findings after which the line's role may be the workload's own; a pod's own role may be one that no trust policy tells."""
SERVICES = {
    WorkloadKind.ECS: ("ecs-tasks.",),
    WorkloadKind.BATCH: ("ecs-tasks.",),
    WorkloadKind.LAMBDA: ("lambda.",),
    WorkloadKind.CODEBUILD: ("codebuild.",),
    WorkloadKind.EKS: ("pods.eks.", "eks-fargate-pods."),
    WorkloadKind.EC2: ("ec2.",),
}
"""Who gives a workload its role. With another revision it may have had another role."""
PER_RUN = frozenset({WorkloadKind.EKS, WorkloadKind.CODEBUILD})
"""A pod's service account and a build's own role are told by nothing that was read."""
TOLD = frozenset({WorkloadKind.ECS, WorkloadKind.BATCH, WorkloadKind.LAMBDA, WorkloadKind.CODEBUILD})
"""Whose environment is read whole, or is known to hold no key."""
WEB_IDENTITIES = {WorkloadKind.EKS: "oidc.eks."}
ON_INSTANCES = frozenset({WorkloadKind.ECS, WorkloadKind.BATCH, WorkloadKind.EKS})
RIGHTS = frozenset({
    "UpdateAssumeRolePolicy", "CreateRole", "DeleteRole", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy",
    "DetachRolePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion", "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
})  # fmt: skip
"""Writes after which a role may or may not be taken that could not or could be before."""
SESSION = timedelta(hours=12)
"""How long a session lives at most: one that was taken before such a write goes on."""
DRAINING = timedelta(minutes=15)
"""How long what ran before may still write after a deployment."""


def has_key(workload: Workload) -> bool:
    """Whether a key of a user, or a part of one, is given to it: plainly or from secrets."""
    return in_environment(workload) or half_in_environment(workload)


def is_without_key(workload: Workload) -> bool:
    """Whether its environment was read and holds no key: a user's would have to come from its code or a file."""
    return workload.kind in TOLD and not has_key(workload) and not is_unclear(workload)


def acts_by_itself(scene: Scene) -> bool:
    """Whether AWS's answer says that the service which wrote the line acts with the line's role."""
    workload, arn = scene.workload, parse_arn(scene.workload.arn)
    quoted = any(found.id == DEAD_LETTER for found in workload.findings)
    by_answer = arn is not None and arn.service != "iam" and bool(workload.role_arn) and not quoted
    return (
        workload.kind is WorkloadKind.PRINCIPAL and by_answer and same_role(workload.role_arn, scene.caller)
    )


def is_unclear(workload: Workload) -> bool:
    """Whether it may hold credentials that nobody sees, or another workload may have written the line."""
    keys = has_key(workload) or shared_file(workload)
    shared = any(found.id in DOUBTS for found in workload.findings)
    return bool(keys) or shared or workload.kind in TELL_OF_OTHERS


def age_of(denied: int, now: int) -> timedelta:
    """How long ago an older line was, since when writes count as well; nothing for a fresh one. Both in ms."""
    age = timedelta(milliseconds=now - denied)
    return age if age > AFTER else timedelta()


def was_changed(changes: tuple[Change, ...], age: timedelta = timedelta()) -> bool:
    """Whether the rights of a role were written so near to the line, or since, that they may have been others then.

    `changes` tell how long before a moment they were made that comes `age` after the line.
    """
    if age + SESSION > BEFORE:
        return True  # nobody looked back so far
    since = (age + SESSION).total_seconds()
    return any(one.operation in RIGHTS and one.seconds_before <= since for one in changes)


def may_be_given(scene: Scene, trust: Policy) -> bool:
    """Whether a service may have given the role to the workload itself, or to the instance below it."""
    workload, trusted = scene.workload, trusted_by(trust)
    if trusted.by_token:
        return True
    identity = WEB_IDENTITIES.get(workload.kind, "")
    if identity and any(identity in one for one in trusted.federated):
        return True
    own = SERVICES.get(workload.kind)
    given = own is not None and any(one.startswith(own) for one in trusted.services)
    if given and (workload.kind in PER_RUN or _was_another(scene)):
        return True
    return _may_be_of_instance(scene, trusted)


def _may_be_of_instance(scene: Scene, trusted: Trusted) -> bool:
    """Whether the role of an instance that nobody found may be the line's role, or may take it."""
    workload = scene.workload
    if workload.kind not in ON_INSTANCES or workload.launch == "FARGATE" or workload.instance_role_arn:
        return False
    of_instances = any(one.startswith("ec2.") for one in trusted.services)
    if of_instances and is_instance(parse_principal(scene.denial.principal or "")):
        return True
    there_is_one = workload.kind is WorkloadKind.EKS or workload.launch == "EC2"
    others = [role for role in trusted.roles if not same_role(role, own_role(workload))]
    return there_is_one and (trusted.wide or bool(others))


def _was_another(scene: Scene) -> bool:
    """Whether the workload that wrote the line may have had another role than the one that was found."""
    workload, started = scene.workload, moment_of(scene.workload.started)
    if workload.kind is WorkloadKind.EC2:
        return is_instance(parse_principal(scene.denial.principal or ""))
    if started is None:
        # Neither a service nor the task was seen: one that is run by itself may be given another role, or be of an older revision.
        return workload.kind in {WorkloadKind.ECS, WorkloadKind.BATCH}
    if not scene.event.timestamp:
        return False
    return datetime.fromtimestamp(scene.event.timestamp / 1000, UTC) < started + DRAINING


def beside(workload: Workload) -> Iterator[CallerReading]:
    """Other roles that its code can be, and whose policies nobody read."""
    unread = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SCP})
    held = (workload.role_arn, workload.instance_role_arn, workload.environment.get("AWS_ROLE_ARN", ""))
    for role in dict.fromkeys(held):
        if role and not same_role(role, own_role(workload)):
            yield CallerReading(arn=role, unread=unread)
