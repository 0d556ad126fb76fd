"""Actions on objects need an object's ARN: of a bucket alone, all its objects are meant.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

OF_BUCKETS = frozenset({"GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"})
BESIDE_OBJECT = frozenset({"AbortMultipartUpload", "ListMultipartUploadParts", "BypassGovernanceRetention"})


def acts_on_objects(action: str) -> bool:
    """Whether this action of S3 is done to an object."""
    service, _, name = action.partition(":")
    return service == "s3" and ("Object" in name or name in BESIDE_OBJECT) and name not in OF_BUCKETS


def as_object(arn: str, action: str) -> str:
    """The ARN that a call of `action` has: `bucket/*` where only the bucket is known, the bucket of a bucket's."""
    if ":s3:::" not in arn:
        return arn
    bucket, slash, _ = arn.partition("/")
    if acts_on_objects(action):
        return arn if slash else f"{bucket}/*"
    return bucket
