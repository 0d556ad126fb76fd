"""s3fs-fuse: `curl.cpp:CheckBucket(3104): Check bucket failed`, with the URL on a line of its own."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

STEP = re.compile(
    r"\b(?P<step>CheckBucket|HeadRequest|GetObjectRequest|PutRequest|PutHeadRequest|DeleteRequest|ListBucketRequest)\b"
)
"""s3fs prints its functions' names, which tell the call; no operation is printed."""
ACTIONS = {
    "CheckBucket": "s3:ListBucket", "ListBucketRequest": "s3:ListBucket", "HeadRequest": "s3:GetObject",
    "GetObjectRequest": "s3:GetObject", "PutRequest": "s3:PutObject", "PutHeadRequest": "s3:PutObject", "DeleteRequest": "s3:DeleteObject",
}  # fmt: skip


def read(text: str) -> Iterator[FailedCall]:
    """The step that failed."""
    step = STEP.search(text)
    if step:
        yield FailedCall.at(step, service="s3", action=ACTIONS[step["step"]])


WRAPPER = Wrapper(("curl.cpp", "s3fs"), read)
