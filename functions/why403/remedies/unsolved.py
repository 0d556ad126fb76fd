"""Denials for which a person has to find something out before anything can be drafted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html
"""

import re
from dataclasses import replace

from why403.decisions.decision import (
    ConditionEvidence,
    KeyState,
    LayerFinding,
    Match,
    Part,
    StatementEvidence,
)
from why403.decisions.literal_text import has_variable
from why403.iam.layer import Effect, Layer
from why403.message import Message
from why403.policies.elsewhere import ACCOUNT, PARTITION, asked_elsewhere
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, Judged
from why403.remedies.conditions import CALLERS_TO_KEEP_OUT
from why403.remedies.formats.aws_cli import command
from why403.remedies.layers.explicit_deny import target_of
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.scope import Unscoped, is_literal
from why403.remedies.statements import compact
from why403.remedies.wanted import finding_of, layers_to_change, near_miss_of
from why403.workloads.workload import WorkloadKind

MOST_CANDIDATES = 3
"""What a person compares in a message; the page lists ten."""
NO_GRANT_HELPS = "remedies.elsewhere.partition"
OWN_ROLE_UNUSED = ("remedies.pod-role.look", "remedies.pod-role.restart", "remedies.pod-role.then")
NO_OWN_ROLE = (
    "remedies.pod-own-role.shared",
    "remedies.pod-own-role.look",
    "remedies.pod-own-role.make",
    "remedies.pod-own-role.restart",
)
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_TAG_RESOURCES = ("resourcegroupstaggingapi", "tag-resources", "--resource-arn-list")
_PRINCIPAL_TAG = re.compile(r"\$\{aws:PrincipalTag/(?P<tag>[^{},]{1,128})\}", re.IGNORECASE)
"""Nothing but one tag of the caller, which is what a statement of attribute-based access control asks for."""


def allowed_now(case: Case, denied: Judged) -> Proposal:
    """The policies as they stand allow the call: changed since, not spread yet, or other credentials called."""
    values = {"action": denied.request.action, "principal": denied.request.principal}
    waiting = Message("remedies.allowed-now.wait", values)
    steps = [waiting, Message("remedies.allowed-now.credentials", values)]
    bucket = denied.target.bucket if denied.target is not None else None
    if bucket is not None and bucket.acls_disabled is not True and _reads_object(denied):
        told = Message("remedies.allowed-now.owner", values | {"object": denied.request.resource})
        # whose the object is was not read, and a bucket's policy says nothing of another account's
        steps = [told, *(each for each in steps if each is not waiting or bucket.acls_disabled is None)]
    if case.workload.kind is WorkloadKind.ECS:
        steps.append(Message("remedies.allowed-now.session", values))
    role, _, session = (case.denial.principal or "").partition(":assumed-role/")[2].partition("/")
    if role and ":iam:" in (case.workload.arn or ":iam:"):
        # no service of AWS made it for a workload of its own: those pass no session policy
        steps.append(Message("remedies.allowed-now.session-policy", {"session": session}))
    return _by_hand(case, denied, Layer.IDENTITY, "remedies.allowed-now.title", tuple(steps))


def _reads_object(denied: Judged) -> bool:
    return "/" in denied.request.resource and denied.request.action.lower().startswith("s3:getobject")


def caller_gone(case: Case, denied: Judged) -> Proposal:
    """IAM knows no such role or user: there is nobody to grant anything to."""
    caller = caller_arn(case, denied.request.principal)
    values = {"caller": caller, "name": caller.rpartition("/")[2]}
    steps = (
        Message("remedies.caller-gone.look", values),
        Message("remedies.caller-gone.made-anew", values),
        Message("remedies.caller-gone.named-by-id", values),
    )
    return _by_hand(case, denied, Layer.IDENTITY, "remedies.caller-gone.title", steps)


def asks_elsewhere(case: Case, denied: Judged) -> Proposal | None:
    """The client asks in another Region or partition than the target's: a grant alone does not bring it there."""
    caller = caller_arn(case, denied.request.principal)
    found = asked_elsewhere(case.denial, caller, denied.request.resource)
    if found is None or found.id == ACCOUNT:
        return None
    partition = found.id == PARTITION
    title = NO_GRANT_HELPS if partition else "remedies.elsewhere.region"
    step = "remedies.elsewhere.credentials" if partition else "remedies.elsewhere.client"
    variables = [name for name in REGIONS if case.workload.environment.get(name) == found.values["asked"]]
    set_by = [
        Message("remedies.elsewhere.variable", {**found.values, "variable": each}) for each in variables
    ]
    proposal = _by_hand(case, denied, Layer.RESOURCE, title, (Message(step, found.values), *set_by))
    return replace(proposal, title=Message(title, found.values))


def pod_on_node_role(case: Case, denied: Judged) -> Proposal | None:
    """A pod that calls with its node's role: it gets one of its own, and the node's, shared by all pods, stays as it is."""
    workload = case.workload
    own, node = workload.role_arn, workload.instance_role_arn
    if workload.kind is not WorkloadKind.EKS or not node or workload.caller_arn != node:
        return None
    values = {
        "role": own,
        "node": node,
        "cluster": workload.cluster,
        "namespace": workload.service,
        "action": denied.request.action,
        "resource": denied.request.resource,
    }
    if own and own != node:
        return _by_hand(
            case, denied, Layer.IDENTITY, "remedies.pod-role.title", _told(OWN_ROLE_UNUSED, values)
        )
    if not workload.service:
        return None  # no pod: the node itself called
    return _by_hand(case, denied, Layer.IDENTITY, "remedies.pod-own-role.title", _told(NO_OWN_ROLE, values))


