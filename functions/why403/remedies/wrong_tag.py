"""Attribute-based access control that lets the call in but for one tag: the tag may be what is wrong, not the policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html
"""

import re

from why403.decisions.decision import ConditionEvidence, KeyState, Match, Part
from why403.decisions.literal_text import has_variable
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, Judged
from why403.remedies.diff import compact
from why403.remedies.formats.aws_cli import command
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.wanted import finding_of

TAG_RESOURCES = ("resourcegroupstaggingapi", "tag-resources", "--resource-arn-list")
_PRINCIPAL_TAG = re.compile(r"\$\{aws:PrincipalTag/(?P<tag>[^{},]{1,128})\}", re.IGNORECASE)
"""Nothing but one tag of the caller, which is what a statement of attribute-based access control asks for."""


def tag_to_correct(case: Case, denied: Judged) -> Proposal | None:
    """A statement that would let the call in but for one tag: the tag may be what is wrong, of the resource or of the caller."""
    finding = finding_of(denied.decision, Layer.IDENTITY)
    near = finding.near_miss if finding is not None else None
    if near is None or near.misses != (Part.CONDITION,):
        return None
    failed = [one for one in near.conditions if one.match is Match.NO]
    if len(failed) != 1 or len(failed[0].wanted) != 1 or not _is_tag_equal(failed[0]):
        return None
    (text,), tag = failed[0].wanted, failed[0].key.partition("/")[2]
    wanted = dict(failed[0].meant).get(text, text)
    if has_variable((wanted,)) or any(mark in wanted for mark in "*?"):
        return None
    resource, variable = denied.request.resource, _PRINCIPAL_TAG.fullmatch(text)
    values = {
        "tag": tag,
        "wanted": wanted,
        "given": ", ".join(failed[0].given),
        "resource": resource,
        "principal": caller_arn(case, denied.request.principal),
        "caller_tag": variable["tag"] if variable else "",
        "command": command((*TAG_RESOURCES, resource, "--tags", compact({tag: wanted}))),
    }
    kind = "remedies.tags.resource" if failed[0].given else "remedies.tags.resource-absent"
    steps = [Message(kind, values), Message("remedies.tags.owner", values)]
    if variable:
        steps.append(Message("remedies.tags.principal", values))
    return by_hand(
        layer=Layer.RESOURCE,
        target=resource,
        title=Message("remedies.tags.title", values),
        steps=tuple(steps),
    )


def _is_tag_equal(condition: ConditionEvidence) -> bool:
    """One tag of the resource, read, that has to equal one value."""
    known = condition.state in {KeyState.GIVEN, KeyState.ABSENT}
    equal = condition.operator.lower() in {"stringequals", "stringlike", "stringequalsignorecase"}
    return known and equal and ":resourcetag/" in condition.key.lower()
