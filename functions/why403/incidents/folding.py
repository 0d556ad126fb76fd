"""Several lines that tell of one denial: which of them says most, and whether they can be the same call at all. Pure."""

import re
from collections.abc import Mapping, Sequence

from why403.denials.denial import Denial, DenyKind, Verdict
from why403.iam.arn import parse_arn
from why403.iam.principal import parse_principal
from why403.iam.reference import services_having
from why403.log_events.log_event import LogEvent

ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
"""Twelve digits of their own."""
MASKED = re.compile(r"\*|\.\.\.|…|X{3}")
"""What stands for a part that somebody left out."""


def fullness(denial: Denial) -> int:
    """How much a line tells: caller, action, resource, layer, AWS's record."""
    known = (
        denial.principal,
        denial.action,
        denial.resource or denial.resource_name,
        denial.authorization_id,
    )
    return sum(1 for value in known if value) + (denial.deny_kind not in {None, DenyKind.UNKNOWN})


def is_nameless(denial: Denial) -> bool:
    """Whether another call's denial has the same words: no caller, no resource and no record of AWS's tells them apart."""
    named = denial.principal or denial.resource or denial.resource_name or denial.authorization_id
    return denial.verdict is Verdict.MISSING_PERMISSION and not (named or denial.encoded_message)


def fullest_by_request(told: Sequence[tuple[LogEvent, tuple[Denial, ...]]]) -> Mapping[str, Denial]:
    """One AWS request that several lines tell of (the message, then its stack trace) is one denial.

    A request whose lines contradict each other is none: anybody who saw its id may have written one of them.
    """
    fullest: dict[str, Denial] = {}
    contradicted: set[str] = set()
    for _, denials in told:
        if len(denials) == 1 and (request := denials[0].request_id):
            best = fullest.setdefault(request, denials[0])
            if best is denials[0]:
                continue
            if not (best.verdict is denials[0].verdict and agree(best, denials[0])):
                contradicted.add(request)
            elif fullness(denials[0]) > fullness(best):
                fullest[request] = denials[0]
    return {request: denial for request, denial in fullest.items() if request not in contradicted}


def agree(one: Denial, other: Denial) -> bool:
    """Whether both can be the same call: what both tell is the same."""
    pairs = (
        (_caller(one), _caller(other)),
        _actions(one, other),
        (_last_name(one), _last_name(other)),
        (_arn(one), _arn(other)),
        (_accounts(one), _accounts(other)),
    )
    return all(a == b or not a or not b for a, b in pairs)


def agrees_as_far_as_told(cut: Denial, whole: Denial) -> bool:
    """Whether both can be the same call, where a line may have broken off before AWS's words: its action is the operation's, if any."""
    is_thin = fullness(cut) == 1 and cut.operation is not None and cut.operation == whole.operation
    return agree(cut, whole) or is_thin


def goes_on_as(cut: Denial, whole: Denial) -> bool:
    """Whether both can be the same call, where the line that told `cut` broke off: what it names begins what the whole names."""
    pairs = ((cut.principal, whole.principal), (cut.action, whole.action), (cut.resource, whole.resource))
    return all((b or "").casefold().startswith((a or "").casefold()) for a, b in pairs)


def _actions(one: Denial, other: Denial) -> tuple[str, str]:
    """Both actions; none of an operation whose name several services have, where one line names nothing else: whose it was, it may have guessed."""
    alike = one.operation and one.operation == other.operation and (is_nameless(one) or is_nameless(other))
    if alike and len(services_having(one.operation or "")) > 1:
        return "", ""
    return (one.action or "").casefold(), (other.action or "").casefold()


def _caller(denial: Denial) -> str:
    principal = parse_principal(denial.principal or "")
    return f"{principal.account}:{principal.name}" if denial.principal else ""


def _arn(denial: Denial) -> str:
    """The whole ARN, where nobody masked a part of it: objects of two buckets may end alike."""
    arn = (denial.resource or "").rstrip("/*")
    return arn if parse_arn(arn) and not MASKED.search(arn) else ""


def _accounts(denial: Denial) -> str:
    """The account that the resource names, as an ARN or a queue's URL does."""
    found = ACCOUNT.search(denial.resource or denial.resource_name or "")
    return found[0] if found else ""


def _last_name(denial: Denial) -> str:
    """An ARN and a URL or a name of the same resource end alike."""
    return re.split(r"[:/]", (denial.resource or denial.resource_name or "").rstrip("/*"))[-1]
