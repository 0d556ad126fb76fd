"""EFS file systems as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "efs",
    "DescribeFileSystems",
    ("elasticfilesystem:DescribeFileSystems",),
    "Where a line names no file system: those that it may have meant.",
)
_named = arn_maker("elasticfilesystem", "file-system/", letters="-")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """DescribeFileSystems lists ARNs."""
    del place
    return tuple(
        str(item["FileSystemArn"]) for item in answer.items("FileSystems") if item.get("FileSystemArn")
    )


KIND = TargetKind(
    stem="file_system",
    services=("elasticfilesystem",),
    prefix="file-system/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "EFS",
        "FILE_SYSTEM",
        "FILESYSTEM",
    ),
    named=_named,
)
