"""What a browser may do with a page of ours: nothing but show it.

https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

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
