"""What an organization may force on every role: a permissions boundary and a path."""

import jsii
from aws_cdk import Aspects, IAspect, Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from infra.settings import Settings


@jsii.implements(IAspect)
class ForcedOnRoles:
    """Sets boundary and path on each role and managed policy of the stack, whoever made it."""

    def __init__(self, path: str, boundary: str | None) -> None:
        self._path = path
        self._boundary = boundary

    def visit(self, node: IConstruct) -> None:
        """Called by the CDK for every construct."""
        if isinstance(node, iam.CfnRole):
            node.path = self._path
            node.permissions_boundary = self._boundary
        if isinstance(node, iam.CfnManagedPolicy):
            node.path = self._path


def force_on_roles(stack: Stack, settings: Settings) -> None:
    """Apply the settings `permissions_boundary` and `role_path` to all that `stack` creates."""
    boundary = settings.permissions_boundary
    if boundary and not boundary.startswith("arn:"):
        boundary = f"arn:{stack.partition}:iam::{stack.account}:policy/{boundary}"
    Aspects.of(stack).add(ForcedOnRoles(settings.role_path, boundary or None))
