"""SCP and RCP: a ready text for the organization's administrators, one a level that does not allow the call.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from collections.abc import Mapping
from dataclasses import replace

from why403.decisions.evaluate import decide
from why403.iam.arn import parse_arn
from why403.iam.layer import Effect, Layer, Policy
from why403.message import Message
from why403.remedies.callers import account_of
from why403.remedies.case import Case, Judged
from why403.remedies.granting import Into, granting
from why403.remedies.layers.boundary import AWS_ACCOUNT
from why403.remedies.naming import policy_name
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import document_of, taken_sids, with_added
from why403.remedies.wanted import Wanted, finding_of

LEVEL_OF_ROOT = 0
"""Levels are counted from the root down, as IAM evaluates them."""


def propose_scp(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """An SCP with a statement more at each level that does not allow the calls."""
    return _propose(case, wanted, Layer.SCP)


def propose_rcp(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The same for RCPs. RCPFullAWSAccess cannot be detached, so AWS itself seldom comes here."""
    return _propose(case, wanted, Layer.RCP)


def _propose(case: Case, wanted: tuple[Wanted, ...], layer: Layer) -> tuple[Proposal, ...]:
    judged = wanted[0].judged
    levels = levels_of(judged, layer)
    closed = [
        number
        for number in range(len(levels))
        if any(not _allows(one.judged, layer, number) for one in wanted)
    ]
    proposals = tuple(_at(case, wanted, layer, number) for number in closed)
    return proposals or (_unread(case, judged, layer),)


def levels_of(judged: Judged, layer: Layer) -> tuple[tuple[Policy, ...], ...]:
    """The policies of an organization's layer, a tuple a level."""
    return (judged.policies.scp if layer is Layer.SCP else judged.policies.rcp) or ()


def _allows(judged: Judged, layer: Layer, number: int) -> bool:
    level = (levels_of(judged, layer)[number],)
    alone = replace(judged.policies, scp=level) if layer is Layer.SCP else replace(judged.policies, rcp=level)
    finding = finding_of(decide(judged.request, alone), layer)
    return finding is None or finding.effect in (Effect.ALLOW, Effect.NOT_APPLICABLE)


def _at(case: Case, wanted: tuple[Wanted, ...], layer: Layer, number: int) -> Proposal:
    held = levels_of(wanted[0].judged, layer)[number]
    policy = next((each for each in held if _editable(each)), None)
    before = policy.document if policy is not None and isinstance(policy.document, Mapping) else None
    named = {"Principal": "*"} if layer is Layer.RCP else None
    added = granting(wanted, Into(layer=layer, policies=held, taken=taken_sids(before), named=named))
    after = with_added(before, added) if before is not None else document_of(added)
    service = wanted[0].scope.action.partition(":")[0]
    name = (
        policy.name
        if policy is not None and before is not None
        else policy_name(service, [each.name for each in held])
    )
    full = over(layer.value, after)
    values = {"policy": name, "level": level_name(number), "layer": layer.value.upper()}
    return Proposal(
        layer=layer,
        target=policy.arn if policy is not None and policy.arn else whose(case, wanted[0].judged, layer),
        kind=RemedyKind.EDIT if before is not None else RemedyKind.GRANT,
        form="organization-policy" if before is not None and policy is not None and policy.arn else "",
        title=Message("remedies.organization.edit", values),
        policy_name=name,
        policy_arn=policy.arn if policy is not None else "",
        added=added,
        before=before,
        after=after,
        level=number,
        why=(Message("remedies.organization.administrators", values), *((full,) if full is not None else ())),
    )


def _editable(policy: Policy) -> bool:
    arn = parse_arn(policy.arn)
    return isinstance(policy.document, Mapping) and (arn is None or arn.account != AWS_ACCOUNT)


def level_name(number: int) -> str:
    """`root`, or the number of an organizational unit's or account's level below it."""
    return "root" if number == LEVEL_OF_ROOT else f"root+{number}"


def whose(case: Case, judged: Judged, layer: Layer) -> str:
    """The account that the layer is about, as an ARN: the caller's for SCPs, the resource's owner for RCPs."""
    caller = account_of(judged.request.principal) or case.place.account
    account = caller if layer is Layer.SCP else judged.request.resource_account or case.place.account
    return f"arn:{case.place.partition}:iam::{account}:root"


def _unread(case: Case, judged: Judged, layer: Layer) -> Proposal:
    values = {
        "action": judged.request.action,
        "layer": layer.value.upper(),
        "resource": judged.request.resource,
    }
    return by_hand(
        layer=layer,
        target=whose(case, judged, layer),
        title=Message("remedies.organization.ask", values),
        steps=(Message("remedies.organization.unread", values),),
    )