def _told(steps: tuple[str, ...], values: dict[str, str]) -> tuple[Message, ...]:
    return tuple(Message(step, values) for step in steps)


def nothing_to_grant(case: Case, denied: Judged, unscoped: tuple[Unscoped, ...]) -> Proposal:
    """The line does not tell what exactly was denied, and a guess would grant too much."""
    layers = layers_to_change(denied, case.denial.deny_kind)
    candidates = [each.arn for each in case.candidates[:MOST_CANDIDATES]]
    steps = [each.because for each in unscoped[:1]] or [Message("remedies.unsolved.no-layer")]
    if candidates:
        steps.append(Message("remedies.unsolved.candidates", {"candidates": ", ".join(candidates)}))
    return _by_hand(
        case, denied, layers[0] if layers else Layer.IDENTITY, "remedies.unsolved.title", tuple(steps)
    )


def protected_by_caller(case: Case, denied: Judged) -> Proposal | None:
    """A statement lets this caller in, if only the call carried what it asks for: an external id, MFA."""
    own = (Layer.IDENTITY,) if Layer.IDENTITY in denied.decision.denied_by else ()
    layers = (finding_of(denied.decision, layer) for layer in (Layer.TRUST, Layer.RESOURCE, *own))
    found = ((each, _all_but_allowing(each)) for each in layers if each is not None)
    finding, near = next(((each, near) for each, near in found if near is not None), (None, None))
    if finding is None or near is None:
        return None
    asked = [
        each
        for each in near.conditions
        if each.key.lower() in CALLERS_TO_KEEP_OUT and each.match is not Match.YES
    ]
    if not asked:
        return None
    values = {"statement": near.statement, "key": asked[0].key, "role": denied.request.resource}
    if finding.layer is Layer.IDENTITY:
        met = Message("remedies.unsolved.own-pass-key", values)
        return _by_hand(case, denied, finding.layer, "remedies.unsolved.own-guarded", (met,))
    step = Message("remedies.unsolved.pass-key", values)
    return _by_hand(case, denied, finding.layer, "remedies.unsolved.guarded", (step,))


def _all_but_allowing(finding: LayerFinding) -> StatementEvidence | None:
    """The statement that only lacks a condition; where nobody knows whether it does, one that only its callers can meet."""
    near = finding.near_miss
    if near is not None:
        return near if near.misses == (Part.CONDITION,) else None
    if finding.effect is not Effect.UNKNOWN:
        return None
    for each in finding.evidence:
        open_ = {one.key.lower() for one in each.conditions if one.match is Match.UNKNOWN}
        if each.effect == "Allow" and each.match is Match.UNKNOWN and open_ and open_ <= CALLERS_TO_KEEP_OUT:
            return each
    return None


def other_causes(case: Case, denied: Judged) -> tuple[Proposal, ...]:
    """What may be wrong instead of a missing grant: told beside the drafts."""
    tag = _tag_to_correct(case, denied)
    return () if tag is None else (tag,)


def _by_hand(case: Case, denied: Judged, layer: Layer, title: str, steps: tuple[Message, ...]) -> Proposal:
    return by_hand(
        layer=layer,
        target=target_of(case, denied, layer),
        title=Message(
            title, {"action": denied.request.action, "principal": caller_arn(case, denied.request.principal)}
        ),
        steps=steps,
    )


def is_slip(given: str, wanted: str) -> bool:
    """Whether two values of a tag differ in letter case and blanks alone: nobody means that."""
    return bool(given) and "".join(given.split()).casefold() == "".join(wanted.split()).casefold()


def _tag_to_correct(case: Case, denied: Judged) -> Proposal | None:
    """A statement that would let the call in but for one tag: the tag may be what is wrong, of the resource or of the caller."""
    near = near_miss_of(denied.decision, Layer.IDENTITY)
    if near is None or near.misses != (Part.CONDITION,):
        return None
    failed = [one for one in near.conditions if one.match is Match.NO]
    if len(failed) != 1 or len(failed[0].wanted) != 1 or not _is_tag_equal(failed[0]):
        return None
    (text,), tag = failed[0].wanted, failed[0].key.partition("/")[2]
    wanted = dict(failed[0].meant).get(text, text)
    if has_variable((wanted,)) or not is_literal(wanted):
        return None
    resource, variable = denied.request.resource, _PRINCIPAL_TAG.fullmatch(text)
    values = {
        "tag": tag,
        "wanted": wanted,
        "given": ", ".join(failed[0].given),
        "resource": resource,
        "principal": caller_arn(case, denied.request.principal),
        "caller_tag": variable["tag"] if variable else "",
        "command": command((*_TAG_RESOURCES, resource, "--tags", compact({tag: wanted}))),
    }
    kind = "remedies.tags.resource" if failed[0].given else "remedies.tags.resource-absent"
    steps = [Message(kind, values), Message("remedies.tags.owner", values)]
    if variable:
        steps.append(Message("remedies.tags.principal", values))
    title = "remedies.tags.slip" if is_slip(values["given"], wanted) else "remedies.tags.title"
    return by_hand(
        layer=Layer.RESOURCE,
        target=resource,
        title=Message(title, values),
        steps=tuple(steps),
    )


def _is_tag_equal(condition: ConditionEvidence) -> bool:
    """One tag of the resource, read, that has to equal one value."""
    known = condition.state in {KeyState.GIVEN, KeyState.ABSENT}
    equal = condition.operator.lower() in {"stringequals", "stringlike", "stringequalsignorecase"}
    return known and equal and ":resourcetag/" in condition.key.lower()
