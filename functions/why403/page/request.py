"""What a browser asked of the fix page, what it is answered, and what it may do with the answer: nothing but show it.

A function URL's event and response: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup

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
    context = event.get("requestContext") or {}
    http = context.get("http") or {}
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


TEMPLATES = Path(__file__).parent / "templates"


def page_headers() -> dict[str, str]:
    """The headers that every page goes out with, whatever its status."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{content_policy()}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
        "Strict-Transport-Security": "max-age=31536000",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


@cache
def content_policy() -> str:
    """Nothing but our own style and script, by their hashes.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
    """
    return (
        f"default-src 'none'; style-src '{_hash('page.css')}'; script-src '{_hash('page.js')}'; "
        "form-action 'self'; base-uri 'none'"
    )


def _hash(name: str) -> str:
    digest = hashlib.sha256(own_text(name).encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def own_text(name: str) -> Markup:
    """A file of ours beside the templates, to be put into the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file
