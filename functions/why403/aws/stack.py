"""What a stack of ours is made of, as CloudFormation tells it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.failures import code_of
from why403.aws.session import client
from why403.errors import NoAccessError, SettingsError

OURS = "why403:"
"""How the description of every stack of ours begins."""
OF_A_SET = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""What CloudFormation puts behind a stack set's name, where it names the set's stack in an account and Region."""
MISSING = "ValidationError"
"""What CloudFormation answers where there is no such stack."""


@dataclass(frozen=True, slots=True)
class StackResource:
    """One resource; `kind` as CloudFormation writes it: `AWS::SQS::Queue`."""

    logical: str
    kind: str
    physical: str


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """A stack by its name, its outputs by their keys, and its resources."""

    name: str
    outputs: Mapping[str, str]
    resources: tuple[StackResource, ...]
    status: str = ""
    """As CloudFormation writes it: `UPDATE_COMPLETE`."""
    drift: str = ""
    """`DRIFTED`, `IN_SYNC` or `NOT_CHECKED`, as of the last time that somebody asked."""

    def output(self, key: str) -> str:
        """An output that every stack of ours has; SettingsError where this one has not."""
        if key in self.outputs:
            return self.outputs[key]
        raise SettingsError(
            f"The stack {self.name} has no output {key}: is it a stack of why403's? Name one with --stack."
        )

    def physical(self, begins: str, kind: str) -> tuple[str, ...]:
        """Names of the resources of a kind whose logical id begins so."""
        return tuple(
            one.physical for one in self.resources if one.kind == kind and one.logical.startswith(begins)
        )


def find_stack(name: str, region: str = "") -> DeployedStack:
    """The stack of that name, or a stack set's of that name; SettingsError where there is none, NoAccessError where nobody may look."""
    cloudformation = client("cloudformation", region)
    try:
        return _read(cloudformation, name)
    except (ClientError, BotoCoreError) as error:
        if code_of(error) != MISSING:
            raise NoAccessError(_refused(error)) from error
    ours = _ours(cloudformation)
    instances = [one for one in ours if re.fullmatch(rf"StackSet-{re.escape(name)}-{OF_A_SET}", one)]
    if len(instances) == 1:
        return find_stack(instances[0], region)
    raise SettingsError(_there(cloudformation, name, instances or ours))


def _read(cloudformation: Any, name: str) -> DeployedStack:  # noqa: ANN401  # boto3's clients have no static type
    found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=found["StackName"])
    listed = tuple(_resource(one) for page in pages for one in page["StackResourceSummaries"])
    outputs = {str(one["OutputKey"]): str(one["OutputValue"]) for one in found.get("Outputs", ())}
    drift = str(found.get("DriftInformation", {}).get("StackDriftStatus", ""))
    return DeployedStack(str(found["StackName"]), outputs, listed, str(found.get("StackStatus", "")), drift)


def _resource(told: Mapping[str, Any]) -> StackResource:
    return StackResource(told["LogicalResourceId"], told["ResourceType"], told.get("PhysicalResourceId", ""))


def _there(cloudformation: Any, name: str, ours: Sequence[str]) -> str:  # noqa: ANN401  # boto3's clients have no static type
    region = cloudformation.meta.region_name
    named = f" Those of why403 there: {', '.join(ours)}." if ours else " Is it the right Region and account?"
    return (
        f"There is no stack {name} in {region}.{named} Name it with --stack, and where it is with --region."
    )


def _ours(cloudformation: Any) -> list[str]:  # noqa: ANN401
    """The names of the stacks of ours; none where they may not be listed."""
    try:
        pages = list(cloudformation.get_paginator("describe_stacks").paginate())
    except (ClientError, BotoCoreError):
        return []
    stacks = [stack for page in pages for stack in page["Stacks"]]
    return sorted(
        str(stack["StackName"]) for stack in stacks if str(stack.get("Description", "")).startswith(OURS)
    )


def _refused(error: ClientError | BotoCoreError) -> str:
    return (
        f"CloudFormation does not tell of the stack ({code_of(error)}). It takes cloudformation:DescribeStacks and "
        "cloudformation:ListStackResources."
    )
