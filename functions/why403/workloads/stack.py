"""The stack that owns a log group: what else it holds is likely to write there, whatever its name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
"""

from why403.reads import Answer, DeclaredRead, Read, Reply

STACK_RESOURCES = DeclaredRead(
    "cloudformation",
    "DescribeStackResources",
    "Find what stands in one stack with a log group, and so is likely to write to it.",
    cache_seconds=300,
    absent=("ValidationError",),
)
TASK_DEFINITION = "AWS::ECS::TaskDefinition"


def beside(log_group: str) -> Read:
    """The read of the resources of the stack that owns the group; absent where none does."""
    return STACK_RESOURCES.of(PhysicalResourceId=log_group)


def of_type(reply: Reply, kind: str) -> tuple[str, ...]:
    """The physical ids of the stack's resources of one CloudFormation type."""
    listed = reply.items("StackResources") if isinstance(reply, Answer) else ()
    found = (str(one.get("PhysicalResourceId", "")) for one in listed if one.get("ResourceType") == kind)
    return tuple(name for name in found if name)
