"""AWS SDK for C++: `Encountered AWSError 'AccessDenied': ..`, `Exception name: AccessDenied`, `HTTP response code: 403`."""

import re
from collections.abc import Iterator

from why403.denials.call import Call, Wrapper

ERROR = re.compile(r"(?:Encountered AWSError '|Exception name: )(?P<code>[A-Z][\w.]{3,60})")
STATUS = re.compile(r"HTTP response code: (?P<status>\d{3})")


def read(text: str) -> Iterator[Call]:
    """The code, or at least the status."""
    for pattern in (ERROR, STATUS):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            yield Call(
                start=match.start(),
                end=match.end(),
                code=groups.get("code", ""),
                status=groups.get("status", ""),
            )


WRAPPER = Wrapper(("AWSError", "Exception name: ", "HTTP response code: "), read)
