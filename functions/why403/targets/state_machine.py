"""Step Functions state machines as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "stepfunctions",
    "ListStateMachines",
    ("states:ListStateMachines",),
    "Where a line names no state machine: those that it may have meant.",
)
_named = arn_maker("states", "stateMachine:")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListStateMachines lists ARNs."""
    del place
    return tuple(
        str(item["stateMachineArn"]) for item in answer.items("stateMachines") if item.get("stateMachineArn")
    )


KIND = TargetKind(
    stem="state_machine",
    services=("states",),
    prefix="stateMachine:",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "STATE_MACHINE",
        "STATEMACHINE",
        "WORKFLOW",
        "SFN",
    ),
    named=_named,
)
