"""Buckets and objects as ARNs, and the paths that tools write for them: s3://, s3a://, s3n://, restic's s3:s3.amazonaws.com/."""

import re

from why403.denials.contains import holds_any

PATH = re.compile(
    r"\bs3(?:[an]?://|:s3[a-z0-9.-]{0,40}\.amazonaws\.com/)(?![^\s/]{0,255}\*)([^\s/\"'`,;)]{1,255})(/(?:[^\s\"'`<]|<(?!/))*)?"
)
"""Up to a blank, a quote or a closing tag. Hadoop's schemes s3a and s3n and restic's `s3:s3.amazonaws.com/` besides s3; a comma may stand
in a key, not in a bucket's name. A bucket with stars is one that CI masks, and would be a pattern for others in a policy.
"""


def bucket_arn(bucket: str, partition: str = "aws") -> str:
    """A bucket's ARN."""
    return f"arn:{partition}:s3:::{bucket}"


def object_arn(bucket: str, key: str, partition: str = "aws") -> str:
    """An object's ARN."""
    return f"arn:{partition}:s3:::{bucket}/{key}"


def path_arn(match: re.Match[str]) -> tuple[str, str]:
    """The bucket's ARN and the object's of a match of PATH; the object's is empty where there is no key."""
    bucket = match[1].rstrip(":.")
    key = (match[2] or "").lstrip("/").rstrip(",;)]}:")
    key = key if key.endswith("..") else key.removesuffix(".")
    return bucket_arn(bucket), object_arn(bucket, key) if key else ""


def find_paths(text: str) -> list[tuple[str, str]]:
    """Every S3 path of the text, as bucket's and object's ARN, in order, without repetitions."""
    if "://" not in text and "s3:s3" not in text:
        return []
    # `s3://.../a` names no bucket, `f"s3://acme/{key}"` no object
    named = (match for match in PATH.finditer(text) if match[1].strip(":.") and "{" not in match[0])
    return list(dict.fromkeys(path_arn(match) for match in named))


NAME = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
BUCKET_AND_KEY = re.compile(
    rf"(?<![\w.-])(?!(?<=\()\w{{1,20}}=[a-z])[Bb]ucket(?:_?[Nn]ame)?[\"']?\s?[:=]\s?[\"']?(?P<bucket>{NAME})(?![\w.-])[\"']?[,;]?\s?[\"']?"
    r"(?:[Kk]ey|(?:object|file)(?:_?[Kk]ey|_?[Nn]ame)?)[\"']?\s?[:=]\s?"
    r"(?:\"(?P<quoted>[^\"]{1,1024})\"|'(?P<single>[^']{1,1024})'|(?<![\"'], Key=)"
    r"(?P<bare>[^\s\"',;}\])]{1,1024}?)(?=[\s\"',;}\])]|$|\.(?:Access Denied|Forbidden) ))"
)
"""Fields beside each other, as loggers and SDKs print a request's: `bucket=acme key=a/b`, `{ Bucket: 'acme', Key: 'a/b' }`.

Glue puts the refusal's words behind a key without a blank.
In a frame's `get_object(Bucket=bucket, Key=key)` variables stand, and name nothing; nor does `key` in `Bucket="acme", Key=key`.
"""
OBJECT_OF_BUCKET = re.compile(
    r"\b(?:(?:object|file|key):?|(?:[Uu]pload(?:ing|ed)?|[Dd]ownload(?:ing|ed)?|[Cc]opy(?:ing)?|reading|writing)(?: of)?(?= \S{0,200}[./])) "
    rf"([\"'`]?)(?!\.{{0,2}}/)(?P<key>[^\s\"'`]{{1,1024}}?)\1,? (?:from|in|to|into|at|of) (?:the )?"
    rf"(?:S3 |s3 )?bucket:? [\"'`]?(?P<bucket>{NAME})(?![\w-]|\.\w)"
)
"""Prose: `object a/b from bucket acme`; a path from the root or the folder is the file's that was to go there, and tells no key."""
KEY_OF_BUCKET = re.compile(
    rf"\b[Bb]ucket [\"'`]?(?P<bucket>{NAME})[\"'`]?,? (?:and )?(?:[Kk]ey|[Oo]bject) (?=\S{{0,200}}[./])[\"'`]?(?P<key>[^\s\"'`,;)]{{1,1024}})"
)
"""The other way round: `bucket acme, key a/b`."""
UPLOADED = re.compile(
    rf"Failed to upload [^:]{{1,500}}? to (?P<bucket>{NAME})/(?P<key>[^\s:]{{1,1024}}): (?:An error occurred \(|403 )"
)
"""boto3's words: a file, then bucket and key, then botocore's own."""
KEY = re.compile(
    r"(?<![\w.-])(?:[Kk]ey|(?:object|s3)_?[Kk]ey)(?:[\"']?\s?[:=]\s?(?!arn:)|(?<=bject key) (?=[\"']))"
    r"(?:\"(?P<quoted>[^\"]{1,1024})\"|'(?P<single>[^']{1,1024})'|(?<![\"'], Key=)(?P<bare>[^\s\"',;}\])]{1,1024}))"
)
"""A key somewhere else in the line: structured loggers sort their fields."""
BUCKET = re.compile(
    rf"(?<![\w.-])(?!(?<=\()\w{{1,20}}=[a-z])[Bb]ucket(?:_?[Nn]ame)?[\"']?"
    rf"(?:\s?(?:=>|[:=])\s?[\"']?(?P<field>{NAME})(?![\w.-])|(?: \w{{1,12}})? ?[(\"'`](?P<quoted>{NAME})[)\"'`](?![\w-]))"
    rf"|(?<!\w)[\"'`](?P<before>{NAME})[\"'`] [Bb]ucket\b"
)
"""A bucket alone: as a field, in quotes or brackets."""

