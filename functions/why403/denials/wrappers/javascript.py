"""AWS SDK for JavaScript v2 and v3: error objects as printed, as JSON, and their stack traces."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

COMMAND = re.compile(
    r"\b(?:deserializeAws_(?:query|json1_[01]|rest[XJ]\w{2,5}?1?|ec2)|de_)(?P<operation>[A-Z][A-Za-z0-9]{2,80}?)Command(?:Error)?\b"
)
"""v3 names a deserializer after protocol and operation: `de_GetObjectCommand`, older ones `deserializeAws_restXmlGetObjectCommand`."""
CLIENT = re.compile(
    r"(?:(?<!/)|node_modules/)@aws-sdk[/+\\]client-(?P<v3>[a-z0-9-]{2,40})|aws-sdk/(?:lib/services|clients)/(?P<v2>[a-z0-9]{2,30})(?:\.js)?\b"
)
"""Packages of v3 and files of v2; a path of somebody's own that only contains `@aws-sdk/` is not a package."""
CODE = re.compile(
    r"(?:(?:\b(?:[Cc]ode|name|errorType|__type)['\"]?: ?|:(?:[Cc]ode|name|type) |\$ Code ?: chr |\b(?:typeName|[Cc]ode): Optional\()['\"]"
    r"|(?<![\w{,|#\"'])[Cc]ode=['\"]?)(?:[\w.]+#)?(?P<code>[A-Z][A-Za-z.]{5,60})(?:['\"]|(?= |$))"
)
"""An error's own keys in each notation, logfmt's, Clojure's, R's and Swift's too, but no metric's label; a namespace before the code goes
(`com.amazonaws.s3#AccessDenied`)."""


def read(text: str) -> Iterator[FailedCall]:
    """Operations from deserializers, services from package paths, codes from error objects."""
    for match in COMMAND.finditer(text):
        yield FailedCall.at(match, operation=match["operation"])
    for match in CLIENT.finditer(text):
        prefix = prefix_of(match["v3"] or match["v2"])
        if prefix:
            yield FailedCall.at(match, service=prefix)


def read_codes(text: str) -> Iterator[FailedCall]:
    """`code: 'AccessDenied'`, `"name":"AccessDenied"`, `"__type":"..#AccessDeniedException"`."""
    for match in CODE.finditer(text):
        yield FailedCall.at(match, code=match["code"])


WRAPPER = Wrapper(("Command", "aws-sdk"), read)
CODES = Wrapper(
    (
        *("ode=", ":code ", ":name ", ":type ", ': chr "', ':Code "', 'Name: Optional("'),
        *(key + mark for key in ("ode", "name", "errorType", "__type") for mark in (":", "':", '":')),
    ),
    read_codes,
)
