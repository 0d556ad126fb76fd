"""Secrets as targets: a name does not make an ARN, whose suffix is random."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind

PAGES = 5
LIST = DeclaredRead(
    "secretsmanager",
    "ListSecrets",
    ("secretsmanager:ListSecrets",),
    "Where a line names no secret, or its name alone: the secrets that it may have meant. No value is read.",
)


def named(text: str, place: Place) -> str | None:
    """From an ARN only."""
    del place
    return text if text.startswith("arn:") and text.split(":")[2:3] == ["secretsmanager"] else None


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListSecrets lists ARNs."""
    del place
    return tuple(str(item["ARN"]) for item in answer.items("SecretList") if item.get("ARN"))


KIND = TargetKind(
    stem="secret",
    services=("secretsmanager",),
    prefix="secret:",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=("SECRET",),
    named=named,
)
