"""Hadoop's S3A: `java.nio.file.AccessDeniedException: s3a://bucket/key: getFileStatus on s3a://bucket/key: ..`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.endpoints import read_url
from why403.denials.s3_paths import PATH, bucket_arn, path_arn

S3A = "hadoop.fs.s3a."
VERBS = {
    "getFileStatus": "s3:GetObject", "open": "s3:GetObject", "reopen": "s3:GetObject", "read": "s3:GetObject",
    "HEAD": "s3:GetObject", "get": "s3:GetObject", "list": "s3:ListBucket", "LIST": "s3:ListBucket",
    "listStatus": "s3:ListBucket", "getS3Region": "s3:ListBucket", "doesBucketExist": "s3:ListBucket",
    "bucket": "s3:ListBucket", "getBucketLocation": "s3:GetBucketLocation", "mkdirs": "s3:PutObject", "innerMkdirs": "s3:PutObject", "PUT": "s3:PutObject",
    "Writing": "s3:PutObject", "initiate": "s3:PutObject", "upload": "s3:PutObject", "Completing": "s3:PutObject",
    "copyFile": "s3:PutObject", "rename": "s3:PutObject", "create": "s3:PutObject", "delete": "s3:DeleteObject",
    "Remove": "s3:DeleteObject", "deleteObjects": "s3:DeleteObject",
}  # fmt: skip
VERB = re.compile(
    r"(?<![\w/])(?P<verb>"
    + "|".join(VERBS)
    + r")\b(?P<rest> S3Guard)?(?=[^:]{0,80}? on | \.\.\.| s3a?://|: )"
)
"""Only as Hadoop prints it, before ` on `, a path or a colon: `open` and `list` are words of any sentence."""
BUCKET_VERB = re.compile(
    r"\b(?P<verb>getS3Region|doesBucketExist|getBucketMetadata)(?:\(\))?(?: on)? (?P<bucket>[a-z0-9][a-z0-9.-]{1,62})"
)
"""Calls of a bucket as a whole, which print its bare name and no path."""
REQUEST = re.compile(
    r"request: (?P<method>[A-Z]{3,6}) (?P<url>https://[^\s/]{3,255}) (?P<path>\S{1,1024}) \{"
)
"""Databricks prints method, endpoint and path apart."""
EMRFS = re.compile(r"Jets3tNativeFileSystemStore\.(?P<method>[a-zA-Z]{3,40})\(")
"""EMR's and Glue's own frame of the store, which names no path."""
OF_STORE = {
    "list": "s3:ListBucket",
    "retrieve": "s3:GetObject",
    "retrieveMetadata": "s3:GetObject",
    "storeFile": "s3:PutObject",
    "storeEmptyFile": "s3:PutObject",
    "delete": "s3:DeleteObject",
}
"""Its methods that make one call of S3."""
METHODS = {"HEAD": "s3:GetObject", "GET": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}
"""Of an object."""


def read(text: str) -> Iterator[FailedCall]:
    """The verb gives the action, the path the resource: a bucket's for listing, else an object's."""
    bucket = BUCKET_VERB.search(text)
    if bucket:
        yield FailedCall.at(
            bucket, service="s3", action="s3:ListBucket", resource=bucket_arn(bucket["bucket"].rstrip(".:"))
        )
        return
    request = REQUEST.search(text)
    endpoint = read_url(f"{request['url']}/{request['path']}") if request else None
    if request and endpoint:
        action = METHODS.get(request["method"], "") if endpoint.key else ""
        yield FailedCall.at(request, service="s3", action=action, resource=endpoint.resource)
        return
    path = PATH.search(text)
    if path is None:
        verb = VERB.search(text) if "AccessDeniedException: " in text or S3A in text else None
        if verb:
            yield FailedCall.at(verb, service="s3", action=VERBS[verb["verb"]])
        return
    verb = VERB.search(text, path.end())
    action = VERBS[verb["verb"]] if verb else ""
    of_bucket, of_object = path_arn(path)
    resource = of_bucket if action in {"s3:ListBucket", "s3:GetBucketLocation"} else of_object or of_bucket
    yield FailedCall.at(path, service="s3", action=action, resource=resource)


def read_store(text: str) -> Iterator[FailedCall]:
    """The action of EMRFS's frame."""
    for match in EMRFS.finditer(text):
        if match["method"] in OF_STORE:
            yield FailedCall.at(match, service="s3", action=OF_STORE[match["method"]])


STORE_WRAPPER = Wrapper(("Jets3tNativeFileSystemStore.",), read_store)
WRAPPER = Wrapper(
    (
        "request: ",
        "s3a://",
        S3A,
        "s3n://",
        "AccessDeniedException: s3://",
        " Object on ",
        "getS3Region",
        "doesBucketExist",
        "getBucketMetadata",
    ),
    read,
)
