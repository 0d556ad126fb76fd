"""What a channel's secret holds, and which addresses it may name: the vendor's by https, and those that settings allow."""

import json
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from why403.delivery.doors import Secret
from why403.errors import SettingsError

PLAIN = ""
"""The field under which a text stands that is no JSON object."""
JSON = "application/json; charset=utf-8"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HTTPS = 443
"""The default port, which a URL may spell out; another is another server's."""


def as_json(message: object) -> bytes:
    """A request's body; half a surrogate pair becomes a question mark."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")


def contents(text: str, name: str, secret: Secret) -> Mapping[str, str]:
    """The fields of the secret called `name`: a JSON object's, or PLAIN → the text.

    SettingsError, without the secret, where it is empty or broken JSON.
    """
    text = text.strip()
    if not text:
        raise SettingsError(
            f"The secret {name} is empty. Put {secret.holds} in: "
            f"aws secretsmanager put-secret-value --secret-id {name} --secret-string {secret.example}"
        )
    try:
        told = json.loads(text) if text.startswith("{") else {PLAIN: text}
    except ValueError:
        raise SettingsError(f"The secret {name} looks like JSON and is none. Put it in again.") from None
    return {str(field): str(value) for field, value in told.items()}


def checked(url: str, name: str, hosts: Collection[str], allowed: Collection[str]) -> str:
    """The URL, where it is https and one of `hosts` (globs); else SettingsError, which does not show it.

    A host of `allowed`, named with its port, is fine as well, by http only on this machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"The secret {name} holds no URL that can be used. Put it in again.") from None
    plain = (
        "@" not in parts.netloc and "\\" not in url and url.isascii() and url.isprintable() and " " not in url
    )
    host = parts.hostname or ""
    if (
        plain
        and parts.scheme == "https"
        and port in {None, HTTPS}
        and any(fnmatchcase(host, one) for one in hosts)
    ):
        return url
    if plain and parts.netloc in allowed and _may_be_plain(parts):
        return url
    raise SettingsError(
        f"The secret {name} must hold an https URL of {', '.join(sorted(hosts))}, or of a host that the setting "
        "webhook_hosts names. Put the webhook's URL in again."
    )


def _may_be_plain(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
