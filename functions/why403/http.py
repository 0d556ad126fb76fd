"""Door 2, the only HTTP that leaves us. One request: no redirect is followed, nothing is tried twice, the answer is read whole up to a bound."""

import json
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

import urllib3

from why403.delivery.doors import Answered
from why403.errors import DeliveryRefusedError, DeliveryRetryableError

CONNECT, READ = 3.0, 10.0
"""Seconds."""
ANSWER = 1_000_000
"""Bytes of an answer that are read. Slack echoes the message: at most 40,000 characters of text and 13,200 of blocks,
each in up to twelve bytes (two \\uXXXX), and what it adds to them."""
TIMED_OUT, TOO_MANY = 408, 429
"""Statuses below 500 that say: later."""
FINE, REDIRECTS = range(200, 300), range(300, 400)
SERVERS_FAULT = 500
"""From here on the server may have done the work and failed behind it: the message may have arrived."""
NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.ProxyError,
)
"""There was no connection, so there is nothing that could have arrived."""


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False, maxsize=4, num_pools=4)


def put(url: str, body: Mapping[str, str]) -> Answered:
    """The same with PUT, for CloudFormation: its signed URL takes JSON without a content type."""
    return _send("PUT", url, json.dumps(body).encode(), {"Content-Type": ""})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    """The answer with status 2xx, or 4xx that the caller understands.

    DeliveryRetryableError where nobody answered, for 408, 429 (with what Retry-After asks) and 5xx, and for a web page
    in the receiver's place, as a proxy shows with status 200: none of ours answers with one;
    DeliveryRefusedError for a redirect. The URL's path may be a secret and is in no message.
    """
    return _send("POST", url, body, headers)


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    host = urlsplit(url).hostname
    try:
        answer = _pool().request(
            method,
            url,
            body=body,
            headers=dict(headers),
            timeout=urllib3.Timeout(connect=CONNECT, read=READ),
            redirect=False,
            preload_content=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise DeliveryRetryableError(
            f"{host} did not answer ({type(error).__name__}).",
            may_have_arrived=not isinstance(error, NEVER_SENT),
        ) from None
    status, retry_after = answer.status, _seconds(answer.headers.get("Retry-After"))
    text = _text(answer)
    if status in {TOO_MANY, TIMED_OUT} or status >= SERVERS_FAULT:
        raise DeliveryRetryableError(
            f"{host} answered {status}.", retry_after, may_have_arrived=status >= SERVERS_FAULT
        )
    if status in REDIRECTS:
        raise DeliveryRefusedError(
            f"{host} answered {status}, a redirect: none is followed. Correct the address."
        )
    if status in FINE and text.lstrip().startswith("<"):
        raise DeliveryRetryableError(
            f"{host} answered {status} with a web page: something stands between, such as a proxy.",
            may_have_arrived=True,
        )
    return Answered(status, text, retry_after)


def _text(answer: urllib3.BaseHTTPResponse) -> str:
    """The body. What the status says stands, even where the body does not come: it is not asked for again."""
    try:
        return answer.read(ANSWER).decode("utf-8", "replace")
    except urllib3.exceptions.HTTPError:
        return ""
    finally:
        answer.close()
        answer.release_conn()


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds; None where there is none, or it is a date."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
