"""What the diagnosis may read in the account: exactly what the library declares, each with its reason.

Managed policies, since both diagnose and recheck need them and a role's inline policies hold 10,240 characters:
each document stays under the 6,144 of a managed policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
from collections.abc import Iterable, Iterator

from aws_cdk import aws_iam as iam
from constructs import Construct
from why403.reads import DeclaredRead

from infra.acknowledged import acknowledge
from infra.settings import Settings

DOCUMENT_CHARACTERS = 6_144
EVERYTHING = (
    "Which resource was meant is known only once a line is read, so no read can be bound to a resource before; "
    "every action is a List or a Read, and none returns what a secret, message, item or object holds."
)


class ReadAccess(Construct):
    """The managed policies, and the roles in other accounts that may be assumed for reading."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, reads: Iterable[DeclaredRead]
    ) -> None:
        super().__init__(scope, construct_id)
        self._policies = [
            self._policy(f"Read{number}", services)
            for number, services in enumerate(split(by_service(reads)), start=1)
        ]
        self._elsewhere = [*settings.target_read_roles.values(), settings.organization_read_role]

    def _policy(self, name: str, services: dict[str, list[str]]) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            name,
            description=f"why403 reads policies and what they belong to: {', '.join(services)}",
            statements=[
                iam.PolicyStatement(sid=sid(service), actions=actions, resources=["*"])
                for service, actions in services.items()
            ],
        )
        acknowledge(policy, "AwsSolutions-IAM5[Resource::*]", EVERYTHING)
        return policy

    def grant(self, role: iam.Role) -> None:
        """Let a role read, here and through the read roles that the settings name in other accounts."""
        for policy in self._policies:
            role.add_managed_policy(policy)
        elsewhere = [arn for arn in self._elsewhere if arn]
        if elsewhere:
            role.add_to_policy(
                iam.PolicyStatement(sid="ReadElsewhere", actions=["sts:AssumeRole"], resources=elsewhere)
            )


def by_service(reads: Iterable[DeclaredRead]) -> dict[str, list[str]]:
    """IAM prefix → its actions, sorted, each once."""
    actions = sorted({action for read in reads for action in read.actions})
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0], []).append(action)
    return services


def split(services: dict[str, list[str]]) -> Iterator[dict[str, list[str]]]:
    """As many parts as fit a managed policy each, in the order of the alphabet."""
    part: dict[str, list[str]] = {}
    for service, actions in services.items():
        if part and _characters(part | {service: actions}) > DOCUMENT_CHARACTERS:
            yield part
            part = {}
        part[service] = actions
    if part:
        yield part


def sid(service: str) -> str:
    """A statement id, letters and digits only: `elasticfilesystem` → `ReadElasticfilesystem`."""
    return "Read" + service.replace("-", " ").title().replace(" ", "")


def _characters(services: dict[str, list[str]]) -> int:
    """IAM does not count white space."""
    statements = [
        {"Action": actions, "Effect": "Allow", "Resource": "*", "Sid": sid(service)}
        for service, actions in services.items()
    ]
    return len(json.dumps({"Statement": statements, "Version": "2012-10-17"}, separators=(",", ":")))
