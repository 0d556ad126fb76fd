"""What the diagnosis may read in the account: exactly what the library declares, each with its reason.

Managed policies, as diagnose and recheck need the same and a role's inline policies hold 10,240 characters.
docs/permissions.md shows them with their reasons.
"""

from collections.abc import Iterable
from functools import cached_property

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct
from why403.errors import SettingsError
from why403.reads import DeclaredRead

from infra.acknowledged import acknowledge
from infra.read_statements import EVERYTHING, ReadStatement, assume_statements, read_statements, split
from infra.settings import Settings

WHY_EVERYTHING = (
    "Which resource was meant is known only once a line is read, so no read can be bound to a resource before; "
    "every action is a List or a Read, and none returns what a secret, message, item or object holds."
)
WHY_PATTERN = (
    "Bound to the log groups that are watched and their streams, to the definitions of APIs, or to one role's name in accounts "
    "of the organization; the star stands for names that are not known before."
)

POLICIES_A_ROLE = 10
"""IAM's default quota of managed policies on a role."""


class ReadAccess(Construct):
    """The managed policies, and the roles in other accounts that may be assumed for reading."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, reads: Iterable[DeclaredRead]
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        statements = read_statements(reads, settings, f"{stack.region}:{stack.account}")
        here = tuple(split(statements))
        elsewhere = tuple(
            split(assume_statements(settings.target_read_roles, settings.organization_read_role))
        )
        if len(here) > POLICIES_A_ROLE:
            raise SettingsError(
                f"log_groups: their names are too long for the {POLICIES_A_ROLE} policies that a role may have. "
                "Write globs in their place, such as /ecs/orders-*."
            )
        if len(here) + len(elsewhere) > POLICIES_A_ROLE:
            raise SettingsError(
                f"target_read_roles: they are too many for the {POLICIES_A_ROLE} policies that a role may have. Give the role "
                'one name in all accounts of your organization, and write that once: {"*": "why403-read"}.'
            )
        self._here = [self._policy(f"Read{number}", part) for number, part in enumerate(here, start=1)]
        self._elsewhere = elsewhere

    @cached_property
    def _policies_elsewhere(self) -> tuple[iam.ManagedPolicy, ...]:
        """Made once some role needs them."""
        return tuple(
            self._policy(f"Elsewhere{number}", part) for number, part in enumerate(self._elsewhere, start=1)
        )

    def _policy(self, name: str, statements: tuple[ReadStatement, ...]) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            name,
            description="why403 reads policies and what they belong to, to say which one denied a call",
            statements=[
                iam.PolicyStatement(
                    sid=statement.sid,
                    actions=list(statement.actions),
                    resources=self._arns(statement),
                    conditions=statement.conditions,
                )
                for statement in statements
            ],
        )
        for resource in sorted(
            {arn for statement in statements for arn in self._arns(statement) if "*" in arn}
        ):
            reason = WHY_EVERYTHING if resource == "*" else WHY_PATTERN
            acknowledge(policy, f"AwsSolutions-IAM5[Resource::{self._shown(resource)}]", reason)
        return policy

    def _arns(self, statement: ReadStatement) -> list[str]:
        if statement.resources == EVERYTHING:
            return list(EVERYTHING)
        return [f"arn:{Stack.of(self).partition}:{resource}" for resource in statement.resources]

    def _shown(self, arn: str) -> str:
        """As cdk-nag writes it."""
        stack = Stack.of(self)
        tokens = {"Partition": stack.partition, "Region": stack.region, "AccountId": stack.account}
        for name, token in tokens.items():
            arn = arn.replace(token, f"<AWS::{name}>")
        return arn

    def grant_here(self, role: iam.Role) -> None:
        """Let a role read in this account."""
        for policy in self._here:
            role.add_managed_policy(policy)

    def grant(self, role: iam.Role) -> None:
        """Let a role read, here and through the read roles that the settings name in other accounts."""
        self.grant_here(role)
        for policy in self._policies_elsewhere:
            role.add_managed_policy(policy)
