"""Explicit deny: no Allow can outweigh it. What is shown is the statement, its condition and the value that passes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from why403.decisions.decision import (
    ConditionEvidence,
    LayerFinding,
    Outcome,
    StatementEvidence,
    denying_statement,
)
from why403.denials.denial import DenyKind
from why403.iam.arn import parse_arn
from why403.iam.layer import Effect, Layer
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, Judged, holder_of
from why403.remedies.layers.endpoint import endpoint_arn, endpoint_id
from why403.remedies.layers.organization import level_name, whose
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.statements import listed, statements_of
from why403.remedies.wanted import layer_named

EXPLICIT = "explicit-"
WAY_OUT = {"sqs": "remedies.deny.root-sqs", "s3": "remedies.deny.root-s3"}
WHO_OR_WHAT = ("aws:principal", "aws:userid", "aws:username", "aws:resourcetag/")
"""Keys that say who calls, or what a resource is for: whoever changes them to get past a Deny gets past its purpose."""
SENT_BY_THE_CALL = (
    "s3:x-amz-server-side",
    "s3:x-amz-acl",
    "s3:x-amz-storage",
    "aws:requesttag/",
    "aws:tagkeys",
)
"""Keys whose value the application chooses in each call, and that say nothing of who it is."""
ALL_BUT = ("NotAction", "NotResource", "NotPrincipal")
UNNAMED = (
    Layer.SCP,
    Layer.RCP,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.VPC_ENDPOINT,
    Layer.RESOURCE,
    Layer.IDENTITY,
)


def is_explicit(case: Case, judged: Judged) -> bool:
    """Whether our evaluation, or AWS's own words, say that a policy denies explicitly."""
    if judged.decision.outcome is Outcome.EXPLICIT_DENY:
        return True
    kind = case.denial.deny_kind
    return judged is case.denied and kind is not None and kind.value.startswith(EXPLICIT)


def playbooks(case: Case, judged: Judged) -> tuple[Proposal, ...]:
    """One for each layer that denies explicitly, the one that AWS names first."""
    found = [each for each in judged.decision.layers if each.effect is Effect.EXPLICIT_DENY]
    named = layer_named(case.denial.deny_kind) if judged is case.denied else None
    found.sort(key=lambda each: each.layer is not named)
    if named is not None and all(each.layer is not named for each in found):
        return (_unseen(case, judged, named), *(_told(case, judged, each) for each in found))
    if not found:
        return (_unseen(case, judged, _likely(judged)),)
    return tuple(_told(case, judged, each) for each in found)


def _told(case: Case, judged: Judged, finding: LayerFinding) -> Proposal:
    """By the statement where one was read; else by what AWS said alone."""
    evidence = denying_statement(finding)
    return (
        _unseen(case, judged, finding.layer) if evidence is None else _seen(case, judged, finding, evidence)
    )


def _likely(judged: Judged) -> Layer:
    """Where AWS names no layer: one of those that deny by our lights, or else one that could not be read."""
    for layers in (judged.decision.denied_by, judged.policies.unread):
        for layer in UNNAMED:
            if layer in layers:
                return layer
    return Layer.SCP


def _seen(case: Case, judged: Judged, finding: LayerFinding, evidence: StatementEvidence) -> Proposal:
    values = {
        "policy": finding.policy,
        "statement": finding.statement,
        "layer": finding.layer.value,
        "action": judged.request.action,
        "level": level_name(finding.level),
    }
    steps = [_on_purpose(case, judged, finding.layer), Message("remedies.deny.statement", values)]
    if finding.layer in (Layer.SCP, Layer.RCP):
        steps.append(Message("remedies.deny.level", values))
    steps += [_passing(each, values) for each in evidence.conditions]
    but = _all_but(judged, finding, values)
    steps += but
    if not evidence.conditions and not but:
        steps.append(Message("remedies.deny.unconditional", values))
    steps += _way_out(judged, finding)
    return _playbook(case, judged, finding.layer, tuple(steps), finding)


def _passing(evidence: ConditionEvidence, values: dict[str, str]) -> Message:
    """What the call would have to carry for the statement to let go of it."""
    told = {
        **values,
        "operator": evidence.operator,
        "key": evidence.key,
        "wanted": _listed(evidence.wanted),
        "given": _listed(evidence.given) or evidence.state.value,
    }
    operator = evidence.operator.lower().rpartition(":")[2]
    if evidence.key.lower().startswith(WHO_OR_WHAT) and operator != "null":
        return Message("remedies.deny.pass-caller", told)
    if operator == "null":
        present = [each.lower() for each in evidence.wanted] == ["true"]
        return Message("remedies.deny.pass-present" if present else "remedies.deny.pass-absent", told)
    if operator.startswith("bool") and len(evidence.wanted) == 1:
        other = "false" if evidence.wanted[0].lower() == "true" else "true"
        return Message("remedies.deny.pass-value", {**told, "passing": other})
    if "not" in operator:
        sent = evidence.key.lower().startswith(SENT_BY_THE_CALL)
        kind = "remedies.deny.pass-sent" if sent else "remedies.deny.pass-value"
        return Message(kind, {**told, "passing": told["wanted"]})
    return Message("remedies.deny.pass-other", told)


