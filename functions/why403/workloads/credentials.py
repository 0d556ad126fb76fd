"""Whose credentials a denied call was made with, along the SDKs' provider chain.

What the line claims is held against the workload; where they differ, that is a finding with its likely cause.
`The provided execution role does not have permissions to call CreateNetworkInterface on EC2` answers the CreateFunction
of a deployment. It names no role, and the function that it names may be anybody's.
Where a service could not assume the role at all, the service itself is the caller that the role's trust policy keeps out.
https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
"""

import re
from dataclasses import dataclass, replace

from why403.iam.principal import Principal, parse_principal
from why403.message import Message
from why403.workloads.ecs.task import is_of_task_start
from why403.workloads.foreign_caller import cause_of, source_of
from why403.workloads.role_names import iam_arn, same_role
from why403.workloads.static_keys import KEY_ID, half_in_environment, in_environment, shared_file
from why403.workloads.workload import Workload, WorkloadKind

PASSED_ROLE = "passed-role"
STATE_MACHINE_ROLE = "state-machine-role"
"""The role that a deployment hands to Step Functions, which makes its managed rules with it."""
MANAGED_RULE = "is not authorized to create managed-rule"
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"""
WITH_EXECUTION_ROLE = frozenset({WorkloadKind.ECS, WorkloadKind.BATCH})
_PROVIDED = re.compile(
    r"\bprovided (?:execution |service |IAM )?role\b[^.:]{0,40} (?:does not have|doesn't have|lacks) "
)
"""Lambda's and CloudFormation's own words, whoever reads them; one clause is looked at."""
_OF_FUNCTION = re.compile(
    r"\bEC2AccessDeniedException\b|\bfunction(?:'s)? execution role (?:does not|doesn't|is not|lacks) "
)
"""The same in a log of something else than a function, where the words can mean the writer itself."""
_BY_PRINCIPAL = re.compile(
    r"cannot be assumed by principal '(?P<service>[a-z0-9.-]{1,80}\.amazonaws\.com(?:\.cn)?)'"
)
"""EventBridge, Config and others name the service principal themselves."""
_ASSUMED_BY = (
    ("ECS was unable to assume the role", "ecs-tasks.amazonaws.com"),
    ("cannot be assumed by Lambda", "lambda.amazonaws.com"),
    ("must allow AWS EventBridge Scheduler to assume the role", "scheduler.amazonaws.com"),
    ("API Gateway does not have permission to assume the provided role", "apigateway.amazonaws.com"),
)
"""Each service's own words. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"""


@dataclass(frozen=True, slots=True)
class Source:
    """`caller`: the ARN of the role or user to mend, empty where it is not known; `id`: a word id."""

    caller: str
    id: str
    findings: tuple[Message, ...] = ()


def attribute(workload: Workload, principal: str, message: str) -> Workload:
    """The workload with `caller_arn`, `credentials` and what is odd about them."""
    if principal and MANAGED_RULE in message:
        source = Source(principal, STATE_MACHINE_ROLE)
    elif principal:
        source = _named(workload, principal)
    elif service := _service_that_assumes(message):
        source = Source(service, "service")
    elif _is_of_passed_role(message, workload.kind):
        source = Source("", PASSED_ROLE, (Message("workloads.passed-role", {"name": workload.name}),))
    else:
        source = _unnamed(workload, message)
    return replace(
        workload,
        caller_arn=source.caller,
        credentials=source.id,
        findings=(*workload.findings, *source.findings),
    )


def own_role(workload: Workload) -> str:
    """The role that the application itself is meant to call with."""
    return workload.task_role_arn if workload.kind is WorkloadKind.ECS else workload.role_arn


def _unnamed(workload: Workload, message: str) -> Source:
    if workload.caller_arn:
        return Source(workload.caller_arn, "service")
    if workload.kind in WITH_EXECUTION_ROLE and is_of_task_start(message):
        return _of_agent(workload)
    if in_environment(workload):
        where = "secrets" if KEY_ID in workload.secret_names else "environment"
        return Source(
            "", "static-keys", (Message(f"workloads.static-keys-in-{where}", {"name": workload.name}),)
        )
    web_identity = workload.environment.get("AWS_ROLE_ARN", "")
    if web_identity and workload.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return Source(web_identity, "web-identity")
    if own_role(workload):
        return _own(workload)
    return _without_role(workload)


