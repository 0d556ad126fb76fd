"""S3 access points: a policy of their own before the bucket's.

A call through an access point needs both: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.policies import s3
from why403.policies.s3_reads import GET_POINT, GET_POINT_POLICY
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html"
GONE = frozenset({"NoSuchAccessPoint"})
PREFIX = "accesspoint/"


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """Two rounds: the access point, then its bucket (whose policy is in the findings' name, not in `policy`)."""
    name = part_after(arn, PREFIX).partition("/")[0]
    point = Arn(arn.partition, "s3", arn.region, arn.account, PREFIX + name)
    collector = ReplyCollector(str(point), GONE)
    described, policy = yield (
        ask(GET_POINT, arn, place, AccountId=arn.account, Name=name),
        ask(GET_POINT_POLICY, arn, place, AccountId=arn.account, Name=name),
    )
    about, said = collector.take(described), collector.take(policy, Layer.RESOURCE)
    bucket = about.text("Bucket")
    known = {
        "service": "s3",
        "account": arn.account,
        "policy": parsed("access point policy", said.at("Policy")),
    }
    if not bucket:
        return collector.reading(**known)
    behind = yield from s3.read(Arn(arn.partition, "s3", "", "", bucket), action, place)
    collector.spots.extend(behind.unreadable)
    collector.findings.append(Message("policies.access-point-bucket", {"point": name, "bucket": bucket}))
    vpc = about.text("VpcConfiguration", "VpcId")
    if vpc:
        collector.findings.append(Message("policies.access-point-vpc", {"point": name, "vpc": vpc}))
    return collector.reading(**known, bucket=behind.bucket, key_arn=behind.key_arn)


SERVICE = PolicyService(
    stem="s3_access_point",
    title="Amazon S3 (access points)",
    prefixes=("s3:accesspoint",),
    page=PAGE,
    reads=(GET_POINT, GET_POINT_POLICY, *s3.SERVICE.reads),
    read=read,
    holds="access point policy",
    follows_key=True,
)
