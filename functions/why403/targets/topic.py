"""SNS topics as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Read
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "sns",
    "ListTopics",
    ("sns:ListTopics",),
    "Where a line names no topic: the topics that it may have meant.",
)
GET_ATTRIBUTES = DeclaredRead(
    "sns",
    "GetTopicAttributes",
    ("sns:GetTopicAttributes",),
    "A topic whose policy names the caller is likely the one that was meant.",
)


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListTopics lists ARNs."""
    del place
    return tuple(str(item["TopicArn"]) for item in answer.items("Topics") if item.get("TopicArn"))


def _policy(arn: str) -> Read:
    return GET_ATTRIBUTES.of(region=arn.split(":")[3], TopicArn=arn)


KIND = TargetKind(
    stem="topic",
    services=("sns",),
    prefix="",
    reads=(LIST, GET_ATTRIBUTES),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=("TOPIC", "SNS"),
    named=arn_maker("sns"),
    policy=_policy,
    policy_text=lambda answer: answer.text("Attributes", "Policy"),
)
