"""A call for what is not there: its name is mistaken, or it has to be made first. A grant on nothing mends nothing."""

from collections.abc import Iterator

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.policies.elsewhere import named_target
from why403.remedies.case import Case, Judged
from why403.remedies.proposal import Proposal, by_hand
from why403.services.register import resource_of

MAKING = ("create", "register", "import", "restore", "allocate")
MAKE_BESIDES = frozenset({"ssm:putparameter", "events:putrule", "kinesis:createstream"})
MAKE_IN_IT = frozenset(
    {"logs:createlogstream", "kms:creategrant", "lambda:createalias", "dynamodb:createbackup"}
)
"""What these make lies in their target, which must be there."""


def target_missing(case: Case, denied: Judged) -> Proposal | None:
    """The playbook for a target of our own account that surely does not exist; None for any other, or one to be made."""
    target, request = denied.target, denied.request
    arn = parse_arn(request.resource)
    resource = resource_of(arn) if arn is not None else None
    if arn is None or resource is None or target is None or target.exists is not False:
        return None
    if arn.account not in {"", case.place.account} or _makes(request.action.lower()):
        return None
    named = named_target(resource, arn)
    return by_hand(
        layer=Layer.TRUST if request.action.lower().startswith("sts:") else Layer.RESOURCE,
        target=request.resource,
        title=Message("remedies.target-missing.title", named),
        steps=(
            *(Message("remedies.target-missing.meant", named | {"found": each}) for each in target.elsewhere),
            *_variables(case, named),
            Message("remedies.target-missing.create", named),
        ),
    )


def _makes(action: str) -> bool:
    name = action.partition(":")[2]
    return action in MAKE_BESIDES or (name.startswith(MAKING) and action not in MAKE_IN_IT)


def _variables(case: Case, named: dict[str, str]) -> Iterator[Message]:
    """Where the workload has the name from: a variable's value never leaves, but for the name that is known."""
    for variable, value in case.workload.environment.items():
        if value.rstrip("/").endswith(named["name"]):
            yield Message("remedies.target-missing.variable", named | {"variable": variable})
