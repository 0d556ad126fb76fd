"""The policy layers that can say no, what each can say, and a policy as it was read.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Layer(StrEnum):
    """IAM's own layers. TRUST is a role's trust policy, for sts:AssumeRole*; GRANT a KMS grant."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    VPC_ENDPOINT = "vpc-endpoint"
    TRUST = "trust"
    GRANT = "grant"


class Effect(StrEnum):
    """What one layer says to a request."""

    ALLOW = "allow"
    IMPLICIT_DENY = "implicit-deny"
    EXPLICIT_DENY = "explicit-deny"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Policy(NamedTuple):
    """`document` is the parsed JSON, or the text as it stood where it is no JSON.

    `name` is what people call it: an inline policy's name, a managed policy's name, `queue policy`. `arn` is the
    managed policy's or the SCP's ARN, empty for the others.
    """

    name: str
    document: Mapping[str, Any] | str
    arn: str = ""
