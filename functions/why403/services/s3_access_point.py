"""S3 access points: a policy of their own before the bucket's.

A call through an access point needs both: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Plan
from why403.services import s3
from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared
from why403.services.documents import parsed
from why403.services.names import holder_of
from why403.services.read_policy import read_of
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector, existence

GONE = ("NoSuchAccessPoint",)
GET_POINT = declared(
    "s3:GetAccessPoint",
    "The bucket behind an access point, and the VPC that it is bound to.",
    client="s3control",
)
GET_POINT_POLICY = declared(
    "s3:GetAccessPointPolicy", "The access point's policy may allow or deny the call.", client="s3control"
)
NAMED = {"AccountId": "{account}", "Name": "{name}"}
DESCRIBED = ServiceRead(GET_POINT, NAMED, gone=GONE)
ASKED = ServiceRead(GET_POINT_POLICY, NAMED, gone=GONE)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """Two rounds: the access point, then its bucket (whose policy is in the findings' name, not in `policy`)."""
    collector = ReplyCollector(holder_of(POINT, arn))
    described, policy = yield (read_of(POINT, DESCRIBED, arn, place), read_of(POINT, ASKED, arn, place))
    about, said = collector.take(described), collector.take(policy, Layer.RESOURCE)
    name, bucket = arn.resource.split("/")[1], about.text("Bucket")
    known = {
        "service": "s3",
        "account": arn.account,
        "exists": existence(arn, ((DESCRIBED, described), (ASKED, policy))),
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


POINT = Resource(
    kind="access point",
    arn="s3:accesspoint/{name}",
    elsewhere=False,
    read=read,
    reads=(GET_POINT, GET_POINT_POLICY),
    key=lambda _, answer: s3.default_key(answer),
    draft=Draft(
        called="access point policy",
        most=20_480,
        cli="s3control put-access-point-policy --account-id {account} --name {name} --policy {document}",
        read_back="s3control get-access-point-policy --account-id {account} --name {name}",
        terraform=Block("aws_s3control_access_point_policy", {"access_point_arn": "{arn}"}, "policy"),
        cloudformation=Block("AWS::S3::AccessPoint", {"Name": "{name}"}, "Policy", owned=True),
        cdk="aws_s3.CfnAccessPoint",
    ),
)
SERVICE = Service(
    prefix="s3",
    name="S3",
    title="Amazon S3 (access points)",
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
    resources=(POINT,),
)
