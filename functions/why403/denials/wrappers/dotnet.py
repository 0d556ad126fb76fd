"""AWS SDK for .NET: `Amazon.S3.AmazonS3Exception: Access Denied`, client frames, `Error Code`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of

FRAME = re.compile(
    r"\bAmazon\.(?P<service>\w{2,40})\.Amazon\w{2,60}Client\.(?P<method>[A-Z]\w{2,60}?)(?:Async)?\("
)
"""A client's frame: the namespace is the service, the method the operation, with or without `Async`."""
CLASS = re.compile(r"\bAmazon\.(?P<service>[A-Z]\w{1,40})\.(?:Model\.)?(?P<name>[A-Z]\w{2,60})Exception\b")
"""Exceptions stand in the service's namespace or in its `Model`."""
NAMESPACE = re.compile(r"\bAmazon\.(?P<service>[A-Z]\w{1,40})\.(?:Internal|Model)\.")
"""Frames of marshallers name the service where none of the client's is printed."""
SHARED = {"Runtime", "Util", "Internal"}


def read(text: str) -> Iterator[FailedCall]:
    """The operation from client frames, the service from classes."""
    for match in FRAME.finditer(text):
        prefix = prefix_of(match["service"]) or ""
        if actions_of(prefix, match["method"]):
            yield FailedCall.at(match, service=prefix, operation=match["method"])
    for pattern in (CLASS, NAMESPACE):
        for match in pattern.finditer(text):
            if match["service"] not in SHARED:
                yield FailedCall.at(match, service=prefix_of(match["service"]) or "")


WRAPPER = Wrapper(("Amazon.",), read)
