"""A resource without what differs from call to call: object keys, ids, versions, sessions, times.

The rules are data: resource_rules.json. What names the resource itself stays, be it an id (a KMS key).
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from why403.iam.arn import Arn, parse_arn

LONGEST = 2048
"""An ARN's length in characters; what is longer is cut, since a line may claim anything."""


@lru_cache(1024)
def normalized_resource(resource: str, service: str = "") -> str:
    """The part of an ARN, URL or name that every call of the same cause shares. `service` is its IAM prefix."""
    text = resource[:LONGEST]
    arn = parse_arn(text)
    if arn is None:
        return _kept(service, _without_address(text, service))
    shared = _kept(arn.service, arn.resource)
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, shared))


def _without_address(text: str, service: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    path = rest.partition("?")[0].partition("#")[0]
    host, _, key = path.partition("/")
    if service != "s3" or scheme.startswith("s3"):
        return path
    return key if host.startswith(("s3.", "s3-")) else host.partition(".s3")[0]


def _kept(service: str, name: str) -> str:
    for pattern, replacement in _rules_of(service):
        shorter, times = pattern.subn(replacement, name)
        if times:
            name = shorter
            break
    return name if service in _rules()["whole"] else _anywhere().sub("*", name)


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(Path(__file__).with_name("resource_rules.json").read_text("utf-8"))
    return rules


@cache
def _rules_of(service: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), kept) for pattern, kept in _rules()["kept"].get(service, ()))


@cache
def _anywhere() -> re.Pattern[str]:
    return re.compile("|".join(_rules()["anywhere"]))
