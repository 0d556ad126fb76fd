"""EFS file systems: the file system policy and the key. No file is read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"
GONE = frozenset({"FileSystemNotFound"})
GET_POLICY = DeclaredRead(
    "efs",
    "DescribeFileSystemPolicy",
    ("elasticfilesystem:DescribeFileSystemPolicy",),
    "The file system's policy may allow or deny a mount.",
    absent=("PolicyNotFound",),
)
DESCRIBE = DeclaredRead(
    "efs",
    "DescribeFileSystems",
    ("elasticfilesystem:DescribeFileSystems",),
    "Whether the file system exists, and the key that encrypts it.",
)
DESCRIBE_POINTS = DeclaredRead(
    "efs",
    "DescribeAccessPoints",
    ("elasticfilesystem:DescribeAccessPoints",),
    "The file system behind an access point, whose policy decides.",
    absent=("AccessPointNotFound",),
)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for a file system, two for an access point."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    point = part_after(arn, "access-point/")
    system = part_after(arn, "file-system/")
    if point:
        (points,) = yield (ask(DESCRIBE_POINTS, arn, place, AccessPointId=point),)
        found = collector.take(points, Layer.RESOURCE).items("AccessPoints")
        system = str(found[0].get("FileSystemId", "")) if found else ""
    if not system:
        return collector.reading(service="elasticfilesystem", account=arn.account)
    collector.subject = str(Arn(arn.partition, arn.service, arn.region, arn.account, f"file-system/{system}"))
    policy, described = yield (
        ask(GET_POLICY, arn, place, FileSystemId=system),
        ask(DESCRIBE, arn, place, FileSystemId=system),
    )
    said, about = collector.take(policy, Layer.RESOURCE), collector.take(described)
    systems = about.items("FileSystems")
    return collector.reading(
        service="elasticfilesystem",
        account=arn.account,
        policy=parsed("file system policy", said.at("Policy")),
        key_arn=str(systems[0].get("KmsKeyId") or "") if systems else "",
    )


SERVICE = PolicyService(
    stem="efs",
    title="Amazon EFS",
    prefixes=("elasticfilesystem",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE, DESCRIBE_POINTS),
    read=read,
    holds="file system policy",
    follows_key=True,
)
