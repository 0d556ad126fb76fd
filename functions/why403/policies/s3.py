"""S3 buckets: policy, Block Public Access at both levels, Object Ownership and default encryption.

No object is read, nor its metadata: whether an object exists is never asked.
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.policies.documents import parsed
from why403.policies.hearing import Hearing
from why403.policies.locked import UNLOCK_BUCKET, shut_out
from why403.policies.policy_set import BucketSettings
from why403.policies.reading import TargetReading
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
    hearing = Hearing(str(bucket), GONE)
    listed, policy, block, account_block, ownership, encryption = yield (
        LIST_BUCKETS.of(Prefix=name),
        ask(GET_POLICY, bucket, place, Bucket=name),
        ask(GET_BLOCK, bucket, place, Bucket=name),
        ACCOUNT_BLOCK.of(AccountId=place.account),
        ask(GET_OWNERSHIP, bucket, place, Bucket=name),
        ask(GET_ENCRYPTION, bucket, place, Bucket=name),
    )
    said = hearing.hear(policy, Layer.RESOURCE)
    ours = _is_ours(hearing, listed, name)
    account = place.account if ours else ""
    if ours:
        hearing.findings += shut_out(policy, str(bucket), UNLOCK_BUCKET)
    return hearing.reading(
        service="s3",
        account=account,
        policy=parsed("bucket policy", said.at("Policy")),
        bucket=BucketSettings(
            ignore_public_acls=_blocked(hearing, block, account_block, "IgnorePublicAcls"),
            restrict_public_buckets=_blocked(hearing, block, account_block, "RestrictPublicBuckets"),
            acls_disabled=_acls_disabled(hearing, ownership),
            owner=account or None,
        ),
        key_arn=default_key(hearing.hear(encryption)),
    )


def _is_ours(hearing: Hearing, listed: Reply, name: str) -> bool:
    """Whether our account's list of buckets holds it; a finding where the list is whole and does not."""
    if isinstance(listed, Unreadable):
        if listed.failure is not Failure.ABSENT:
            hearing.spots.append(listed.spot(hearing.subject))
        return False
    if any(bucket.get("Name") == name for bucket in listed.items("Buckets")):
        hearing.exists = True
        return True
    if hearing.exists is not False and not listed.truncated:
        hearing.findings.append(Message("policies.bucket-of-another-account", {"bucket": name}))
    return False


def _blocked(hearing: Hearing, bucket: Reply, account: Reply, setting: str) -> bool | None:
    """Block Public Access holds where either level sets it; None where neither says yes and one is unread."""
    levels = [_setting(bucket, setting), _setting(account, setting)]
    for reply in (bucket, account):
        if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT:
            spot = reply.spot(hearing.subject)
            if spot not in hearing.spots:
                hearing.spots.append(spot)
    if True in levels:
        return True
    return None if None in levels else False


def _setting(reply: Reply, setting: str) -> bool | None:
    if isinstance(reply, Unreadable):
        return False if reply.failure is Failure.ABSENT and reply.error not in GONE else None
    return reply.at(BLOCK, setting) is True


def _acls_disabled(hearing: Hearing, reply: Reply) -> bool | None:
    """A bucket without ownership controls is older than them: its ACLs count."""
    if isinstance(reply, Answer):
        rules = reply.items("OwnershipControls", "Rules")
        return any(rule.get("ObjectOwnership") == ENFORCED for rule in rules)
    hearing.hear(reply)
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
