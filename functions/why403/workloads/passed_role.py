"""A refusal on behalf of a role that somebody handed to a service: not the role of whoever logged it.

`The provided execution role does not have permissions to call CreateNetworkInterface on EC2` answers the CreateFunction
of a deployment. It names no role, and the function that it names may be anybody's.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
Where a service could not assume the role at all, the service itself is the caller that the role's trust policy keeps out.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
"""

import re

from why403.workloads.workload import WorkloadKind

PROVIDED = re.compile(
    r"\bprovided (?:execution |service |IAM )?role\b[^.:]{0,40} (?:does not have|doesn't have|lacks) "
)
"""Lambda's and CloudFormation's own words, whoever reads them; one clause is looked at."""
OF_FUNCTION = re.compile(
    r"\bEC2AccessDeniedException\b|\bfunction(?:'s)? execution role (?:does not|doesn't|is not|lacks) "
)
"""The same in a log of something else than a function, where the words can mean the writer itself."""

BY_PRINCIPAL = re.compile(
    r"cannot be assumed by principal '(?P<service>[a-z0-9.-]{1,80}\.amazonaws\.com(?:\.cn)?)'"
)
"""EventBridge, Config and others name the service principal themselves."""
ASSUMED_BY = (
    ("ECS was unable to assume the role", "ecs-tasks.amazonaws.com"),
    ("cannot be assumed by Lambda", "lambda.amazonaws.com"),
    ("must allow AWS EventBridge Scheduler to assume the role", "scheduler.amazonaws.com"),
    ("API Gateway does not have permission to assume the provided role", "apigateway.amazonaws.com"),
)
"""Each service's own words. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"""


def is_of_passed_role(message: str, kind: WorkloadKind) -> bool:
    """Whether the role that was denied is another than that of the workload, of this kind, that logged it."""
    if PROVIDED.search(message):
        return True
    return kind is not WorkloadKind.LAMBDA and OF_FUNCTION.search(message) is not None


def service_that_assumes(message: str) -> str:
    """The service that could not assume the role that it was handed: `ecs-tasks.amazonaws.com`; empty where none says so."""
    told = BY_PRINCIPAL.search(message)
    if told is not None:
        return told["service"]
    return next((service for words, service in ASSUMED_BY if words in message), "")
