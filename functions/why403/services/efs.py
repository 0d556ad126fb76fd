"""EFS file systems: the file system policy and the key. No file is read. An access point is covered by its system's."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.reads import Plan
from why403.services.declaration import Block, Draft, Listing, Resource, Service, ServiceRead, declared
from why403.services.read_policy import ask, found_at, read_resource
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

GONE = ("FileSystemNotFound",)
GET_POLICY = declared(
    "elasticfilesystem:DescribeFileSystemPolicy",
    "The file system's policy may allow or deny a mount.",
    client="efs",
    absent=("PolicyNotFound",),
)
DESCRIBE = declared(
    "elasticfilesystem:DescribeFileSystems",
    "Whether the file system exists, and its key; where a line names none, those that it may have meant.",
    client="efs",
)
DESCRIBE_POINTS = declared(
    "elasticfilesystem:DescribeAccessPoints",
    "The file system behind an access point, whose policy decides.",
    client="efs",
    absent=("AccessPointNotFound",),
)
FILE_SYSTEM = Resource(
    kind="file system",
    arn="elasticfilesystem:file-system/{name}",
    letters="-",
    listed=Listing(DESCRIBE, within="FileSystems", each="FileSystemArn"),
    hints=("EFS", "FILE_SYSTEM", "FILESYSTEM"),
    asked=ServiceRead(GET_POLICY, {"FileSystemId": "{name}"}, gone=GONE),
    described=ServiceRead(DESCRIBE, {"FileSystemId": "{name}"}, gone=GONE),
    elsewhere=False,
    policy="Policy",
    key="FileSystems.0.KmsKeyId",
    draft=Draft(
        called="file system policy",
        most=20_000,
        cli="efs put-file-system-policy --file-system-id {name} --policy {document}",
        read_back="efs describe-file-system-policy --file-system-id {name}",
        terraform=Block("aws_efs_file_system_policy", {"file_system_id": "{name}"}, "policy"),
    ),
)


def read_access_point(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """Two rounds: which file system it opens, then that one's policy."""
    (reply,) = yield (ask(DESCRIBE_POINTS, arn, place, AccessPointId=arn.resource.rpartition("/")[2]),)
    collector = ReplyCollector(str(arn))
    system = found_at(collector.take(reply, Layer.RESOURCE).data, "AccessPoints.0.FileSystemId")
    if not system:
        return collector.reading(service=arn.service, account=arn.account)
    behind = Arn(arn.partition, arn.service, arn.region, arn.account, f"file-system/{system}")
    return (yield from read_resource(FILE_SYSTEM, behind, action, place))


SERVICE = Service(
    prefix="elasticfilesystem",
    name="EFS",
    title="Amazon EFS",
    page="https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
    resources=(
        FILE_SYSTEM,
        Resource(
            kind="access point",
            arn="elasticfilesystem:access-point/{name}",
            read=read_access_point,
            reads=(DESCRIBE_POINTS,),
            key=FILE_SYSTEM.key,
            draft=FILE_SYSTEM.draft,
        ),
    ),
    unrecorded="ClientMount ClientRootAccess ClientWrite",
    changes={"PutFileSystemPolicy": "the policy of file system {fileSystemId} was written"},
)
