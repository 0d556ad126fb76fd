"""What an organization may force on everything: a boundary and a path on roles, a key for what is kept, subnets for functions."""

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import Aspects, CfnResource, IAspect, Stack
from constructs import IConstruct

from infra.settings import Settings

ROLE = "AWS::IAM::Role"
"""By its type: the CDK's own custom resources make roles without the class for them."""
PATHED = frozenset({ROLE, "AWS::IAM::ManagedPolicy"})
FUNCTION = "AWS::Lambda::Function"


def _encrypted(key: str) -> Mapping[str, Mapping[str, Any]]:
    """Type of resource → the properties that encrypt what it keeps."""
    return {
        "AWS::DynamoDB::Table": {
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        },
        "AWS::SNS::Topic": {"KmsMasterKeyId": key},
        "AWS::SQS::Queue": {"KmsMasterKeyId": key, "SqsManagedSseEnabled": None},
        "AWS::Logs::LogGroup": {"KmsKeyId": key},
        "AWS::SecretsManager::Secret": {"KmsKeyId": key},
        FUNCTION: {"KmsKeyArn": key},
    }


@jsii.implements(IAspect)
class ForcedOnResources:
    """Sets these properties on each resource of a type in the stack, whoever made it."""

    def __init__(self, forced: Mapping[str, Mapping[str, Any]]) -> None:
        self._forced = forced

    def visit(self, node: IConstruct) -> None:
        """Called by the CDK for every construct."""
        if isinstance(node, CfnResource):
            for name, value in self._forced.get(node.cfn_resource_type, {}).items():
                node.add_property_override(name, value)


def force_on_resources(stack: Stack, settings: Settings) -> None:
    """Apply `permissions_boundary`, `role_path`, `kms_key`, `subnets` and `security_groups` to all that `stack` creates."""
    forced: dict[str, dict[str, Any]] = {kind: {"Path": settings.role_path} for kind in PATHED}
    boundary = settings.permissions_boundary
    if boundary:
        is_arn = boundary.startswith("arn:")
        forced[ROLE]["PermissionsBoundary"] = (
            boundary if is_arn else f"arn:{stack.partition}:iam::{stack.account}:policy/{boundary}"
        )
    for kind, properties in _encrypted(settings.kms_key).items() if settings.kms_key else ():
        forced.setdefault(kind, {}).update(properties)
    if settings.subnets:
        forced.setdefault(FUNCTION, {})["VpcConfig"] = {
            "SubnetIds": list(settings.subnets),
            "SecurityGroupIds": list(settings.security_groups),
        }
    Aspects.of(stack).add(ForcedOnResources(forced))
