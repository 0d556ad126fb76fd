"""Several lines that tell of one denial: which of them says most, and whether they can be the same call at all. Pure."""

import re
from collections.abc import Mapping, Sequence

from why403.denials.denial import Denial, DenyKind
from why403.iam.principal import parse_principal
from why403.log_events.log_event import LogEvent


def fullness(denial: Denial) -> int:
    """How much a line tells: caller, action, resource, layer, AWS's record."""
    known = (
        denial.principal,
        denial.action,
        denial.resource or denial.resource_name,
        denial.authorization_id,
    )
    return sum(1 for value in known if value) + (denial.deny_kind not in {None, DenyKind.UNKNOWN})


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
        ((one.action or "").casefold(), (other.action or "").casefold()),
        (_last_name(one), _last_name(other)),
    )
    return all(a == b or not a or not b for a, b in pairs)


def _caller(denial: Denial) -> str:
    principal = parse_principal(denial.principal or "")
    return f"{principal.account}:{principal.name}" if denial.principal else ""


def _last_name(denial: Denial) -> str:
    """An ARN and a URL or a name of the same resource end alike."""
    return re.split(r"[:/]", (denial.resource or denial.resource_name or "").rstrip("/*"))[-1]
