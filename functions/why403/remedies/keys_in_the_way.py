"""Keys of a user that win over the workload's own role: out with them first, and then what the role lacks.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from collections.abc import Iterator
from dataclasses import replace

from why403.decisions.call import Call
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.policies.read_sides import read_sides
from why403.reads import Plan
from why403.remedies.build_case import judge_alone
from why403.remedies.case import Case
from why403.remedies.proposal import Proposal, by_hand
from why403.targets.scene import Scene
from why403.workloads.credentials import own_role
from why403.workloads.static_keys import given_keys, in_environment
from why403.workloads.workload import Workload, WorkloadKind

USERS = frozenset({PrincipalKind.USER, PrincipalKind.ROOT})


def role_in_wait(scene: Scene) -> str:
    """The ARN of the workload's own role, where a user's keys in its environment win over it; else empty."""
    kind = parse_principal(scene.caller).kind if scene.caller else PrincipalKind.USER
    return own_role(scene.workload) if kind in USERS and in_environment(scene.workload) else ""


def read_by_role(scene: Scene, call: Call | None) -> Plan[Case | None]:
    """The call by that role, judged: three rounds at most; none, and None, where no keys are in its way."""
    role = role_in_wait(scene)
    if not role or call is None:
        return None
    by_role = replace(call, principal=role)
    sides = yield from read_sides(scene, role, call.action, call.resource)
    return judge_alone(scene, by_role, sides)


def without_keys(case: Case) -> Proposal:
    """The playbook: which variables to take out of which definition, and what becomes of the user's key."""
    workload = case.workload
    user = parse_principal(workload.caller_arn).name if workload.caller_arn else ""
    values = {
        "names": ", ".join(given_keys(workload)),
        "container": workload.container or workload.name,
        "definition": _definition(workload),
        "role": own_role(workload).rpartition("/")[2],
        "user": user,
    }
    return by_hand(
        layer=Layer.IDENTITY,
        target=workload.task_definition or workload.arn or own_role(workload),
        title=Message("remedies.keys.title", values),
        steps=tuple(_steps(workload, values)),
    )


def _definition(workload: Workload) -> str:
    """Of a container; a function's or a pod's variables stand in no definition with a name of its own."""
    of_containers = {WorkloadKind.ECS, WorkloadKind.BATCH}
    named = workload.task_definition or workload.arn
    return named.rpartition("/")[2] if workload.kind in of_containers else ""


def _steps(workload: Workload, values: dict[str, str]) -> Iterator[Message]:
    plain = [name for name in given_keys(workload) if name not in workload.secret_names]
    secret = [name for name in given_keys(workload) if name in workload.secret_names]
    if plain:
        yield Message("remedies.keys.environment", values | {"names": ", ".join(plain)})
    if secret:
        yield Message("remedies.keys.secrets", values | {"names": ", ".join(secret)})
    yield Message("remedies.keys.deploy", values)
    yield Message("remedies.keys.retire", values)
