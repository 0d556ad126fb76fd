"""What an answer that stands on its own says of a denial, where other words of the line would say more, or other things.

Whoever writes a name, an agent or a field into a line can write a call, a sentence of AWS's or a reason there. Where an SDK's own
error names service, call or caller, those are its; what it leaves open may be told elsewhere in the line, if it is of the same call.
"""

from collections.abc import Sequence
from dataclasses import replace

from why403.denials.contains import holds_any
from why403.denials.denial import Denial, Verdict
from why403.denials.shared_operation import services_with
from why403.iam.reference import actions_of, services_having

RECORD = '"eventSource"'
"""A field of CloudTrail's, whose fields are AWS's."""
FACTS = (
    "arn:", "s3://", "s3a://", "amazonaws", "authori", "enied", "deny", "Aws::", "Service", "operation", "Operation", "ucket", "polic",
    "master key", "Error executing", ":Create", ":Put", ":Get", ":Delete", ":Update", ":List", ":Describe", ":Pass", ":Assume",
)  # fmt: skip
"""One of these is in nearly whatever names a call, a caller, a resource or a reason."""
CODES = ("AccessDenied", "Unauthorized", "AuthorizationError")
"""How an answer begins that has a code and no call."""
BOTOCORE = "An error occurred ("
"""How botocore's begins, which names no service."""
TRACEBACK = "Traceback (most recent"
"""How Python's begins, whose lines of code follow."""
OF_ITS_SERVICE = ("host id: ", "node_modules")
"""What tells the service behind such a code."""
SAME = ("service", "operation", "action")
"""What two readings of one call have in common, where both tell it."""
OWN = ("principal", "policy_arn", "authorization_id", "deny_kind")
"""What AWS alone says, within its own words."""


def is_beside(message: str, answer: str) -> bool:
    """Whether something else in the message could be a fact of a denial, and is none of AWS's own record."""
    return RECORD not in message and holds_any(message.replace(answer, ""), FACTS)


def says_whose(denial: Denial, answer: str, message: str) -> bool:
    """Whether an answer that was read is a denial, and of a service that it names.

    Behind a code alone that is only the likeliest, and so it is in botocore's words, whose operation several services may have:
    a traceback's code may show the client.
    """
    if denial.verdict is not Verdict.MISSING_PERMISSION:
        return False
    if answer.startswith(BOTOCORE) and denial.operation and not denial.principal:
        may_be = (
            services_having(denial.operation) if TRACEBACK in message else services_with(denial.operation)
        )
        if len(may_be) > 1:
            return False
    return bool(denial.action or not answer.startswith(CODES) or holds_any(answer, OF_ITS_SERVICE))


def own_facts(told: Sequence[Denial], own: Sequence[Denial]) -> tuple[Denial, ...]:
    """Those told that an answer bears out, each with what the answer says itself; where it bears out none, what the answers say.

    Another that is told of a caller whom an answer names stays as it is: a visitor seldom knows the session's name, and a program
    may report two calls in one line.
    """
    callers = {answer.principal for answer in own if answer.principal}
    answered = [(denial, _answer_of(denial, own)) for denial in told]
    if not any(answer for _, answer in answered):
        return tuple(own[:1])
    kept = (
        _of(denial, answer) if answer else denial
        for denial, answer in answered
        if answer or denial.principal in callers
    )
    return tuple(dict.fromkeys(kept))


def _answer_of(told: Denial, own: Sequence[Denial]) -> Denial | None:
    fitting = [
        answer
        for answer in own
        if all(_agree(told, answer, name) for name in (*SAME, "principal", "resource"))
    ]
    return max(fitting, key=lambda answer: _shared(told, answer), default=None)


def _agree(told: Denial, answer: Denial, name: str) -> bool:
    return not (getattr(told, name) and getattr(answer, name)) or getattr(told, name) == getattr(answer, name)


def _shared(told: Denial, answer: Denial) -> int:
    names = (*SAME, *OWN, "resource")
    return sum(bool(getattr(told, name)) and getattr(told, name) == getattr(answer, name) for name in names)


def _of(told: Denial, answer: Denial) -> Denial:
    told = told if _is_its_operation(told, answer) else replace(told, operation=None, via_service=None)
    has_place = bool(answer.resource or answer.resource_name)
    changed = {name: getattr(answer, name) for name in OWN}
    if has_place:
        changed |= {
            name: getattr(answer, name) for name in ("resource", "resource_name", "region", "account")
        }
    return replace(told, **changed)


def _is_its_operation(told: Denial, answer: Denial) -> bool:
    """Whether the operation that is told may be the one that needs what the answer names."""
    if not (told.operation and answer.action) or told.operation == answer.operation:
        return True
    of_its_service = bool(answer.service and actions_of(answer.service, told.operation))
    return of_its_service or answer.action in actions_of(told.via_service or "", told.operation)
