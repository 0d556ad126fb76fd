"""Which incident a denial belongs to: caller × action × normalized resource × layer.

Triage makes no AWS call, so the key holds only what the line and its log group tell, and nothing that a second
line of the same cause could tell differently:

- caller: the role or user of the line's principal, without path and session name; where the line names none, the
  log group. Tasks, streams, instances and Lambda versions do not enter. A role that logs to two groups is one
  caller where its lines name it, and two where they do not: nobody could know better before asking AWS.
- action: the IAM action; where the line tells none, the API operation.
- resource: see normalized_resource.py.
- layer: AWS's words for who said no, implicit or explicit: an explicit deny that shows up once an Allow has been
  added is another cause, and gets an alert of its own.

Credentials that expired or do not fit fail every call alike, so there the kind of failure stands for the other
three. Calls of one request id within a batch are joined before (sightings.py): the fullest line tells the key.
"""

import hashlib
from functools import lru_cache

from why403.denials.denial import Denial, DenyKind, Verdict
from why403.iam.arn import SEGMENTS
from why403.iam.principal import PrincipalKind, parse_principal
from why403.incidents.normalized_resource import normalized_resource

LENGTH = 32
"""Hexadecimal digits of a fingerprint."""
REMEMBERED = 2048
"""Causes: as many as templates are kept (denials/varying.py)."""
ASSUMED = ":assumed-role/"
OBJECT = "arn:aws:s3:::"
NO_BUCKET = ("accesspoint/", "job/", "storage-lens/")
"""What else of S3 has a slash (resource_rules.json)."""


def fingerprint(
    denial: Denial, *, log_group: str, account: str = "", region: str = "", expected: bool = False
) -> str:
    """The incident's key, 32 hexadecimal digits. `account` is the log group's owner.

    `region`, where the line came to a central log group: each source of one cause is an incident of its own.

    `expected`: the settings expect this line; lines of the same cause that they do not expect are another incident.
    """
    parts = (caller(denial, log_group=log_group, account=account), *_cause(denial))
    if region:
        parts = (*parts, f"from {account} {region}")
    if expected:
        parts = (*parts, "expected")
    return _digest(parts)


@lru_cache(REMEMBERED)
def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:LENGTH]


def caller(denial: Denial, *, log_group: str, account: str = "") -> str:
    """Who called, as far as the line tells; else where it was logged."""
    named = _named(_without_session(denial.principal)) if denial.principal else ""
    return named or f"log-group:{account}:{log_group}"


def _without_session(principal: str) -> str:
    """A role's session differs from task to task: without it, its name is read once."""
    at = principal.find(ASSUMED)
    is_resource = at > 0 and principal.count(":", 0, at) == SEGMENTS - 2
    end = principal.find("/", at + len(ASSUMED)) if is_resource else -1
    return principal[:end] if end > 0 else principal


@lru_cache(REMEMBERED)
def _named(text: str) -> str:
    """The caller that a principal names; empty where it names none that stays the same."""
    principal = parse_principal(text)
    match principal.kind:
        case PrincipalKind.ROLE | PrincipalKind.ASSUMED_ROLE:
            return f"role:{principal.account}:{principal.name}"
        case PrincipalKind.USER | PrincipalKind.FEDERATED_USER | PrincipalKind.ROOT:
            return f"{principal.kind}:{principal.account}:{principal.name}"
        case PrincipalKind.SERVICE:
            return f"service:{principal.arn}"
        case PrincipalKind.ANONYMOUS | PrincipalKind.FEDERATED | PrincipalKind.UNKNOWN:
            return ""


def _cause(denial: Denial) -> tuple[str, ...]:
    if denial.verdict is Verdict.CREDENTIALS:
        return (denial.verdict, denial.kind)
    action = denial.action or f"{denial.service or ''}:{denial.operation or ''}"
    resource = denial.resource or denial.resource_name or ""
    layer = denial.deny_kind or DenyKind.UNKNOWN
    return (
        denial.verdict,
        denial.kind,
        action.casefold(),
        normalized_resource(_without_object(resource), denial.service or ""),
        layer,
    )


def _without_object(resource: str) -> str:
    """An object's key differs from call to call: without it, its bucket is normalized once. A line's end is no part of an ARN."""
    end = resource.find("/") if resource.startswith(OBJECT) else -1
    if end < 0 or resource.startswith(NO_BUCKET, len(OBJECT)) or "\n" in resource:
        return resource
    return f"{resource[:end]}/*"