def _all_but(judged: Judged, finding: LayerFinding, values: dict[str, str]) -> list[Message]:
    """What a statement with NotAction, NotResource or NotPrincipal leaves out: the call passes where it is in there."""
    written = _written(judged, finding)
    told = {**values, "resource": judged.request.resource, "caller": judged.request.principal}
    return [
        Message(f"remedies.deny.all-but.{element.lower()}", {**told, "kept": _listed(kept)})
        for element in ALL_BUT
        if (kept := _texts(written.get(element)))
    ]


def _texts(element: object) -> tuple[str, ...]:
    """The values of an element; of a principal those of all its kinds."""
    if isinstance(element, Mapping):
        return tuple(each for kind in element.values() for each in listed(kind))
    return listed(element)


def _written(judged: Judged, finding: LayerFinding) -> Mapping[str, Any]:
    """The denying statement as it is written; empty where it is not found again."""
    found = (
        statement
        for policy in judged.policies.of(finding.layer)
        if policy.name == finding.policy
        for number, statement in enumerate(statements_of(policy.document), 1)
        if statement.get("Effect") == "Deny" and str(statement.get("Sid", f"#{number}")) == finding.statement
    )
    return next(found, {})


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(each or '""' for each in values)


def _way_out(judged: Judged, finding: LayerFinding) -> Iterator[Message]:
    """A queue's or bucket's policy that denies everyone lets nobody mend it: only the account's root user can."""
    holder = holder_of(judged)
    arn = parse_arn(holder)
    if finding.layer is not Layer.RESOURCE or arn is None or arn.service not in WAY_OUT:
        return
    if denies_everyone(judged, finding):
        account = judged.request.resource_account or arn.account
        values = {"account": account, "name": arn.resource, "region": arn.region, "arn": holder}
        yield Message(WAY_OUT[arn.service], values)


def denies_everyone(judged: Judged, finding: LayerFinding) -> bool:
    """Whether the denying statement has principal `*` and no condition that somebody could meet by who he is."""
    statement = _written(judged, finding)
    return "*" in _texts(statement.get("Principal")) and not statement.get("Condition")


def _on_purpose(case: Case, judged: Judged, layer: Layer) -> Message:
    """The first question of an explicit deny, with who can answer it: somebody wrote it, and may well have meant it."""
    values = {"layer": layer.value}
    match layer:
        case Layer.SCP | Layer.RCP:
            return Message("remedies.deny.on-purpose.organization", values)
        case Layer.SESSION:
            who = parse_principal(judged.request.principal).session or judged.request.principal
            return Message("remedies.deny.on-purpose.session", {**values, "who": who})
        case Layer.RESOURCE | Layer.TRUST | Layer.GRANT:
            account = judged.request.resource_account
        case Layer.IDENTITY | Layer.BOUNDARY | Layer.VPC_ENDPOINT:
            account = parse_principal(judged.request.principal).account or case.place.account
    return Message("remedies.deny.on-purpose.account", {**values, "account": account})


def _unseen(case: Case, judged: Judged, layer: Layer) -> Proposal:
    values = {
        "layer": layer.value,
        "action": judged.request.action,
        "resource": judged.request.resource,
        "policy": case.denial.policy_arn or "",
    }
    found = "remedies.deny.named-policy" if case.denial.policy_arn else "remedies.deny.not-found"
    steps = (_on_purpose(case, judged, layer), Message(found, values))
    return _playbook(case, judged, layer, steps, None)


def _playbook(
    case: Case, judged: Judged, layer: Layer, steps: tuple[Message, ...], finding: LayerFinding | None
) -> Proposal:
    policy = finding.policy if finding is not None else case.denial.policy_arn or ""
    values = {"layer": layer.value, "policy": policy, "action": judged.request.action}
    kind = case.denial.deny_kind
    unsure = kind is DenyKind.EXPLICIT_UNKNOWN and finding is None
    return by_hand(
        layer=layer,
        target=target_of(case, judged, layer),
        title=Message("remedies.deny.title-unsure" if unsure else "remedies.deny.title", values),
        policy_name=policy,
        why=(Message("remedies.deny.no-allow"),),
        steps=steps,
    )


def target_of(case: Case, judged: Judged, layer: Layer) -> str:
    """ARN of what holds the layer's policy."""
    match layer:
        case Layer.RESOURCE | Layer.GRANT:
            return holder_of(judged)
        case Layer.TRUST:
            return judged.request.resource
        case Layer.SCP | Layer.RCP:
            return case.denial.policy_arn or whose(case, judged, layer)
        case Layer.VPC_ENDPOINT:
            policy = next(iter(judged.policies.vpc_endpoint or ()), None)
            return endpoint_arn(case, endpoint_id(policy, judged.request.context.get("aws:SourceVpce")))
        case Layer.IDENTITY | Layer.BOUNDARY | Layer.SESSION:
            return caller_arn(case, judged.request.principal)
