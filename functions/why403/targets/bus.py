"""EventBridge buses as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "events",
    "ListEventBuses",
    ("events:ListEventBuses",),
    "Where a line names no event bus: the buses that it may have meant.",
)
_named = arn_maker("events", "event-bus/", letters="-_./")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListEventBuses lists ARNs."""
    del place
    return tuple(str(item["Arn"]) for item in answer.items("EventBuses") if item.get("Arn"))


KIND = TargetKind(
    stem="bus",
    services=("events",),
    prefix="event-bus/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "BUS",
        "EVENT",
    ),
    named=_named,
)
