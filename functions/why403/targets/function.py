"""Lambda functions as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "lambda",
    "ListFunctions",
    ("lambda:ListFunctions",),
    "Where a line names no function: the functions that it may have meant.",
)
_named = arn_maker("lambda", "function:")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListFunctions lists ARNs."""
    del place
    return tuple(str(item["FunctionArn"]) for item in answer.items("Functions") if item.get("FunctionArn"))


KIND = TargetKind(
    stem="function",
    services=("lambda",),
    prefix="function:",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "FUNCTION",
        "LAMBDA",
    ),
    named=_named,
)
