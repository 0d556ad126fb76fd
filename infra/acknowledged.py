"""Rules of cdk-nag (AwsSolutions) that a part of the stack does not follow, each with its reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Record that `rule` (such as `AwsSolutions-IAM5[Resource::*]`) is not followed under `construct`, and why."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
