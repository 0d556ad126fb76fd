"""What was read of one resource: its policy, its key, who owns it, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.layer import Layer, Policy
from why403.message import Message
from why403.reads import BlindSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The infrastructure as code that a role or resource belongs to. `tool`: cloudformation, cdk, terraform."""

    tool: str
    stack: str = ""
    """The stack's name, or the Terraform workspace or module that the tags name."""
    logical_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A KMS grant. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""

    id: str
    grantee: str
    operations: tuple[str, ...]
    encryption_context_equals: tuple[tuple[str, str], ...] = ()
    encryption_context_subset: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """What decides on a bucket beside its policy. None: not known."""

    ignore_public_acls: bool | None = None
    restrict_public_buckets: bool | None = None
    acls_disabled: bool | None = None
    """Object Ownership is BucketOwnerEnforced."""
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReading:
    """A resource and the policies on its side. For sts:AssumeRole `policy` is the role's trust policy."""

    arn: str
    service: str
    account: str = ""
    """The owner's account, empty where neither the ARN nor the reads tell."""
    exists: bool | None = None
    policy: Policy | None = None
    """None: it has none, unless RESOURCE (or TRUST) is in `unread`."""
    version: str = ""
    """Which version of the policy it is, where the service tells."""
    rcp: tuple[tuple[Policy, ...], ...] | None = None
    grants: tuple[Grant, ...] = ()
    bucket: BucketSettings | None = None
    key: "TargetReading | None" = None
    """The KMS key that encrypts it, where it has one that could be followed."""
    key_arn: str = ""
    """The key's ARN, id or alias as the resource names it; empty: none, or not known."""
    managed_by_aws: bool = False
    """A KMS key whose policy nobody can edit."""
    tags: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    """ARNs of resources of the same name in another Region, or of a like name in another stage."""
    owner: Owner | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = ()
