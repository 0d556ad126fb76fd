"""The stack's outputs, under names that people and programs can rely on."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct


def tell(scope: Construct, name: str, value: str, told: str) -> None:
    """Add the output `name` to the scope's stack."""
    CfnOutput(Stack.of(scope), name, value=value, description=told)
