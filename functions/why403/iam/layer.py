"""The policy layers that can say no, and what each can say.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from enum import StrEnum


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