def _own(workload: Workload) -> Source:
    doubt = _doubts(workload)
    match workload.kind:
        case WorkloadKind.ECS:
            return Source(workload.task_role_arn, "task-role", doubt)
        case WorkloadKind.EC2:
            return Source(workload.role_arn, "instance-profile", doubt)
        case WorkloadKind.PRINCIPAL | WorkloadKind.UNKNOWN:
            return Source(workload.role_arn, "line")
        case _:
            return Source(workload.role_arn, "workload-role", doubt)


def _doubts(workload: Workload) -> tuple[Message, ...]:
    """What the SDK may find before it comes to the role."""
    if half_in_environment(workload):
        return (Message("workloads.half-a-key", {"name": workload.name}),)
    variable = shared_file(workload)
    return (Message("workloads.shared-file-possible", {"variable": variable}),) if variable else ()


def _without_role(workload: Workload) -> Source:
    if workload.kind not in WITH_EXECUTION_ROLE:
        return Source("", "unknown")
    values = {"name": workload.name, "role": workload.instance_role_arn}
    if workload.launch == "FARGATE":
        return Source("", "none", (Message("workloads.no-task-role", values),))
    if workload.instance_role_arn:
        finding = Message("workloads.no-task-role-instance", values)
        return Source(workload.instance_role_arn, "instance-profile", (finding,))
    return Source("", "unknown", (Message("workloads.no-task-role", values),))


def _of_agent(workload: Workload) -> Source:
    if workload.execution_role_arn:
        return Source(workload.execution_role_arn, "execution-role")
    finding = Message("workloads.no-execution-role", {"name": workload.name})
    return Source(workload.instance_role_arn, "instance-profile", (finding,))


def _named(workload: Workload, text: str) -> Source:
    principal = parse_principal(text)
    known = (
        (own_role(workload), "instance-profile" if workload.kind is WorkloadKind.EC2 else _own_id(workload)),
        (workload.execution_role_arn, "execution-role"),
        (workload.instance_role_arn, "instance-profile"),
    )
    for role, source in known:
        if role and same_role(role, text):
            return Source(role, source, _remarks(workload, source))
    return _foreign(workload, principal)


def _own_id(workload: Workload) -> str:
    match workload.kind:
        case WorkloadKind.ECS:
            return "task-role"
        case WorkloadKind.PRINCIPAL | WorkloadKind.UNKNOWN:
            return "line"
        case _:
            return "workload-role"


def _remarks(workload: Workload, source: str) -> tuple[Message, ...]:
    """The line names one of the workload's own roles: is it the one that the application should call with?"""
    if source != "instance-profile":
        return ()
    values = {"name": workload.name, "role": workload.instance_role_arn, "task_role": own_role(workload)}
    if workload.kind is WorkloadKind.EKS and own_role(workload):
        return (Message("workloads.pod-role-not-used", values),)
    if workload.kind is not WorkloadKind.ECS:
        return ()
    kind = "workloads.task-role-not-used" if workload.task_role_arn else "workloads.no-task-role-instance"
    return (Message(kind, values),)


def _foreign(workload: Workload, principal: Principal) -> Source:
    """The line names none of the workload's roles."""
    caller = iam_arn(principal)
    if workload.kind in {WorkloadKind.PRINCIPAL, WorkloadKind.UNKNOWN}:
        return Source(
            caller, "line" if caller else source_of(principal), _of_another_account(workload, principal)
        )
    expected = own_role(workload)
    values = {
        "principal": principal.arn,
        "name": workload.name,
        "expected": expected,
        "account": principal.account,
        "session": principal.session,
    }
    findings = (
        Message(cause_of(workload, principal, expected), values),
        *_of_another_account(workload, principal),
    )
    return Source(caller, source_of(principal), findings)


def _of_another_account(workload: Workload, principal: Principal) -> tuple[Message, ...]:
    if not principal.account or principal.account == workload.account or not principal.account.isdecimal():
        return ()
    values = {"principal": principal.arn, "account": principal.account, "own": workload.account}
    return (Message("workloads.principal-of-another-account", values),)


def _is_of_passed_role(message: str, kind: WorkloadKind) -> bool:
    """Whether the role that was denied is another than that of the workload, of this kind, that logged it."""
    if _PROVIDED.search(message):
        return True
    return kind is not WorkloadKind.LAMBDA and _OF_FUNCTION.search(message) is not None


def _service_that_assumes(message: str) -> str:
    """The service that could not assume the role that it was handed: `ecs-tasks.amazonaws.com`; empty where none says so."""
    told = _BY_PRINCIPAL.search(message)
    if told is not None:
        return told["service"]
    return next((service for words, service in _ASSUMED_BY if words in message), "")
