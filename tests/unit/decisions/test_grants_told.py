"""What is told of a key's grants: that none allows only where they were read and none may."""

import pytest
from why403.decisions.decision import Decision, Request
from why403.decisions.evaluate import decide
from why403.iam.layer import Layer, Policy
from why403.policies.policy_set import PolicySet
from why403.services.reading import Grant

KEY = "arn:aws:kms:us-east-1:123456789012:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
ROLE = "arn:aws:iam::123456789012:role/app"
ALLOW = Policy("app", {"Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}]})
ADMINS = Policy(
    "key policy",
    {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"{ROLE}-admin"}, "Action": "*", "Resource": "*"}
        ]
    },
)


def decided(*grants: Grant, unread: Layer | None = None) -> Decision:
    request = Request(principal=ROLE, action="kms:Decrypt", resource=KEY, context_complete=False)
    held = PolicySet(
        identity=(ALLOW,), resource=ADMINS, grants=grants, unread=frozenset({unread} if unread else ())
    )
    return decide(request, held)


def grant(grantee: str = ROLE, context: tuple[tuple[str, str], ...] = ()) -> Grant:
    return Grant(id="g1", grantee=grantee, operations=("Decrypt",), encryption_context_equals=context)


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (decided(unread=Layer.GRANT), "decisions.unread"),
        (decided(grant(context=(("tenant", "7"),))), "decisions.grant-may-allow"),
        (decided(grant()), "decisions.grant-allows"),
        (decided(grant(f"{ROLE}-other")), "decisions.no-grant"),
    ],
    ids=["not read", "for an encryption context that no line tells", "for the caller", "for another"],
)
def test_what_the_grants_say_is_no_more_than_what_was_read(decision: Decision, reason: str) -> None:
    (told,) = [finding.reason for finding in decision.layers if finding.layer is Layer.GRANT]

    assert reason == told
