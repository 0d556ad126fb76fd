"""A second opinion on the drafts: IAM Access Analyzer's ValidatePolicy. Its findings are shown beside them.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.remedies.remedy import Remedy
from why403.remedies.statements import compact

VALIDATE = DeclaredRead(
    "accessanalyzer",
    "ValidatePolicy",
    "Ask AWS's own linter for a second opinion on a drafted policy before it is offered.",
    actions=("access-analyzer:ValidatePolicy",),
)
MOST = 4
"""Drafts sent for one diagnosis: the first ones are those that people take."""
TYPES = {
    Layer.IDENTITY: "IDENTITY_POLICY",
    Layer.BOUNDARY: "IDENTITY_POLICY",
    Layer.SESSION: "IDENTITY_POLICY",
    Layer.SCP: "SERVICE_CONTROL_POLICY",
    Layer.RCP: "RESOURCE_CONTROL_POLICY",
    Layer.RESOURCE: "RESOURCE_POLICY",
    Layer.TRUST: "RESOURCE_POLICY",
    Layer.VPC_ENDPOINT: "RESOURCE_POLICY",
}
RESOURCE_TYPES = {"s3": "AWS::S3::Bucket", "dynamodb": "AWS::DynamoDB::Table"}
ERROR = "ERROR"


def validate_drafts(remedies: tuple[Remedy, ...], place: Place) -> Plan[tuple[Remedy, ...]]:
    """The remedies with what AWS finds about them, in one round. A refused or failed read changes nothing.

    A draft with an error is no longer proven: AWS would refuse it.
    """
    reads = {
        number: _read(remedy, place) for number, remedy in enumerate(remedies) if remedy.after is not None
    }
    asked = dict(list(reads.items())[:MOST])
    if not asked:
        return remedies
    replies = yield tuple(asked.values())
    found = dict(zip(asked, replies, strict=True))
    return tuple(_judged(remedy, found[at]) if at in found else remedy for at, remedy in enumerate(remedies))


def _read(remedy: Remedy, place: Place) -> Read:
    parameters: dict[str, Any] = {
        "policyDocument": compact(remedy.after or {}),
        "policyType": TYPES.get(remedy.layer, "RESOURCE_POLICY"),
    }
    arn = parse_arn(remedy.target)
    if remedy.layer is Layer.TRUST:
        parameters["validatePolicyResourceType"] = "AWS::IAM::AssumeRolePolicyDocument"
    elif remedy.layer is Layer.RESOURCE and arn is not None and arn.service in RESOURCE_TYPES:
        parameters["validatePolicyResourceType"] = RESOURCE_TYPES[arn.service]
    return VALIDATE.of(region=place.region, **parameters)


def _judged(remedy: Remedy, reply: Reply) -> Remedy:
    if not isinstance(reply, Answer):
        return remedy
    findings = [each for each in reply.data.get("findings", ()) if isinstance(each, Mapping)]
    told = {
        kind: [_told(each) for each in findings if (each.get("findingType") == ERROR) is kind]
        for kind in (True, False)
    }
    return replace(
        remedy,
        why=(*remedy.why, *told[False]),
        missing=(*remedy.missing, *told[True]),
        proven=remedy.proven and not told[True],
    )


def _told(finding: Mapping[str, object]) -> Message:
    values = {"code": str(finding.get("issueCode", "")), "details": str(finding.get("findingDetails", ""))}
    return Message("remedies.validate.finding", {**values, "type": str(finding.get("findingType", ""))})
