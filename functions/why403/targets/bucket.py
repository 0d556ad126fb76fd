"""S3 buckets and objects as targets: buckets have no Region and no account in their ARNs."""

import re
from collections.abc import Iterable

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Read
from why403.targets.kind import TargetKind

PAGES = 2
NAME = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
KEY = r"(?:/([^\s\"'`<>?#\\|]{1,1024}))?"
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"s3a?://({NAME}){KEY}",
        rf"https?://({NAME})\.s3[.-][a-z0-9.-]{{0,40}}amazonaws\.com(?:\.cn)?{KEY}",
        rf"https?://s3[.-][a-z0-9.-]{{0,40}}amazonaws\.com(?:\.cn)?/({NAME}){KEY}",
    )
)
BUCKET = re.compile(rf"{NAME}\Z")
LIST = DeclaredRead(
    "s3",
    "ListBuckets",
    ("s3:ListAllMyBuckets",),
    "Where a line names no bucket: the buckets that it may have meant.",
)
GET_POLICY = DeclaredRead(
    "s3",
    "GetBucketPolicy",
    ("s3:GetBucketPolicy",),
    "A bucket whose policy names the caller is likely the one that was meant.",
)


def named(text: str, place: Place) -> str | None:
    """From a URL, an ARN, a bucket's name or `bucket/key`."""
    if text.startswith("arn:"):
        return text if text.split(":")[2:3] == ["s3"] else None
    if "://" in text:
        return next(iter(spotted(text, place)), None)
    return f"arn:{place.partition}:s3:::{text}" if BUCKET.match(text.partition("/")[0]) else None


def spotted(text: str, place: Place) -> Iterable[str]:
    """The buckets and objects whose URLs stand in a text."""
    for form in FORMS:
        for found in form.finditer(text):
            key = (found[2] or "").rstrip(".,;:)]}")
            yield f"arn:{place.partition}:s3:::{found[1]}" + (f"/{key}" if key else "")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListBuckets lists names."""
    return tuple(
        f"arn:{place.partition}:s3:::{item['Name']}" for item in answer.items("Buckets") if item.get("Name")
    )


def _policy(arn: str) -> Read:
    return GET_POLICY.of(Bucket=arn.rpartition(":")[2].partition("/")[0])


KIND = TargetKind(
    stem="bucket",
    services=("s3",),
    prefix="",
    reads=(LIST, GET_POLICY),
    listing=lambda _: (LIST.of(pages=PAGES),),
    arns=arns,
    hints=("BUCKET", "S3"),
    named=named,
    spotted=spotted,
    policy=_policy,
    policy_text=lambda answer: answer.text("Policy"),
)
