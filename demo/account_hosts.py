"""AWS's wildcard DNS for an embedded account: S3 Control is called at `123456789012.` before the endpoint's host.

https://docs.aws.amazon.com/general/latest/gr/s3.html
"""

import re
import socket
from typing import Any

_ACCOUNT_HOST = re.compile(r"[0-9]{12}\.(?=127\.0\.0\.1$|localhost$)")
"""An account's own host name under an endpoint on this machine; every other name is left to the real resolver."""
_real = socket.getaddrinfo


def resolve_account_hosts() -> None:
    """In this process, let an account's host name lead to the endpoint that stands behind it."""
    socket.getaddrinfo = _resolve


def _resolve(host: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # as the socket module has it
    return _real(_ACCOUNT_HOST.sub("", host) if isinstance(host, str) else host, *given, **named)
