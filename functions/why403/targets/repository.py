"""ECR repositories as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "ecr",
    "DescribeRepositories",
    ("ecr:DescribeRepositories",),
    "Where a line names no repository: the repositories that it may have meant.",
)
_named = arn_maker("ecr", "repository/", letters="-_./")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """DescribeRepositories lists ARNs."""
    del place
    return tuple(
        str(item["repositoryArn"]) for item in answer.items("repositories") if item.get("repositoryArn")
    )


KIND = TargetKind(
    stem="repository",
    services=("ecr",),
    prefix="repository/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "REPOSITORY",
        "REPO",
        "ECR",
        "IMAGE",
    ),
    named=_named,
)
