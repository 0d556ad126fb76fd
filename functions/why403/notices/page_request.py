"""What a browser asked of the fix page, and what it is answered: a function URL's event and response.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from why403.notices.page_policy import page_headers

LONGEST_FORM = 8_192
"""Characters of a form's body; ours hold a reason, a name and a date."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`query` is the raw text after the `?`; `form` is None where the body is no form of ours."""

    method: str
    path: str
    query: str
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PageResponse:
    """`headers` go out beside those that every page has."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def for_url(self) -> dict[str, Any]:
        """As a function URL takes it."""
        return {"statusCode": self.status, "headers": {**page_headers(), **self.headers}, "body": self.body}


def parse_request(event: Mapping[str, Any]) -> PageRequest:
    """The request in a function URL's event. Never raises: what is missing is empty."""
    http = event.get("requestContext", {}).get("http", {})
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return PageRequest(
        method=str(http.get("method", "GET")).upper(),
        path=str(event.get("rawPath") or "/"),
        query=str(event.get("rawQueryString") or ""),
        form=_form(event, headers.get("content-type", "")),
    )


def _form(event: Mapping[str, Any], content_type: str) -> Mapping[str, str] | None:
    body = str(event.get("body") or "")
    if content_type.partition(";")[0].strip().lower() != FORM or len(body) > LONGEST_FORM:
        return None
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body
        text.encode()  # half a surrogate could be stored nowhere
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=10, errors="strict"))
    except (binascii.Error, ValueError):
        return None
