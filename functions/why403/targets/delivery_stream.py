"""Firehose streams as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "firehose",
    "ListDeliveryStreams",
    ("firehose:ListDeliveryStreams",),
    "Where a line names no Firehose stream: the streams that it may have meant.",
)
_named = arn_maker("firehose", "deliverystream/")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListDeliveryStreams lists names."""
    names = answer.texts("DeliveryStreamNames")
    return tuple(arn for name in names if (arn := _named(name, place)))


KIND = TargetKind(
    stem="delivery_stream",
    services=("firehose",),
    prefix="deliverystream/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "FIREHOSE",
        "DELIVERY_STREAM",
        "STREAM",
    ),
    named=_named,
)
