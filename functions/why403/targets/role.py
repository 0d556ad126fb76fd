"""Roles as targets: of sts:AssumeRole and iam:PassRole."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind

PAGES = 5
LIST = DeclaredRead(
    "iam",
    "ListRoles",
    ("iam:ListRoles",),
    "Where a line names no role: the roles that it may have meant.",
)


def named(text: str, place: Place) -> str | None:
    """From an ARN, or a name in our account."""
    if text.startswith("arn:"):
        return text if text.split(":")[2:3] == ["iam"] else None
    allowed = text and all(char.isascii() and (char.isalnum() or char in "-_.+=,@/") for char in text)
    return f"arn:{place.partition}:iam::{place.account}:role/{text}" if allowed else None


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListRoles lists ARNs."""
    del place
    return tuple(str(item["Arn"]) for item in answer.items("Roles") if item.get("Arn"))


KIND = TargetKind(
    stem="role",
    services=(
        "sts",
        "iam",
    ),
    prefix="role/",
    reads=(LIST,),
    listing=lambda _: (LIST.of(pages=PAGES),),
    arns=arns,
    hints=("ROLE",),
    named=named,
)
