"""AWS SDK for C++ and Arrow on top of it: `Encountered AWSError 'AccessDenied': ..`, `Exception name: AccessDenied`, `HTTP response code: 403`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.s3_paths import object_arn

ERROR = re.compile(r"(?:Encountered AWSError '|Exception name: )(?P<code>[A-Z][\w.]{3,60})")
"""The SDK's own log line and its exception's text; both print AWS's code next."""
STATUS = re.compile(r"HTTP response code: (?P<status>\d{3})")
"""The SDK prints it even where it could not parse a code."""
ARROW = re.compile(
    r"(?:for key '(?P<key>[^']{1,1024})' in bucket '(?P<bucket>[\w.-]{3,63})'[^\n]{0,40}?)?"
    r"AWS Error (?P<code>[A-Z_]{3,60})(?: \(HTTP status (?P<status>\d{3})\))? during (?P<operation>[A-Z]\w{2,60}) operation"
)
"""Arrow writes codes in capitals (`ACCESS_DENIED`) and says key and bucket only where it knows them."""


def read(text: str) -> Iterator[FailedCall]:
    """The code, or at least the status."""
    for pattern in (ERROR, STATUS):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            yield FailedCall.at(match, code=groups.get("code", ""), status=groups.get("status", ""))


def read_arrow(text: str) -> Iterator[FailedCall]:
    """`When reading information for key 'a' in bucket 'b': AWS Error ACCESS_DENIED during HeadObject operation`."""
    for match in ARROW.finditer(text):
        bucket, key = match["bucket"], match["key"]
        refused = match["code"] == "ACCESS_DENIED" or match["status"] == "403"
        yield FailedCall.at(
            match,
            service="s3",
            operation=match["operation"],
            code="AccessDenied" if refused else match["code"],
            status=match["status"] or "",
            resource=object_arn(bucket, key) if bucket else "",
        )


ARROW_WRAPPER = Wrapper(("AWS Error ",), read_arrow)
WRAPPER = Wrapper(("AWSError", "Exception name: ", "HTTP response code: "), read)
