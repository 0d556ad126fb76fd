"""A bucket that is not as public as its caller thinks: Block Public Access at both levels, Object Ownership.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

import re

from why403.denials.denial import Denial
from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.other_403.found import Other403
from why403.reads import Plan
from why403.services import s3
from why403.workloads.workload import Workload

SETTING = re.compile(r"\b(?:BlockPublicAcls|BlockPublicPolicy|IgnorePublicAcls|RestrictPublicBuckets)\b")
"""`because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access`."""
OF_ACLS = ("BlockPublicAcls", "IgnorePublicAcls")


def read(denial: Denial, event: LogEvent, workload: Workload, place: Place) -> Plan[Other403]:
    """One round; none where the line names no bucket."""
    del workload
    told = SETTING.search(event.message)
    arn = parse_arn(denial.resource or s3.named(denial.resource_name or "", place) or "")
    if arn is None:
        return Other403()
    bucket = s3.bucket_name(arn)
    reading = yield from s3.read(arn, denial.action or "s3:GetObject", place)
    findings = list(reading.findings)
    settings = reading.bucket
    names = {"bucket": bucket, **({"setting": told[0]} if told is not None else {})}
    if told is not None and told[0] in OF_ACLS:
        names["acl_setting"] = told[0]
    if told is not None:  # AWS names the one that refused: others may be set as well
        return Other403(names=names, findings=tuple(findings), unreadable=reading.unreadable)
    if settings is not None and settings.restrict_public_buckets:
        findings.append(Message("policies.public-policy-restricted", {"bucket": bucket}))
    if settings is not None and settings.ignore_public_acls:
        findings.append(Message("policies.public-acls-ignored", {"bucket": bucket}))
    if settings is not None and settings.acls_disabled:
        findings.append(Message("policies.acls-disabled", {"bucket": bucket}))
    return Other403(names=names, findings=tuple(findings), unreadable=reading.unreadable)
