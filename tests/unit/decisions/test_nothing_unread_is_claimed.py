"""What was not read is never told as if it had been: over random worlds, with layers that nobody may read."""

import random
from collections.abc import Iterator
from dataclasses import replace

from why403.decisions.decision import Outcome, Request
from why403.decisions.evaluate import decide
from why403.decisions.reasons import Reason
from why403.decisions.reconcile import (
    AWS_SAYS,
    ReconciledDecision,
    cleared_by_words,
    needs_no_resource_policy,
    reconcile,
)
from why403.decisions.remarks import remarks
from why403.denials.denial import Denial, DenyKind, Verdict
from why403.iam.layer import Effect, Layer
from why403.policies.policy_set import PolicySet

from tests.oracle.worlds import random_case
from tests.unit.remedies.incident_case import policies_of, request_of

WORLDS = 600
HIDEABLE = {
    Layer.IDENTITY: "identity",
    Layer.BOUNDARY: "boundary",
    Layer.SESSION: "session",
    Layer.SCP: "scp",
    Layer.RCP: "rcp",
    Layer.RESOURCE: "resource",
    Layer.VPC_ENDPOINT: "vpc_endpoint",
}
OF_THE_CALL = (Reason.BEYOND_CREDENTIALS, Reason.ALWAYS_ALLOWED)
"""What is so whatever the policies say."""


def worlds() -> Iterator[tuple[Request, PolicySet, Denial, ReconciledDecision]]:
    """A request, what was read, a line with words or without, and what is told."""
    rng = random.Random(22)  # noqa: S311  # the same seed must make the same worlds
    for _ in range(WORLDS):
        case = random_case(rng)
        request = request_of(case["request"])
        hidden = frozenset(rng.sample(list(HIDEABLE), rng.randint(0, 3)))
        held = {
            name: value
            for name, value in case["policies"].items()
            if name not in {HIDEABLE[each] for each in hidden}
        }
        kind = rng.choice([None, *(each for each in DenyKind if each is not DenyKind.IMPLICIT_TRUST)])
        denial = Denial(
            verdict=Verdict.MISSING_PERMISSION,
            action=request.action,
            service=request.action.partition(":")[0],
            operation=request.action.partition(":")[2],
            deny_kind=kind,
        )
        read = replace(policies_of(held), unread=hidden)
        policies = cleared_by_words(read, denial, own_account=needs_no_resource_policy(request))
        yield request, policies, denial, reconcile(decide(request, policies), denial, None)


def test_nobody_is_told_that_the_policies_allow_a_call_that_something_unread_may_deny() -> None:
    wrong = [
        (request.action, denial.deny_kind, sorted(policies.unread))
        for request, policies, denial, told in worlds()
        if told.allowed_now and Effect.UNKNOWN in {each.effect for each in decide(request, policies).layers}
    ]

    assert wrong == []


def test_of_a_layer_that_was_not_read_only_that_is_told_or_what_aws_said() -> None:
    wrong = [
        (each.layer, each.reason, each.policy, each.statement)
        for _, policies, _, told in worlds()
        for each in told.decision.layers
        if each.layer in policies.unread
        and (
            (
                each.reason not in {Reason.UNREAD, AWS_SAYS, *OF_THE_CALL}
                and each.effect is not Effect.NOT_APPLICABLE
            )
            or each.policy
            or each.statement
        )
    ]

    assert wrong == []


def test_no_caller_is_told_to_need_a_resource_policy_in_its_own_account() -> None:
    wrong = [
        (request.principal, request.action)
        for request, _, _, told in worlds()
        for each in told.decision.layers
        if each.reason == Reason.NO_RESOURCE_POLICY and needs_no_resource_policy(request)
    ]

    assert wrong == []


def test_an_object_is_said_to_be_missing_only_where_nothing_else_is_said_to_deny() -> None:
    hinted = [
        (denial.deny_kind, told.decision.outcome)
        for request, policies, denial, told in worlds()
        for each in remarks(denial, request, policies, decision=told.decision, allowed_now=told.allowed_now)
        if each.id.startswith("decisions.object-")
        and (
            denial.deny_kind not in {None, DenyKind.UNKNOWN} or told.decision.outcome is Outcome.EXPLICIT_DENY
        )
    ]

    assert hinted == []
