"""Worlds that were allowed, broken in one way each: the draft mends the break, and grants no more than was removed."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from why403.decisions.decision import Outcome
from why403.decisions.evaluate import compile_set, decide
from why403.remedies.case import Case
from why403.remedies.draft import draft_remedies
from why403.remedies.options import smallest
from why403.remedies.proof import applied
from why403.remedies.remedy import Remedy, RemedyKind
from why403.remedies.wanted import wanted_calls

from tests.oracle.fault_lab import HOME, Fault, faults
from tests.unit.remedies.incident_case import case_of, policies_of, request_of

pytestmark = pytest.mark.xdist_group("fault lab")
"""The lab is made once in a process."""
WORLDS = 104
"""Each is broken in about ten ways: more than a thousand broken worlds."""
FEWEST = 1000
ACTIONS = ("sqs:PurgeQueue", "s3:DeleteObject", "secretsmanager:PutSecretValue", "kms:ScheduleKeyDeletion")
SOMEBODY = f"arn:aws:sts::{HOME}:assumed-role/somebody/s1"


@cache
def lab() -> tuple[tuple[Fault, Case, tuple[Remedy, ...]], ...]:
    """Every broken world with what is drafted for it; no role is without a trust policy."""
    return tuple(
        (fault, case, draft_remedies(case))
        for fault in faults(seed=12, worlds=WORLDS)
        if "resource" in fault.case["policies"] or not fault.case["request"]["action"].startswith("sts:")
        for case in [case_of(fault.case)]
    )


def mendable() -> Iterator[tuple[Fault, Case, tuple[Remedy, ...]]]:
    """Broken worlds that a statement more mends: not those that a Deny broke."""
    for fault, case, remedies in lab():
        if fault.decision == "implicit-deny" and remedies[0].kind is not RemedyKind.PLAYBOOK:
            yield fault, case, remedies


NEAR_MISSES = ("condition changed", "wrong ARN")
"""What is left of the statement still tells which organization its author meant."""


def neighbours(fault: Fault) -> Iterator[dict[str, Any]]:
    """The same call by somebody else, from another organization, on another resource and with another action.

    Another key and another role have policies of their own, of which this world tells nothing.
    """
    request = fault.case["request"]
    yield request | {"principal": SOMEBODY}
    if fault.name in NEAR_MISSES:
        yield request | {"context": {"aws:PrincipalOrgID": "o-cccc"}}
    if not request["action"].startswith(("kms:", "sts:")):
        yield request | {"resource": f"{request['resource']}-other"}
    for action in ACTIONS:
        yield request | {"action": action}


def test_the_lab_breaks_more_than_a_thousand_worlds() -> None:
    assert len(lab()) > FEWEST


def test_every_break_without_a_deny_is_mended_at_the_layer_that_broke() -> None:
    wrong = [
        (fault.name, fault.case["request"]["action"], fault.layer, [each.layer for each in remedies])
        for fault, _, remedies in lab()
        if fault.decision == "implicit-deny"
        and not (fault.layer in {each.layer for each in remedies if each.set == 1} and remedies[0].proven)
    ]

    assert wrong == []


def test_every_deny_is_told_at_its_layer_and_never_answered_by_an_allow() -> None:
    wrong = [
        (fault.name, remedies[0].layer)
        for fault, _, remedies in lab()
        if fault.decision == "explicit-deny"
        and (remedies[0].layer != fault.layer or any(each.policy_document for each in remedies))
    ]

    assert wrong == []


def test_no_first_draft_lets_pass_what_the_whole_world_refused() -> None:
    opened = []
    for fault, case, _ in mendable():
        wanted, _unscoped = wanted_calls(case)
        assert case.denied is not None
        mended = compile_set(applied(case.denied, smallest(case, wanted).proposals))
        broken = compile_set(case.denied.policies)
        whole = compile_set(policies_of(fault.allowed["policies"]))
        for asked in neighbours(fault):
            request = request_of(asked)
            outcomes = [each.decide(request).outcome for each in (broken, mended, whole)]
            if outcomes[1] is Outcome.ALLOWED and Outcome.ALLOWED not in (outcomes[0], outcomes[2]):
                opened.append(
                    (fault.name, asked["action"], asked["principal"], asked["resource"], asked["context"])
                )

    assert opened == []


def test_the_documents_as_they_would_stand_allow_the_call() -> None:
    """Out of the remedies alone, as a person applies them: identity and the target's own policy."""
    denied = []
    for fault, case, remedies in mendable():
        policies = json.loads(json.dumps(fault.case["policies"]))
        for each in (one for one in remedies if one.set == 1):
            held = {"name": each.policy_name, "document": each.after}
            if each.layer == "identity":
                policies["identity"].append(held)
            elif each.layer in ("resource", "trust"):
                policies["resource"] = held
            elif each.layer in ("boundary", "session"):
                policies[each.layer] = [held]
            else:
                policies["scp"][-1] = [held]
        assert case.denied is not None
        if decide(case.denied.request, policies_of(policies)).outcome is not Outcome.ALLOWED:
            denied.append((fault.name, fault.case["request"]["action"]))

    assert denied == []
