"""What an organization may force on every role: a permissions boundary and a path."""

import jsii
from aws_cdk import Aspects, CfnResource, IAspect, Stack
from constructs import IConstruct

from infra.settings import Settings

ROLE = "AWS::IAM::Role"
"""By its type: the CDK's own custom resources make roles without the class for them."""
PATHED = frozenset({ROLE, "AWS::IAM::ManagedPolicy"})


@jsii.implements(IAspect)
class ForcedOnRoles:
    """Sets boundary and path on each role and managed policy of the stack, whoever made it."""

    def __init__(self, path: str, boundary: str | None) -> None:
        self._path = path
        self._boundary = boundary

    def visit(self, node: IConstruct) -> None:
        """Called by the CDK for every construct."""
        if not isinstance(node, CfnResource):
            return
        if node.cfn_resource_type in PATHED:
            node.add_property_override("Path", self._path)
        if node.cfn_resource_type == ROLE and self._boundary:
            node.add_property_override("PermissionsBoundary", self._boundary)


def force_on_roles(stack: Stack, settings: Settings) -> None:
    """Apply the settings `permissions_boundary` and `role_path` to all that `stack` creates."""
    boundary = settings.permissions_boundary
    if boundary and not boundary.startswith("arn:"):
        boundary = f"arn:{stack.partition}:iam::{stack.account}:policy/{boundary}"
    Aspects.of(stack).add(ForcedOnRoles(settings.role_path, boundary or None))
