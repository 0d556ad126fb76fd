"""What a log line says about a denial."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What kind of line it is."""

    MISSING_PERMISSION = "missing-permission"
    CREDENTIALS = "credentials"
    AWS_403_NOT_IAM = "aws-403-not-iam"
    NOT_AWS = "not-aws"
    NOT_A_DENIAL = "not-a-denial"


class DenyKind(StrEnum):
    """Which layer said no, and how, in AWS's own words."""

    IMPLICIT_IDENTITY = "implicit-identity"
    IMPLICIT_RESOURCE = "implicit-resource"
    IMPLICIT_BOUNDARY = "implicit-boundary"
    IMPLICIT_SESSION = "implicit-session"
    IMPLICIT_VPCE = "implicit-vpce"
    IMPLICIT_SCP = "implicit-scp"
    IMPLICIT_RCP = "implicit-rcp"
    IMPLICIT_TRUST = "implicit-trust"
    EXPLICIT_IDENTITY = "explicit-identity"
    EXPLICIT_RESOURCE = "explicit-resource"
    EXPLICIT_BOUNDARY = "explicit-boundary"
    EXPLICIT_SESSION = "explicit-session"
    EXPLICIT_VPCE = "explicit-vpce"
    EXPLICIT_SCP = "explicit-scp"
    EXPLICIT_RCP = "explicit-rcp"
    EXPLICIT_TRUST = "explicit-trust"
    EXPLICIT_UNKNOWN = "explicit-unknown"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """Which playbook fits a 403 that no missing permission explains; NONE for the other verdicts."""

    NONE = ""
    # credentials
    EXPIRED_TOKEN = "expired-token"  # noqa: S105  # a kind of failure
    WRONG_SIGNATURE = "wrong-signature"
    CLOCK_SKEW = "clock-skew"
    UNKNOWN_KEY = "unknown-key"
    NO_CREDENTIALS = "no-credentials"
    ANONYMOUS = "anonymous"
    PRESIGNED_URL_EXPIRED = "presigned-url-expired"
    OTHER_CREDENTIALS = "other-credentials"
    # aws-403-not-iam
    CLOUDFRONT_ORIGIN_ACCESS = "cloudfront-origin-access"
    CLOUDFRONT_ALTERNATE_NAME = "cloudfront-alternate-name"
    CLOUDFRONT_GEO = "cloudfront-geo"
    CLOUDFRONT_SIGNED_URL = "cloudfront-signed-url"
    CLOUDFRONT_OTHER = "cloudfront-other"
    WAF = "waf"
    BLOCK_PUBLIC_ACCESS = "block-public-access"
    ACL_DISABLED = "acl-disabled"
    CORS = "cors"
    LAKE_FORMATION = "lake-formation"
    SERVICE_NOT_ENABLED = "service-not-enabled"
    THROTTLED = "throttled"
    API_ROUTE_MISSING = "api-route-missing"
    API_AUTHORIZER = "api-authorizer"
    ACCOUNT_PROBLEM = "account-problem"
    OTHER_AWS = "other-aws"
    FLOOD = "flood"
    """No line's own kind: more new causes in an hour than are told one by one (incidents/flood.py)."""
    UNREAD = "unread"
    """No line's own kind: a newer version read the line, in a way that this one does not know (docs/upgrade.md)."""
    UNREAD_LINE = "unread-line"
    """The same: a line that took more than its budget (incidents/line_budget.py)."""
    # not-aws, worth a word
    RDS_LOGIN = "rds-login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """None in a field means that the line does not tell it."""

    verdict: Verdict
    service: str | None = None
    """The IAM prefix: `sqs`."""
    operation: str | None = None
    """The API operation: `SendMessageBatch`."""
    action: str | None = None
    """The IAM action denied, or most likely denied: `sqs:SendMessage`."""
    actions: tuple[str, ...] = ()
    """All IAM actions that the operation needs, `action` first; empty where `action` is None."""
    resource: str | None = None
    """An ARN."""
    principal: str | None = None
    """The caller's ARN."""
    deny_kind: DenyKind | None = None
    """None for verdicts other than missing-permission."""
    policy_arn: str | None = None
    authorization_id: str | None = None
    kind: Kind = Kind.NONE
    region: str | None = None
    account: str | None = None
    """The account that the line shows, of the resource or else of the principal."""
    resource_name: str | None = None
    """A name, id or URL of the resource where the line has no whole ARN: a bucket, a queue URL, a table."""
    via_service: str | None = None
    """The IAM prefix of the service through which the call was made: `s3` for a KMS denial of PutObject."""
    encoded_message: str | None = None
    """For sts:DecodeAuthorizationMessage."""
    request_id: str | None = None
    level: str | None = None
    """The line's own level, upper case: `ERROR`."""
    handled: bool = False
    """The line says that the application went on without it."""
    excerpt: str = ""
    """The part of the line that told it, at most 2,000 characters, not redacted."""
