"""S3 buckets: policy, Block Public Access at both levels, Object Ownership and default encryption.

No object is read, nor its metadata: whether an object exists is never asked.
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.policies.s3_reads import (
    ACCOUNT_BLOCK,
    GET_BLOCK,
    GET_ENCRYPTION,
    GET_OWNERSHIP,
    GET_POLICY,
    LIST_BUCKETS,
    default_key,
)
from why403.policies.service import PolicyService, ask
from why403.reads import Answer, Failure, Plan, Reply, Unreadable
from why403.services.documents import parsed
from why403.services.locked import UNLOCK_BUCKET, shut_out
from why403.services.reading import BucketSettings, TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html"
GONE = frozenset({"NoSuchBucket"})
ENFORCED = "BucketOwnerEnforced"
BLOCK = "PublicAccessBlockConfiguration"


def bucket_name(arn: Arn) -> str:
    """The bucket of a bucket's or an object's ARN."""
    return arn.resource.partition("/")[0]


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. A bucket's ARN names no account: that it is ours is known where our own list holds it."""
    del action
    name = bucket_name(arn)
    bucket = Arn(arn.partition, "s3", "", "", name)
    collector = ReplyCollector(str(bucket), GONE)
    listed, policy, block, account_block, ownership, encryption = yield (
        LIST_BUCKETS.of(Prefix=name),
        ask(GET_POLICY, bucket, place, Bucket=name),
        ask(GET_BLOCK, bucket, place, Bucket=name),
        ACCOUNT_BLOCK.of(AccountId=place.account),
        ask(GET_OWNERSHIP, bucket, place, Bucket=name),
        ask(GET_ENCRYPTION, bucket, place, Bucket=name),
    )
    said = collector.take(policy, Layer.RESOURCE)
    ours = _is_ours(collector, listed, name)
    account = place.account if ours else ""
    if ours:
        collector.findings += shut_out(policy, str(bucket), UNLOCK_BUCKET)
    return collector.reading(
        service="s3",
        account=account,
        policy=parsed("bucket policy", said.at("Policy")),
        bucket=BucketSettings(
            ignore_public_acls=_blocked(collector, block, account_block, "IgnorePublicAcls"),
            restrict_public_buckets=_blocked(collector, block, account_block, "RestrictPublicBuckets"),
            acls_disabled=_acls_disabled(collector, ownership),
            owner=account or None,
        ),
        key_arn=default_key(collector.take(encryption)),
    )


def _is_ours(collector: ReplyCollector, listed: Reply, name: str) -> bool:
    """Whether our account's list of buckets holds it; a finding where the list is whole and does not."""
    if isinstance(listed, Unreadable):
        if listed.failure is not Failure.ABSENT:
            collector.spots.append(listed.spot(collector.subject))
        return False
    if any(bucket.get("Name") == name for bucket in listed.items("Buckets")):
        collector.exists = True
        return True
    if collector.exists is not False and not listed.truncated:
        collector.findings.append(Message("policies.bucket-of-another-account", {"bucket": name}))
    return False


def _blocked(collector: ReplyCollector, bucket: Reply, account: Reply, setting: str) -> bool | None:
    """Block Public Access holds where either level sets it; None where neither says yes and one is unread."""
    levels = [_setting(bucket, setting), _setting(account, setting)]
    for reply in (bucket, account):
        if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT:
            spot = reply.spot(collector.subject)
            if spot not in collector.spots:
                collector.spots.append(spot)
    if True in levels:
        return True
    return None if None in levels else False


def _setting(reply: Reply, setting: str) -> bool | None:
    if isinstance(reply, Unreadable):
        return False if reply.failure is Failure.ABSENT and reply.error not in GONE else None
    return reply.at(BLOCK, setting) is True


def _acls_disabled(collector: ReplyCollector, reply: Reply) -> bool | None:
    """A bucket without ownership controls is older than them: its ACLs count."""
    if isinstance(reply, Answer):
        rules = reply.items("OwnershipControls", "Rules")
        return any(rule.get("ObjectOwnership") == ENFORCED for rule in rules)
    collector.take(reply)
    return False if reply.failure is Failure.ABSENT and reply.error not in GONE else None


SERVICE = PolicyService(
    stem="s3",
    title="Amazon S3 (buckets)",
    prefixes=("s3",),
    page=PAGE,
    reads=(LIST_BUCKETS, GET_POLICY, GET_BLOCK, ACCOUNT_BLOCK, GET_OWNERSHIP, GET_ENCRYPTION),
    read=read,
    holds="bucket policy, Block Public Access, Object Ownership",
    follows_key=True,
)