OF_BUCKET = re.compile(
    rf"\b(?:in|to|from|of|into|on) (?:the )?(?:S3 |s3 )?[Bb]ucket (?!(?:failed|denied|is|was|with|policy|access|error)\b)(?P<bucket>{NAME})(?=: | failed\b)"
    rf"|\b(?:[Ss]3 [Bb]ucket:?|(?:to|from|into|in|on|of|use|access) (?:the )?(?:\w{{3,12}} )?[Bb]ucket|[Bb]ucket(?= \S{{3,63}}:)) "
    rf"(?P<marked>(?=[a-z0-9.]{{0,62}}[-\d]){NAME})(?=[.,;:]?(?:\s|$))"
    rf"|\b[Bb]ucket (?:named|called) (?P<named>{NAME})(?=[\s:,.;)]|$)"
    rf"|(?:バケット|버킷)[ :「'\"]{{0,3}}(?P<cjk>{NAME})(?![\w.-]*\.\w)"
)
"""Prose again: `in bucket acme: ...`; nothing but a mark tells that a bare word there is a name, or its own hyphen or digit behind S3's."""


def named_in_words(text: str) -> str:
    """The object or bucket that fields or prose name, as ARN; empty where they name none or more than one. Linear."""
    if not holds_any(text, ("ucket", "S3UploadFailedError", "バケット", "버킷")):
        return ""
    for pattern in (UPLOADED, BUCKET_AND_KEY, OBJECT_OF_BUCKET, KEY_OF_BUCKET):
        found = {
            (
                match["bucket"],
                next(value for name, value in match.groupdict().items() if name != "bucket" and value),
            )
            for match in pattern.finditer(text)
        }
        if found:
            bucket, key = found.pop()
            return "" if found else object_arn(bucket, key.removesuffix(":"))  # `key=a/b: AccessDenied`
    buckets = {match["field"] or match["quoted"] or match["before"] for match in BUCKET.finditer(text)}
    buckets = buckets or {
        (match["bucket"] or match["marked"] or match["named"] or match["cjk"]).rstrip(".-")
        for match in OF_BUCKET.finditer(text)
    }
    keys = {match["quoted"] or match["single"] or match["bare"] for match in KEY.finditer(text)}
    if len(buckets) != 1:
        return ""
    key = keys.pop().removesuffix(":") if len(keys) == 1 else ""
    return object_arn(buckets.pop(), key) if key else bucket_arn(buckets.pop())
