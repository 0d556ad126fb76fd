"""CloudWatch Logs groups as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "logs",
    "DescribeLogGroups",
    ("logs:DescribeLogGroups",),
    "Where a line names no log group: the groups that it may have meant.",
)
_named = arn_maker("logs", "log-group:", letters="-_./#")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """DescribeLogGroups lists ARNs."""
    del place
    return tuple(
        str(item["arn"]).removesuffix(":*") + ":*" for item in answer.items("logGroups") if item.get("arn")
    )


KIND = TargetKind(
    stem="log_group",
    services=("logs",),
    prefix="log-group:",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "LOG_GROUP",
        "LOGGROUP",
        "CLOUDWATCH",
    ),
    named=_named,
)
