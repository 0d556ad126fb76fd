"""The closed table of reasons that a layer's finding can have, each with the effect that it stands for.

The ids are worded in notices/words; the engine takes a finding's effect from here and never from the words.
"""

from enum import StrEnum

from why403.iam.layer import Effect


class Reason(StrEnum):
    """Why a layer says what it says."""

    ALLOWED = "decisions.allowed"
    NAMED_DIRECTLY = "decisions.named-directly"
    """A resource-based policy that needs no identity-based policy beside it."""
    DELEGATES = "decisions.delegates"
    """It allows the account, so that the account's own policies decide."""
    EXPLICIT_DENY = "decisions.explicit-deny"
    NO_POLICY = "decisions.no-policy"
    NO_RESOURCE_POLICY = "decisions.no-resource-policy"
    NO_STATEMENT = "decisions.no-statement"
    OTHER_ACTION = "decisions.other-action"
    OTHER_RESOURCE = "decisions.other-resource"
    OTHER_PRINCIPAL = "decisions.other-principal"
    CONDITION_NOT_MET = "decisions.condition-not-met"
    CONDITION_NEVER_MET = "decisions.condition-never-met"
    """It hangs on a key that this caller's call never carries."""
    LITERAL_WILDCARD = "decisions.literal-wildcard"
    """A `*` under StringEquals, which is no wildcard there."""
    VARIABLE_WITHOUT_VERSION = "decisions.variable-without-version"
    """A policy variable in a document whose Version knows none."""
    VARIABLE_WITHOUT_VALUE = "decisions.variable-without-value"
    LEVEL_ALLOWS_NOTHING = "decisions.level-allows-nothing"
    DELEGATES_ONLY = "decisions.delegates-only"
    """It names the caller's own account, which grants nobody anything by itself."""
    RESERVED_BY_AWS = "decisions.reserved-by-aws"
    ROOT_CANNOT_ASSUME = "decisions.root-cannot-assume"
    BEYOND_CREDENTIALS = "decisions.beyond-credentials"
    """Temporary credentials of this kind can never make the call, whatever the policies say."""
    NO_SESSION_POLICY = "decisions.no-session-policy"
    """A federated user's session that was made without a policy has no rights of its own."""
    PUBLIC_ACCESS_BLOCKED = "decisions.public-access-blocked"
    MALFORMED_POLICY = "decisions.malformed-policy"
    MALFORMED_STATEMENT = "decisions.malformed-statement"
    UNREAD = "decisions.unread"
    CONDITION_UNKNOWN = "decisions.condition-unknown"
    SET_OPERATOR_MISSING = "decisions.set-operator-missing"
    """A key of several values under an operator that does not say how to take them: no page tells what follows."""
    ACL_MAY_ALLOW = "decisions.acl-may-allow"
    RCP_FULL_ACCESS = "decisions.rcp-full-access"
    SERVICE_LINKED_ROLE = "decisions.service-linked-role"
    SERVICE_WITHOUT_RCP = "decisions.service-without-rcp"
    ROOT_USER = "decisions.root-user"
    NOT_AN_IDENTITY = "decisions.not-an-identity"
    """A service or an anonymous caller has no policies of its own."""
    ALWAYS_ALLOWED = "decisions.always-allowed"
    GRANT_ALLOWS = "decisions.grant-allows"
    GRANT_MAY_ALLOW = "decisions.grant-may-allow"
    """It is for an encryption context, and nobody knows the call's."""
    NO_GRANT = "decisions.no-grant"

    @property
    def effect(self) -> Effect:
        """What a layer with this reason says."""
        return _EFFECTS[self]


_EFFECTS: dict[Reason, Effect] = {
    Reason.ALLOWED: Effect.ALLOW,
    Reason.NAMED_DIRECTLY: Effect.ALLOW,
    Reason.DELEGATES: Effect.ALLOW,
    Reason.RCP_FULL_ACCESS: Effect.ALLOW,
    Reason.ALWAYS_ALLOWED: Effect.ALLOW,
    Reason.GRANT_ALLOWS: Effect.ALLOW,
    Reason.EXPLICIT_DENY: Effect.EXPLICIT_DENY,
    Reason.NO_POLICY: Effect.IMPLICIT_DENY,
    Reason.NO_RESOURCE_POLICY: Effect.IMPLICIT_DENY,
    Reason.NO_STATEMENT: Effect.IMPLICIT_DENY,
    Reason.OTHER_ACTION: Effect.IMPLICIT_DENY,
    Reason.OTHER_RESOURCE: Effect.IMPLICIT_DENY,
    Reason.OTHER_PRINCIPAL: Effect.IMPLICIT_DENY,
    Reason.CONDITION_NOT_MET: Effect.IMPLICIT_DENY,
    Reason.CONDITION_NEVER_MET: Effect.IMPLICIT_DENY,
    Reason.LITERAL_WILDCARD: Effect.IMPLICIT_DENY,
    Reason.VARIABLE_WITHOUT_VERSION: Effect.IMPLICIT_DENY,
    Reason.VARIABLE_WITHOUT_VALUE: Effect.IMPLICIT_DENY,
    Reason.LEVEL_ALLOWS_NOTHING: Effect.IMPLICIT_DENY,
    Reason.DELEGATES_ONLY: Effect.IMPLICIT_DENY,
    Reason.RESERVED_BY_AWS: Effect.IMPLICIT_DENY,
    Reason.ROOT_CANNOT_ASSUME: Effect.IMPLICIT_DENY,
    Reason.BEYOND_CREDENTIALS: Effect.IMPLICIT_DENY,
    Reason.NO_SESSION_POLICY: Effect.IMPLICIT_DENY,
    Reason.PUBLIC_ACCESS_BLOCKED: Effect.IMPLICIT_DENY,
    Reason.MALFORMED_STATEMENT: Effect.IMPLICIT_DENY,
    Reason.NO_GRANT: Effect.IMPLICIT_DENY,
    Reason.MALFORMED_POLICY: Effect.UNKNOWN,
    Reason.UNREAD: Effect.UNKNOWN,
    Reason.CONDITION_UNKNOWN: Effect.UNKNOWN,
    Reason.SET_OPERATOR_MISSING: Effect.UNKNOWN,
    Reason.ACL_MAY_ALLOW: Effect.UNKNOWN,
    Reason.GRANT_MAY_ALLOW: Effect.UNKNOWN,
    Reason.SERVICE_LINKED_ROLE: Effect.NOT_APPLICABLE,
    Reason.SERVICE_WITHOUT_RCP: Effect.NOT_APPLICABLE,
    Reason.ROOT_USER: Effect.NOT_APPLICABLE,
    Reason.NOT_AN_IDENTITY: Effect.NOT_APPLICABLE,
}
