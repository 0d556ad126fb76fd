"""All policies that have a say over one request."""

from dataclasses import dataclass

from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.services.reading import BucketSettings, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """None for a layer means that it does not apply; an empty tuple that it applies and holds nothing.

    `resource` is the target's policy: a key policy for KMS, the trust policy for sts:AssumeRole*. None there: it
    has none. A layer in `unread` exists, or may exist, and could not be read (whole or in part): it is unknown,
    though an explicit deny among what could be read still stands.
    """

    identity: tuple[Policy, ...] | None = None
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    scp: tuple[tuple[Policy, ...], ...] | None = None
    """One tuple a level, root first."""
    rcp: tuple[tuple[Policy, ...], ...] | None = None
    resource: Policy | None = None
    vpc_endpoint: tuple[Policy, ...] | None = None
    grants: tuple[Grant, ...] = ()
    bucket: BucketSettings | None = None
    unread: frozenset[Layer] = frozenset()
    nothing_denies: bool = False
    """AWS itself said that no policy denies explicitly: a Deny in doubt does not apply."""
