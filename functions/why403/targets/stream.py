"""Kinesis data streams as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "kinesis",
    "ListStreams",
    ("kinesis:ListStreams",),
    "Where a line names no stream: the streams that it may have meant.",
)
_named = arn_maker("kinesis", "stream/")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListStreams lists names."""
    names = answer.texts("StreamNames")
    return tuple(arn for name in names if (arn := _named(name, place)))


KIND = TargetKind(
    stem="stream",
    services=("kinesis",),
    prefix="stream/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "STREAM",
        "KINESIS",
    ),
    named=_named,
)
