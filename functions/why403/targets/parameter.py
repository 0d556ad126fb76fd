"""SSM parameters as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "ssm",
    "DescribeParameters",
    ("ssm:DescribeParameters",),
    "Where a line names no parameter: those that it may have meant. No value is read.",
)
_plain = arn_maker("ssm", "parameter/", letters="-_./")


def named(text: str, place: Place) -> str | None:
    """From an ARN or a name: the slash that begins a name in a hierarchy is the ARN's own."""
    return _plain(text.removeprefix("/"), place)


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """DescribeParameters lists names."""
    names = (str(item.get("Name", "")) for item in answer.items("Parameters"))
    return tuple(arn for name in names if (arn := named(name, place)))


KIND = TargetKind(
    stem="parameter",
    services=("ssm",),
    prefix="parameter/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "PARAMETER",
        "PARAM",
        "SSM",
    ),
    named=named,
)
