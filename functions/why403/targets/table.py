"""DynamoDB tables as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "dynamodb",
    "ListTables",
    ("dynamodb:ListTables",),
    "Where a line names no table: the tables that it may have meant.",
)
_named = arn_maker("dynamodb", "table/", letters="-_.")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListTables lists names."""
    names = answer.texts("TableNames")
    return tuple(arn for name in names if (arn := _named(name, place)))


KIND = TargetKind(
    stem="table",
    services=("dynamodb",),
    prefix="table/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "TABLE",
        "DYNAMO",
    ),
    named=_named,
)
