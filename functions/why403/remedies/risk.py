"""How much harm a mistaken draft could do, and why: shown beside it, and the risky ones come last.

Escalation: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html and the access
level "Permissions management" of the service authorization reference.
"""

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.iam.reference import access_level
from why403.message import Message
from why403.remedies.callers import is_anonymous, is_foreign
from why403.remedies.case import Case, Judged
from why403.remedies.claimed_principal import Claim
from why403.remedies.proposal import Proposal
from why403.remedies.remedy import RemedyKind, Risk
from why403.remedies.scope import EVERY, is_every_object, is_literal
from why403.remedies.statements import listed
from why403.workloads.workload import Workload, WorkloadKind

SECRETS_OF = frozenset({"secretsmanager", "ssm"})
"""Services whose calls to kms:Decrypt open a secret."""
LETS_IN = frozenset({Layer.RESOURCE, Layer.TRUST, Layer.GRANT})
"""Layers whose drafts name who may come in."""
PERMISSIONS = "Permissions management"
DESTRUCTIVE = ("delete", "purge", "terminate", "remove")
SHARED_LAYERS = frozenset({Layer.BOUNDARY, Layer.SCP, Layer.RCP, Layer.VPC_ENDPOINT, Layer.SESSION})
Judgement = tuple[Risk, tuple[Message, ...]]


@cache
def _escalating() -> tuple[str, ...]:
    patterns = json.loads(Path(__file__).with_name("escalating_actions.json").read_text("utf-8"))
    return tuple(str(each).lower() for each in patterns)


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    classes = json.loads(Path(__file__).with_name("risk_classes.json").read_text("utf-8"))
    return {name: tuple(pattern.lower() for pattern in patterns) for name, patterns in classes.items()}


def _of_class(name: str, texts: Iterable[str]) -> list[str]:
    return [text for text in texts if any(fnmatchcase(text.lower(), pattern) for pattern in _classes()[name])]


def lets_a_foreigner_in(case: Case, judged: Judged, proposal: Proposal) -> bool:
    """Whether the draft lets a caller of another account than ours into the resource: it has no ready command."""
    request = judged.request
    return (
        proposal.layer in LETS_IN
        and bool(proposal.added or proposal.grant)
        and is_foreign(request.principal, case.place.account)
        and is_foreign(request.principal, request.resource_account)
    )


def is_escalating(action: str) -> bool:
    """Whether who may do this can give itself or others more rights than it has."""
    lowered = action.lower()
    if any(fnmatchcase(lowered, pattern) for pattern in _escalating()):
        return True
    return not is_literal(action) or access_level(action) == PERMISSIONS


def judge(case: Case, judged: Judged, proposal: Proposal) -> Judgement:
    """The risk of one proposal, and its reasons from the gravest on."""
    high = tuple(_grave(case, judged, proposal))
    medium = tuple(_noteworthy(case, judged, proposal))
    risk = Risk.HIGH if high else Risk.MEDIUM if medium else Risk.LOW
    return risk, (*high, *medium)


def actions_of(proposal: Proposal) -> tuple[str, ...]:
    """The actions that the added statements let pass."""
    held = [action for statement in proposal.added for action in listed(statement.get("Action"))]
    operations = [f"kms:{each}" for each in proposal.grant.operations] if proposal.grant is not None else []
    return tuple(dict.fromkeys((*held, *operations)))


