"""AWS SDK for PHP, Guzzle below it, and AsyncAws.

`Error executing "PutObject" on "https://.."; AWS HTTP error: Client error: ..`; `HTTP 403 returned for "https://..".`
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.endpoints import read_url
from why403.iam.reference import prefix_of

EXECUTING = re.compile(
    r"Error executing \"(?P<operation>\w{2,80})\" on \"(?P<url>[^\"\s]{1,2000})\"(?:; )?(?:AWS HTTP error: (?:.{0,2400}?resulted in a `?(?P<status>\d{3}))?)?"
)
"""Guzzle's message stands between operation and status, and repeats the body: up to 2,400 characters."""
ASYNC = re.compile(r"HTTP (?P<status>\d{3}) returned for \"(?P<url>[^\"\s]{1,2000})\"")
"""AsyncAws prints status and URL only; the URL tells the service."""
GUZZLE = re.compile(
    r"(?:Client|Server) error: `?(?P<method>[A-Z]{3,7}) (?P<url>https?://[^`\s]{1,2000})`? resulted in an? `?(?P<status>\d{3})"
)
"""Backticks from version 6 on, none before; without the SDK's own words method and URL are all."""
CODE = re.compile(r"\b(?P<code>[A-Z]\w{4,60}) \(client\): ")
"""The SDK marks whose fault it was: `(client)` is a 4xx."""
CLASS = re.compile(r"Aws\\+(?P<service>[A-Z]\w{1,40})\\+Exception\\+")
"""Backslashes are doubled where the trace was written as JSON."""


def read(text: str) -> Iterator[FailedCall]:
    """Every failed call: operation and URL, else method and URL."""
    seen = 0
    for match in EXECUTING.finditer(text):
        yield _call(match, operation=match["operation"])
        seen = match.end()
    for pattern in (ASYNC, GUZZLE):
        for match in pattern.finditer(text, seen):
            yield _call(match, operation="")


def read_class(text: str) -> Iterator[FailedCall]:
    """The service from the exception's class, the code from `AccessDenied (client): `."""
    for match in CLASS.finditer(text):
        yield FailedCall.at(match, service=prefix_of(match["service"]) or "")
    for match in CODE.finditer(text):
        yield FailedCall.at(match, code=match["code"])


def _call(match: re.Match[str], operation: str) -> FailedCall:
    endpoint = read_url(match["url"])
    return FailedCall.at(
        match,
        operation=operation,
        service=endpoint.service if endpoint else "",
        resource=endpoint.resource if endpoint else "",
        name=endpoint.name if endpoint else "",
        status=match["status"] or "",
    )


WRAPPER = Wrapper(("Error executing", "returned for", "resulted in a"), read)
CLASSES = Wrapper(("Aws\\", "(client): "), read_class)
