"""S3's server access log, and s3fs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

LINE = re.compile(
    r"(?P<bucket>[a-z0-9\[<*][a-z0-9.\[\]<>*-]{2,80}) \[[^\]]{10,40}\] \S+ (?P<requester>\S+) \S+ "
    r"(?P<verb>(?:REST|WEBSITE|SOAP)\.[A-Z]+\.[A-Z_]+) (?P<key>\S+) (?:\"[^\"]*\"|-) (?P<status>\d{3}) (?P<code>\w+|-)"
)
"""The fields up to the error code, in the order that AWS documents; a request's line is quoted and may hold spaces, a bucket's name
is masked by who shares the line."""
VERBS = {
    "GET.OBJECT": "s3:GetObject", "HEAD.OBJECT": "s3:GetObject", "PUT.OBJECT": "s3:PutObject", "POST.OBJECT": "s3:PutObject",
    "DELETE.OBJECT": "s3:DeleteObject", "COPY.OBJECT": "s3:PutObject", "COPY.OBJECT_GET": "s3:GetObject", "PUT.PART": "s3:PutObject",
    "POST.UPLOADS": "s3:PutObject", "POST.UPLOAD": "s3:PutObject", "GET.BUCKET": "s3:ListBucket", "HEAD.BUCKET": "s3:ListBucket",
    "GET.ACL": "s3:GetObjectAcl", "GET.BUCKETPOLICY": "s3:GetBucketPolicy", "PUT.BUCKETPOLICY": "s3:PutBucketPolicy",
    "GET.LOCATION": "s3:GetBucketLocation", "GET.VERSIONING": "s3:GetBucketVersioning",
}  # fmt: skip


def read(text: str) -> Iterator[FailedCall]:
    """Every request that was refused."""
    for match in LINE.finditer(text):
        action = VERBS.get(match["verb"].partition(".")[2], "")
        whole_bucket = match["key"] == "-" or action == "s3:ListBucket"
        yield FailedCall.at(
            match,
            service="s3",
            action=action,
            code=match["code"],
            status=match["status"],
            resource=f"arn:aws:s3:::{match['bucket']}"
            if whole_bucket
            else f"arn:aws:s3:::{match['bucket']}/{match['key']}",
            principal=match["requester"] if match["requester"].startswith("arn:") else "",
        )


WRAPPER = Wrapper((" REST.", " WEBSITE."), read)