def _grave(case: Case, judged: Judged, proposal: Proposal) -> Iterator[Message]:
    request = judged.request
    asked = (request.action,) if proposal.kind is RemedyKind.PLAYBOOK else ()
    escalating = [each for each in (*actions_of(proposal), *asked) if is_escalating(each)]
    if escalating:
        yield Message("remedies.risk.escalating", {"actions": ", ".join(escalating)})
    executing = _of_class("executing as others", actions_of(proposal))
    if executing:
        yield Message("remedies.risk.executing", {"actions": ", ".join(executing)})
    destroying = [each for each in _destructive(proposal) if not _of_class("items", [each])]
    if destroying:
        yield Message("remedies.risk.destructive", {"actions": ", ".join(destroying)})
    if lets_a_foreigner_in(case, judged, proposal):
        account = parse_principal(request.principal).account
        yield Message("remedies.risk.foreign", {"account": account, "owner": request.resource_account})
    if is_anonymous(request.principal) and proposal.layer is Layer.RESOURCE:
        yield Message("remedies.risk.public", {"resource": proposal.target})
    if case.claim is not Claim.PROVEN and not fits(case.workload, request.principal):
        yield Message(
            "remedies.risk.mismatch", {"principal": request.principal, "workload": case.workload.arn}
        )


def _noteworthy(case: Case, judged: Judged, proposal: Proposal) -> Iterator[Message]:
    request = judged.request
    if proposal.kind is RemedyKind.GRANT:
        named = dict.fromkeys(each for one in proposal.added for each in listed(one.get("Resource")))
        for each in filter(is_every_object, named):
            bucket = each.removesuffix("/*").rpartition(":")[2]
            yield Message("remedies.risk.all-objects", {"bucket": bucket})
    executing = _of_class("executing", actions_of(proposal))
    if executing:
        yield Message("remedies.risk.executing", {"actions": ", ".join(executing)})
    secret = _secrets_read(case, proposal)
    if secret:
        yield Message("remedies.risk.secret", {"actions": ", ".join(secret)})
    deleting = _of_class("items", _destructive(proposal))
    if deleting:
        yield Message("remedies.risk.destructive", {"actions": ", ".join(deleting)})
    if (
        any(EVERY in listed(one.get("Resource")) for one in proposal.added)
        and proposal.layer is Layer.IDENTITY
    ):
        yield Message("remedies.risk.every-resource", {"actions": ", ".join(actions_of(proposal))})
    if proposal.layer is Layer.BOUNDARY and proposal.after is not None:
        yield Message("remedies.boundary.shared", {"policy": proposal.policy_name})
    elif proposal.layer in SHARED_LAYERS and proposal.after is not None:
        yield Message("remedies.risk.shared", {"layer": proposal.layer.value})
    if is_foreign(request.principal, request.resource_account) and not lets_a_foreigner_in(
        case, judged, proposal
    ):
        account = parse_principal(request.principal).account
        yield Message("remedies.risk.foreign", {"account": account, "owner": request.resource_account})


def _destructive(proposal: Proposal) -> list[str]:
    return [each for each in actions_of(proposal) if each.partition(":")[2].lower().startswith(DESTRUCTIVE)]


def _secrets_read(case: Case, proposal: Proposal) -> list[str]:
    """What opens a secret: by its action, by the key that it comes with, or the state file of an infrastructure."""
    actions = actions_of(proposal)
    read = _of_class("secret", actions)
    by_itself = _of_class("secret by itself", actions)
    if by_itself or len({action.partition(":")[0] for action in read}) > 1:
        return read or by_itself
    if case.denial.via_service in SECRETS_OF:
        return read
    named = [name for statement in proposal.added for name in listed(statement.get("Resource"))]
    reads = [action for action in actions if action.lower().startswith(("s3:get", "s3:*"))]
    return reads if _of_class("state", named) else []


def fits(workload: Workload, principal: str) -> bool:
    """Whether the line's principal can be the workload's: a line is written by whoever makes the application log."""
    if workload.kind in (WorkloadKind.PRINCIPAL, WorkloadKind.UNKNOWN):
        return True
    roles = (
        workload.task_role_arn,
        workload.execution_role_arn,
        workload.instance_role_arn,
        workload.role_arn,
    )
    known = {_identity(each) for each in (*roles, workload.caller_arn) if each}
    caller = parse_principal(principal)
    if caller.kind not in (PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE, PrincipalKind.USER) or not known:
        return True
    return _identity(principal) in known


def _identity(arn: str) -> tuple[str, str]:
    parsed = parse_principal(arn)
    return parsed.account, parsed.name
